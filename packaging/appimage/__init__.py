"""The client as one file that runs on most Linux desktops without being installed."""

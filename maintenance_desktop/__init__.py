"""The desktop maintenance client, its command line and its hub."""

__version__ = "0.1.0"

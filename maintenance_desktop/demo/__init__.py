"""The demo: a hub of its own, a network that can be switched off, a colleague. Not in what is installed."""

"""`maintenance-cli`: the same services without a window, for support staff and for scripts."""

from maintenance_desktop.cli.program import main

__all__ = ["main"]

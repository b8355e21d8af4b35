"""`maintenance-desktop`: starts the program, and alone knows how its parts fit together."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from maintenance_desktop import __version__
from maintenance_desktop.demo import DemoFailed, DemoHub
from maintenance_desktop.logs import start_logging, tail
from maintenance_desktop.program import Program
from maintenance_desktop.storage.credentials import Credentials
from maintenance_desktop.ui.crash_window import CrashHook, report_of_text
from maintenance_desktop.ui.icons import program_icon
from maintenance_desktop.ui.theme import Theme

_log = logging.getLogger(__name__)

_NO_SCREEN = (
    "There is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
    "Start it from a desktop session, over `ssh -X`, or on a screen in memory with\n"
    "    sudo apt-get install xvfb && xvfb-run make run\n"
    "Without a window, maintenance-cli does the same work."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program until its last window is closed."""
    options = _parse(arguments)
    if not _has_screen():
        print(_NO_SCREEN, file=sys.stderr)  # noqa: T201 - there is nowhere else to say it
        return 1
    root: Path = options.data or user_data_path("maintenance-desktop", appauthor=False)
    log = start_logging(root / "logs")
    _log.info("maintenance-desktop %s starts", __version__)
    # Qt waits in C++, where Python's own Ctrl+C is not heard; what is saved is on disk at any moment
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = QApplication([sys.argv[0]])
    app.setApplicationName("maintenance-desktop")
    app.setWindowIcon(program_icon())
    QCoreApplication.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(False)
    hook = CrashHook(lambda text: _log.error("%s", report_of_text(text)))
    hook.install()
    theme = Theme(app)
    try:
        demo = DemoHub(root / "demo" / "hub") if options.demo else None
    except DemoFailed as error:
        print(error, file=sys.stderr)  # noqa: T201 - no window is open yet
        return 1
    try:
        home = root / "demo" if demo else root
        program = Program(
            home, Credentials(), theme, on_crashed=hook.on_crashed, log_tail=lambda: tail(log), demo=demo
        )
        program.start(options.profile)
        code = app.exec()
        program.close()
    finally:
        if demo:
            demo.stop()
    _log.info("maintenance-desktop ends")
    return code


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="maintenance-desktop", description="Work orders and assets, online and offline."
    )
    parser.add_argument("--demo", action="store_true", help="open on a demo plant with a server of its own")
    parser.add_argument(
        "--profile", type=Path, metavar="DIR", help="open this profile instead of the last one"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep profiles and logs here")
    parser.add_argument("--version", action="version", version=f"maintenance-desktop {__version__}")
    return parser.parse_args(arguments)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())

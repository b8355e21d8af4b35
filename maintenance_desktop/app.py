"""`maintenance-desktop`: starts the program, and alone knows how its parts fit together."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from maintenance_desktop import __version__
from maintenance_desktop.logs import start_logging, tail
from maintenance_desktop.program import Program
from maintenance_desktop.storage.credentials import Credentials
from maintenance_desktop.storage.profiles import data_folder
from maintenance_desktop.ui.crash_window import CrashHook, report_of_text
from maintenance_desktop.ui.icons import program_icon
from maintenance_desktop.ui.theme import Theme
from maintenance_desktop.updating import Updating

if TYPE_CHECKING:
    from maintenance_desktop.demo.demo import Demo
    from maintenance_desktop.smoke_test import Job, SmokeTest

_log = logging.getLogger(__name__)

_NO_SCREEN: Final = (
    "There is no screen to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
    "Start it from a desktop session, over `ssh -X`, or on a screen in memory with\n"
    "    sudo apt-get install xvfb && xvfb-run make run\n"
    "Without a window, maintenance-cli does the same work."
)

_NO_DEMO: Final = (
    "This installation has no demo, because the demo is a server: pip install 'maintenance-desktop[hub]' "
    "has it, and so does `make run` in the source."
)
_DEMO_NEEDS: Final = ("maintenance_desktop.demo", "maintenance_desktop.hub", "litestar", "uvicorn", "argon2")
_WRONG_USAGE: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program until its last window is closed."""
    options = _parse(arguments)
    if options.demo and not _has_demo():
        return _fail(_NO_DEMO, _WRONG_USAGE)
    if not _has_screen():
        return _fail(_NO_SCREEN)
    job = _read_job(options.smoke_test) if options.smoke_test else None
    if options.smoke_test and job is None:
        return _WRONG_USAGE
    root: Path = options.data or data_folder()
    log = start_logging(root / "logs")
    _log.info("maintenance-desktop %s starts", __version__)
    app = _application()
    hook = CrashHook(lambda text: _log.error("%s", report_of_text(text)))
    hook.install()
    theme = Theme(app)
    demo = _start_demo(root / "demo" / "hub") if options.demo else None
    if options.demo and demo is None:
        return 1
    home = root / "demo" if demo else root
    updating = Updating(home, arguments=sys.argv[1:] if arguments is None else arguments)
    try:
        program = Program(
            home,
            Credentials(),
            theme,
            on_crashed=hook.on_crashed,
            log_tail=lambda: tail(log),
            demo=demo,
            updating=updating,
        )
        program.start(options.profile)
        smoke_test = _smoke_test(app, program, job) if job else None
        code = app.exec()
        program.close()
        if smoke_test:
            code = smoke_test.report()
    finally:
        if demo:
            demo.stop()
    updating.finish()
    _log.info("maintenance-desktop ends")
    return code


def _application() -> QApplication:
    # Qt waits in C++, where Python's own Ctrl+C is not heard; what is saved is on disk at any moment
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = QApplication([sys.argv[0]])
    app.setApplicationName("maintenance-desktop")
    app.setDesktopFileName("org.maintenance_desktop.MaintenanceDesktop")  # whose icon Wayland shows
    app.setWindowIcon(program_icon())
    QCoreApplication.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(False)
    return app


def _start_demo(folder: Path) -> Demo | None:
    """The demo with its hub; None where it did not start, which is said."""
    from maintenance_desktop.demo.demo import Demo  # here, because most installations have none
    from maintenance_desktop.demo.server import DemoFailed

    try:
        return Demo(folder)
    except DemoFailed as error:
        _fail(str(error))
        return None


def _read_job(file: Path) -> Job | None:
    """What the smoke test has to do; None where the file is none, which is said."""
    from maintenance_desktop.smoke_test import BadJob, read_job  # here, because people never ask for it

    try:
        return read_job(file)
    except BadJob as trouble:
        _fail(str(trouble))
        return None


def _smoke_test(app: QApplication, program: Program, job: Job) -> SmokeTest:
    from maintenance_desktop.smoke_test import SmokeTest

    return SmokeTest(app, program, job)


def _has_demo() -> bool:
    return all(find_spec(name) for name in _DEMO_NEEDS)


def _fail(sentence: str, code: int = 1) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - no window is open yet
    return code


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="maintenance-desktop", description="Work orders and assets, online and offline."
    )
    demo = "open on a demo plant with a server of its own" if _has_demo() else argparse.SUPPRESS
    parser.add_argument("--demo", action="store_true", help=demo)
    parser.add_argument(
        "--profile", type=Path, metavar="DIR", help="open this profile instead of the last one"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep profiles and logs here")
    parser.add_argument(
        "--smoke-test",
        type=Path,
        metavar="JOB",
        help="for makers of packages: sign in as this JSON file says, create a work order there, and end",
    )
    parser.add_argument("--version", action="version", version=f"maintenance-desktop {__version__}")
    return parser.parse_args(arguments)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main())

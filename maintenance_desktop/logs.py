"""The log file: details for support, and never a password, a token or the body of a record."""

from __future__ import annotations

import faulthandler
import logging
from copy import copy
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from maintenance_desktop.ui.crash_window import report_of_text

_SIZE: Final = 1_000_000
_FORMAT: Final = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"


class _Formatter(logging.Formatter):
    """Writes down where a mistake happened and of what kind it is; its message may quote a record."""

    def format(self, record: logging.LogRecord) -> str:
        own = copy(record)
        own.exc_text = None  # another handler may have kept the whole text there
        return super().format(own)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        return report_of_text(super().formatException(ei))


def start_logging(folder: Path) -> Path | None:
    """Log into `folder` from now on; None where that is not possible, and the program goes on without."""
    path = folder / "maintenance-desktop.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_SIZE, backupCount=3, encoding="utf-8")
        # a crash of the interpreter itself is written down by name, not only as a dead process
        faulthandler.enable((folder / "crash.log").open("a", encoding="utf-8"))
    except OSError:
        return None
    handler.setFormatter(_Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    return path


def tail(path: Path | None, characters: int = 8_000) -> str:
    """The end of the log, for diagnostics; empty where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")[-characters:] if path else ""
    except OSError:
        return ""

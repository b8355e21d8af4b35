"""What the person sees when the program made a mistake: one window for each distinct one."""

from __future__ import annotations

import platform
import re
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from maintenance_desktop import __version__
from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.parts import named, plain_label

_FILE_LINE = re.compile(r'File "(?P<path>[^"]+)"')


def report_of(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """The mistake for a bug report: where it happened, and no message, path or value of the person's."""
    frames = traceback.extract_tb(trace)
    lines = [
        f"Maintenance Desktop {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {platform.system()} {platform.release()}",
        "",
        *(f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames),
        kind.__qualname__,
    ]
    cause = error.__cause__ or error.__context__
    if cause is not None:
        lines.append(f"(after {type(cause).__qualname__})")
    return "\n".join(lines)


def report_of_text(text: str) -> str:
    """The same from a traceback that is text already: the frames and the kinds of errors alone."""
    kept = []
    for line in text.splitlines():
        match = _FILE_LINE.search(line)
        if match:
            kept.append(line.replace(match["path"], _short(match["path"])).strip())
        elif re.match(r"[A-Za-z_][\w.]*(:|$)", line):
            kept.append(line.partition(":")[0])
    return "\n".join([f"Maintenance Desktop {__version__}", "", *kept])


class CrashHook(QObject):
    """Catches what nobody caught, on every thread, and shows one window per distinct traceback.

    Signals:
        caught: a report, sent to the UI thread.
    """

    caught = Signal(str)

    def __init__(self, log: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self._seen: set[str] = set()
        self.windows: list[CrashWindow] = []
        self.caught.connect(self.show_report, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """From now on every uncaught exception comes here."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    @Slot(str)
    def show_report(self, report: str) -> None:
        """Show a report, the first time it comes."""
        if report in self._seen:
            return
        self._seen.add(report)
        window = CrashWindow(report)
        self.windows.append(window)
        window.show()

    @Slot(str)
    def on_crashed(self, text: str) -> None:
        """The sync thread's last line caught a bug."""
        self._log(text)
        self.show_report(report_of_text(text))

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._log("".join(traceback.format_exception(kind, error, trace)))
        self.caught.emit(report_of(kind, error, trace))

    def _on_thread_exception(self, hook: threading.ExceptHookArgs) -> None:
        if hook.exc_value is not None:
            self._on_exception(hook.exc_type, hook.exc_value, hook.exc_traceback)


class CrashWindow(QDialog):
    """Says that something went wrong, that saved work is safe, and what to send to whom can mend it."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashWindow")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        self.setWindowTitle(self.tr("Something went wrong"))
        heading = plain_label(
            text=self.tr("Something went wrong in this program"), is_strong=True, scale=1.25
        )
        safe = plain_label(
            text=self.tr(
                "Your saved work is safe on disk. You can go on; if the program behaves strangely, "
                "close it and start it again."
            )
        )
        hint = plain_label(
            text=self.tr(
                "This report helps to mend it. It names places in the program, and nothing of your work:"
            )
        )
        self.report = named(QPlainTextEdit(report), "crashReport", self.tr("Report"))
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy_button = button(self.tr("&Copy report"), "copyReportButton")
        self.copy_button.clicked.connect(self._on_copy)
        self.close_button = button(self.tr("&Go on working"), "goOnButton", verb="main")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.copy_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for widget in (heading, safe, hint):
            layout.addWidget(widget)
        layout.addWidget(self.report, 1)
        layout.addLayout(row)
        self.resize(640, 420)

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
        self.copy_button.setText(self.tr("Copied"))


def _short(path: str) -> str:
    """A file's path inside its package, without where that is on this machine."""
    parts = Path(path.replace("\\", "/")).parts
    for root in ("maintenance_desktop", "site-packages"):
        if root in parts:
            start = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[start:] if root == "maintenance_desktop" else parts[start + 1 :])
    return parts[-1] if parts else path

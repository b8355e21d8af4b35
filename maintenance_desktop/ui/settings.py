"""What the window remembers between starts: an ini file in the profile's folder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QObject, QSettings, Signal

_log = logging.getLogger(__name__)


class Settings(QObject):
    """Layout, columns, filters and preferences. Nothing in it matters for the work.

    The file is read once. It is written by a thread that lives for as long as something is to be written: Qt
    waits for the disk at each write, and while a download fills that, the window would stand still.

    Signals:
        preference_changed: the name of a preference that the person changed.
    """

    LARGE_TARGETS = "preferences/large_targets"
    HOURS_AS_CLOCK = "preferences/hours_as_clock"

    preference_changed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        store = self._file()
        self._values: dict[str, object] = {name: store.value(name) for name in store.allKeys()}
        self._changes = threading.Lock()
        self._unwritten: dict[str, object] = {}
        self._writer: threading.Thread | None = None

    @property
    def large_targets(self) -> bool:
        """Whether rows are high enough for gloves."""
        return self.flag(self.LARGE_TARGETS)

    def set_preference(self, name: str, on: bool) -> None:
        """Switch a preference and tell the windows."""
        self.keep(name, on)
        self.preference_changed.emit(name)

    def has(self, name: str) -> bool:
        """Whether anything was kept under this name."""
        return name in self._values

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no; `default` where nothing readable was kept."""
        value = self._values.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1")

    def text(self, name: str, default: str = "") -> str:
        """A text; `default` where none was kept."""
        value = self._values.get(name, default)
        return value if isinstance(value, str) else default

    def names(self, name: str) -> frozenset[str]:
        """A set of names, such as the chosen statuses."""
        return frozenset(part for part in self.text(name).split(" ") if part)

    def layout(self, name: str) -> QByteArray:
        """A window's, splitter's or header's state; empty where none was kept."""
        value = self._values.get(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep(self, name: str, value: str | bool | QByteArray) -> None:
        """Keep a value for the next start."""
        if name in self._values and self._values[name] == value:
            return
        self._values[name] = value
        with self._changes:
            self._unwritten[name] = value
        self._start_writing()

    def keep_names(self, name: str, names: Iterable[str]) -> None:
        """Keep a set of names without spaces in them."""
        self.keep(name, " ".join(sorted(names)))

    def flush(self) -> None:
        """Wait until all is in the file. What could not be written before is tried once more."""
        self._start_writing()
        writer = self._writer
        if writer is not None:
            writer.join()

    def _start_writing(self) -> None:
        with self._changes:
            if self._writer is None and self._unwritten:
                writer = threading.Thread(target=self._write, name="settings")
                writer.start()
                self._writer = writer

    def _write(self) -> None:
        """Write until nothing is left, or until it fails: then it waits for the next change."""
        try:
            store = self._file()
            while values := self._taken():
                for name, value in values.items():
                    store.setValue(name, value)
                # Its own `sync` would keep the GIL while it waits for the disk. Once the application has
                # ended, this does nothing, and the store writes when it ends itself
                QCoreApplication.sendEvent(store, QEvent(QEvent.Type.UpdateRequest))
                if store.status() is not QSettings.Status.NoError:
                    _log.warning("the settings could not be written: %s", store.status().name)
                    with self._changes:
                        self._unwritten = values | self._unwritten
                    return
        finally:
            with self._changes:
                if self._writer is threading.current_thread():  # a new one may be at it
                    self._writer = None

    def _taken(self) -> dict[str, object]:
        """What is to be written; nothing is the end of the thread."""
        with self._changes:
            values, self._unwritten = self._unwritten, {}
            if not values:
                self._writer = None
            return values

    def _file(self) -> QSettings:
        return QSettings(str(self._path), QSettings.Format.IniFormat)

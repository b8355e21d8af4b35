"""What the window remembers between starts: an ini file in the profile's folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal


class Settings(QObject):
    """Layout, columns, filters and preferences. Nothing in it matters for the work.

    Signals:
        preference_changed: the name of a preference that the person changed.
    """

    LARGE_TARGETS = "preferences/large_targets"
    HOURS_AS_CLOCK = "preferences/hours_as_clock"

    preference_changed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def large_targets(self) -> bool:
        """Whether rows are high enough for gloves."""
        return self.flag(self.LARGE_TARGETS)

    def set_preference(self, name: str, on: bool) -> None:
        """Switch a preference and tell the windows."""
        self._store.setValue(name, on)
        self.preference_changed.emit(name)

    def has(self, name: str) -> bool:
        """Whether anything was kept under this name."""
        return self._store.contains(name)

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes or no; `default` where nothing readable was kept."""
        value = self._store.value(name, default)
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1")

    def text(self, name: str, default: str = "") -> str:
        """A text; `default` where none was kept."""
        value = self._store.value(name, default)
        return value if isinstance(value, str) else default

    def names(self, name: str) -> frozenset[str]:
        """A set of names, such as the chosen statuses."""
        return frozenset(part for part in self.text(name).split(" ") if part)

    def layout(self, name: str) -> QByteArray:
        """A window's, splitter's or header's state; empty where none was kept."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def keep(self, name: str, value: str | bool | QByteArray) -> None:
        """Keep a value for the next start."""
        self._store.setValue(name, value)

    def keep_names(self, name: str, names: Iterable[str]) -> None:
        """Keep a set of names without spaces in them."""
        self._store.setValue(name, " ".join(sorted(names)))

    def flush(self) -> None:
        """Write to the disk now."""
        self._store.sync()

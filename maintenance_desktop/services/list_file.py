"""A list as a CSV file for spreadsheets: written beside its place, and put there when it is whole."""

from __future__ import annotations

import contextlib
import csv
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from maintenance_desktop import disk
from maintenance_desktop.domain.cells import guard
from maintenance_desktop.domain.trouble import NotSaved


class NotExported(NotSaved):
    """The file could not be written; `str()` is a sentence, and nothing is left of it."""


class ListFile:
    """One file on its way. Any thread may abandon it, also in the middle of a write."""

    def __init__(self, path: Path, titles: Sequence[str]) -> None:
        """Begin with a line of titles. Raises NotExported."""
        self.path = path
        self.written = 0
        self._part = path.with_name(f"{path.name}.part")
        self._turn = threading.Lock()
        self._stream: Any = None
        try:
            self._stream = self._part.open("w", encoding="utf-8-sig", newline="")
            self._lines = csv.writer(self._stream)
            self._lines.writerow([guard(title) for title in titles])
        except OSError as error:
            self._leave()
            raise NotExported(self._sentence(error)) from error

    @property
    def is_open(self) -> bool:
        """Whether it is neither finished nor abandoned."""
        return self._stream is not None

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows. Raises NotExported."""
        with self._turn:
            if self._stream is None:
                return
            try:
                for cells in rows:
                    self._lines.writerow([guard(cell) for cell in cells])
                    self.written += 1
            except OSError as error:
                self._leave()
                raise NotExported(self._sentence(error)) from error

    def finish(self) -> None:
        """Put it in its place, on the disk. Raises NotExported."""
        with self._turn:
            if self._stream is None:
                return
            try:
                stream, self._stream = self._stream, None
                stream.close()
                disk.replace_file(self._part, self.path)
            except OSError as error:
                self._leave()
                raise NotExported(self._sentence(error)) from error

    def abandon(self) -> None:
        """Leave nothing of it."""
        with self._turn:
            if self._stream is not None:
                self._leave()

    def _leave(self) -> None:
        stream, self._stream = self._stream, None
        with contextlib.suppress(OSError):  # what is still to be written has no room either
            if stream is not None:
                stream.close()
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _sentence(self, error: OSError) -> str:
        if disk.is_full(error):
            return "The disk is full, so the list was not exported. Free some space and export it again."
        if isinstance(error, PermissionError) and self.path.exists():
            return (
                f"{self.path.name} cannot be replaced. If another program has it open, close it there, "
                "or export under another name."
            )
        if isinstance(error, (PermissionError, FileNotFoundError)):
            return f"The folder {self.path.parent} cannot be written. Choose another one."
        return f"{self.path.name} could not be written: {error.strerror}."

"""A file that is there whole or not at all: written beside its place, put there when it is on the disk."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType

from maintenance_desktop import disk
from maintenance_desktop.domain.trouble import NotSaved


class NotWritten(NotSaved):
    """The file could not be written; `str()` is a sentence, and nothing is left of it."""


class WholeFile:
    """One file on its way. What was there before stays until `finish`. Raises NotWritten."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f"{path.name}.part")

    def finish(self, data: bytes) -> None:
        """Have this content in its place, on the disk. Raises NotWritten."""
        try:
            self._part.write_bytes(data)
            disk.replace_file(self._part, self._path)
        except OSError as error:
            raise NotWritten(self._sentence(error)) from error

    def __enter__(self) -> WholeFile:
        try:
            self._part.write_bytes(b"")
        except OSError as error:
            raise NotWritten(self._sentence(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def _sentence(self, error: OSError) -> str:
        if disk.is_full(error):
            return f"The disk is full, so {self._path.name} was not written. Free some space and try again."
        if isinstance(error, (PermissionError, FileNotFoundError, NotADirectoryError)):
            return f"{self._path.name} cannot be written in {self._path.parent}. Choose another folder."
        return f"{self._path.name} could not be written: {error.strerror}."

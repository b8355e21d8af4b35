"""Writing to a terminal or a pipe, whatever it can show; nothing here can undo what was saved."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, TextIO

from maintenance_desktop.domain.values import read_time
from maintenance_desktop.domain.wire import encode_text

_JOINER: Final = "\u200d"
_GAP: Final = "  "

MARKS: Final = {"": "", "waiting": "↑", "conflict": "⚠", "refused": "✕"}
"""A record's mark as one sign; `queue` and `notifications` say it in words."""


def write_json(data: object) -> None:
    """One line of JSON, in UTF-8 whatever the terminal speaks."""
    _write(sys.stdout, encode_text(data), encoding="utf-8")


def write_text(text: str) -> None:
    """Text for people; what the terminal cannot show is replaced."""
    if text:
        _write(sys.stdout, text)


def write_note(text: str) -> None:
    """A sentence beside the answer, on standard error."""
    _write(sys.stderr, f"maintenance-cli: {one_line(text)}")


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns, as wide as their content. Cells are made one line each."""
    lines = [tuple(headers), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(headers))]
    return "\n".join(
        _GAP.join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def one_line(text: str) -> str:
    """The text without line breaks and without what could steer a terminal."""
    return "".join(
        character if character.isprintable() or character == _JOINER else " " for character in text
    ).strip()


def local_time(wire: object) -> str:
    """A time as it travels, in the time zone of this computer; as it came where it is none."""
    moment = _moment(wire)
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else str(wire or "")


def hours_text(value: object) -> str:
    """Hours, as short as they are exact: `2.5 h`."""
    return f"{value:f} h" if isinstance(value, Decimal) else f"{value} h"


def many(changes: int) -> str:
    """So many changes, in words."""
    return "1 change" if changes == 1 else f"{changes} changes"


def _moment(wire: object) -> datetime | None:
    with contextlib.suppress(ValueError, OverflowError, OSError):
        return read_time(wire) if isinstance(wire, str) else None
    return None


def _write(stream: TextIO, text: str, encoding: str | None = None) -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors="replace")
    try:
        stream.write(text + "\n")
        stream.flush()
    except BrokenPipeError:
        # whoever read this has seen enough; Python would complain once more when it closes the stream
        with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _width(text: str) -> int:
    return sum(
        0
        if unicodedata.combining(character) or character == _JOINER
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in text
    )

"""The stream of changes, line by line: only whole lines count, and only the last one ends it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from maintenance_desktop.backends.answers import Malformed, is_version, record_in
from maintenance_desktop.domain.cache_filling import Line
from maintenance_desktop.domain.outcomes import Change, Changes, Lines, Unreachable

PIECE: Final = 200
LARGE_PIECE: Final = 2_500
_LONGEST_LINE: Final = 16 * 1024 * 1024
_LINE_SECONDS: Final = 60.0
_LONGEST_CURSOR: Final = 4_000
"""It travels in an address, and servers do not read longer ones."""
_MOST_REMARKS: Final = 1_000
"""So many lines may come in a row that tell of no change."""
_LARGEST_TOTAL: Final = 10**9


Kind = TypeVar("Kind", "_Line", "_RawLine")


class _Line(msgspec.Struct, frozen=True, gc=False):
    """Any line of the stream; members that are unknown are ignored."""

    type: str | None = None
    id: str | None = None
    version: int | None = None
    changed_at: str | None = None
    changed_by: str | None = None
    record: dict[str, Any] | None = None
    deleted: bool = False
    total: int | None = None
    cursor: str | None = None
    more: bool = False


class _RawLine(msgspec.Struct, frozen=True, gc=False):
    """The same with the record as text."""

    type: str | None = None
    id: str | None = None
    version: int | None = None
    changed_at: str | None = None
    changed_by: str | None = None
    record: msgspec.Raw = msgspec.Raw(b"null")
    deleted: bool = False
    total: int | None = None
    cursor: str | None = None
    more: bool = False


_decoder: Final = msgspec.json.Decoder(_Line, float_hook=Decimal)
_raw_decoder: Final = msgspec.json.Decoder(_RawLine)


def read_changes(pieces: Iterable[bytes]) -> Iterator[Changes]:
    """The changes of one answer, at most 200 at a time; the last piece has the cursor.

    Raises Unreachable where the stream breaks, after the whole lines before that place.
    """
    found: list[Change] = []
    total: int | None = None
    is_first = True
    remarks = 0
    try:
        for text in whole_lines(pieces):
            line = _read(text)
            if line.cursor:
                yield Changes(tuple(found), total if is_first else None, line.cursor, line.more)
                return
            if line.total is not None:
                total = min(max(line.total, 0), _LARGEST_TOTAL)
            change = _change(line)
            remarks = 0 if change is not None else remarks + 1
            if change is not None:
                found.append(change)
            elif remarks > _MOST_REMARKS:
                raise Malformed("nothing comes")
            if len(found) == PIECE:
                yield Changes(tuple(found), total if is_first else None)
                found, is_first = [], False
        raise Malformed("no cursor")
    except (Unreachable, Malformed) as error:
        if found:
            yield Changes(tuple(found), total if is_first else None)
        if isinstance(error, Malformed):
            raise Unreachable("The server's list of changes broke off.") from error
        raise


def read_lines(pieces: Iterable[bytes]) -> Iterator[Lines]:
    """The same for a large download: records stay text, and more of them come at a time.

    Raises Unreachable where the stream breaks, after the whole lines before that place.
    """
    found: list[Line] = []
    total: int | None = None
    remarks = 0
    try:
        for text in whole_lines(pieces):
            line = _read_raw(text)
            if line.cursor:
                yield Lines(tuple(found), total, line.cursor, line.more)
                return
            if line.total is not None:
                total = min(max(line.total, 0), _LARGEST_TOTAL)
            if line.type is None and line.id is None and line.version is None:
                remarks += 1
                if remarks > _MOST_REMARKS:
                    raise Malformed("nothing comes")
                continue
            remarks = 0
            if not line.type or not line.id or line.version is None or not is_version(line.version):
                raise Malformed("change")
            text_of_it = str(line.record, "utf-8")
            if not line.deleted and not text_of_it.startswith("{"):
                raise Malformed("record")
            body = None if line.deleted else text_of_it
            found.append(
                Line(line.type, line.id, line.version, line.changed_at or "", line.changed_by or "", body)
            )
            if len(found) == LARGE_PIECE:
                yield Lines(tuple(found), total)
                found, total = [], None
        raise Malformed("no cursor")
    except (Unreachable, Malformed) as error:
        if found:
            yield Lines(tuple(found), total)
        if isinstance(error, Malformed):
            raise Unreachable("The server's list of changes broke off.") from error
        raise


def something_changed(pieces: Iterable[bytes], cursor: str) -> bool:
    """Whether the stream tells of any change after `cursor`; known as soon as the first one came.

    Raises Unreachable.
    """
    try:
        for remarks, text in enumerate(whole_lines(pieces)):
            line = _read(text)
            if line.cursor:
                return line.more or line.cursor != cursor
            if _change(line) is not None:
                return True
            if remarks > _MOST_REMARKS:
                raise Malformed("nothing comes")
    except Malformed as error:
        raise Unreachable("The server's list of changes is not readable.") from error
    raise Unreachable("The server's list of changes broke off.")


def next_cursor(tail: bytes) -> str | None:
    """Where the page behind this one begins, told by the end of its text; None where nothing tells."""
    try:
        line = _read_raw(tail.rstrip().rpartition(b"\n")[2])
    except Malformed:
        return None
    return line.cursor if line.more else None


def whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that are not empty. The last one may do without its newline if the answer itself is whole.

    Raises Unreachable where a line does not come to an end, or nothing but empty ones comes.
    """
    waiting: list[bytes] = []
    size = 0
    since = time.monotonic()
    for piece in pieces:
        *ended, rest = piece.split(b"\n")
        size += len(piece)
        for line in ended:
            waiting.append(line)
            whole = b"".join(waiting)
            waiting = []
            if whole.strip():
                yield whole
                size, since = len(rest), time.monotonic()
        waiting.append(rest)
        if size > _LONGEST_LINE or time.monotonic() - since > _LINE_SECONDS:
            raise Unreachable("The server's list of changes does not go on.")
    rest = b"".join(waiting)
    if rest.strip():
        yield rest


def _read(text: bytes) -> _Line:
    return _checked(_decoder, text)


def _read_raw(text: bytes) -> _RawLine:
    return _checked(_raw_decoder, text)


def _checked(decoder: msgspec.json.Decoder[Kind], text: bytes) -> Kind:
    try:
        line = decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError) as error:
        raise Malformed("line") from error
    if line.cursor and len(line.cursor) > _LONGEST_CURSOR:
        raise Malformed("cursor")
    return line


def _change(line: _Line) -> Change | None:
    """The change a line tells of; None for a line about something else. Raises Malformed."""
    if line.type is None and line.id is None and line.version is None and line.record is None:
        return None
    if not line.type or not line.id or line.version is None or not is_version(line.version):
        raise Malformed("change")
    if not line.deleted and line.record is None:
        raise Malformed("record")
    return Change(
        line.type,
        line.id,
        line.version,
        None if line.deleted else record_in(line.type, line.record),
        line.changed_at or "",
        line.changed_by or "",
    )

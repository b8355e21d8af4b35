"""Where a client stands in the stream of changes: an opaque text that any hub process can read."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from maintenance_desktop.domain import wire
from maintenance_desktop.hub.errors import Problem


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to change `seq` has been seen; during a first download, also `stage` up to `after`.

    `seq` of a first download was read before its first row. `stage` -1: the download is over.
    """

    epoch: str
    seq: int
    stage: int = -1
    after: tuple[str, ...] = ()
    left: int = 0

    @property
    def is_download(self) -> bool:
        """Whether a first download is still going on."""
        return self.stage >= 0

    def encode(self) -> str:
        """The text that travels."""
        content = [self.epoch, self.seq, self.stage, list(self.after), self.left]
        return base64.urlsafe_b64encode(wire.encode(content)).decode().rstrip("=")


def decode_cursor(text: str, *, epoch: str, last_change: int) -> Cursor:
    """Read a cursor. Raises Problem (410) when it is not one of this database's."""
    try:
        content = wire.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise expired() from error
    if not _is_cursor(content):
        raise expired()
    cursor = Cursor(content[0], content[1], content[2], tuple(content[3]), content[4])
    if cursor.epoch != epoch or cursor.seq > last_change:
        raise expired()
    return cursor


def expired() -> Problem:
    """The answer to a cursor that does not lead anywhere."""
    return Problem("cursor-expired", "This cursor is not known here (any more). Download everything again.")


def _is_cursor(content: Any) -> bool:
    if not isinstance(content, list) or [type(part) for part in content] != [str, int, int, list, int]:
        return False
    _, seq, stage, after, left = content
    in_range = 0 <= seq < 2**62 and -1 <= stage <= 16 and 0 <= left < 2**62
    return in_range and len(after) <= 3 and all(isinstance(part, str) and "\0" not in part for part in after)

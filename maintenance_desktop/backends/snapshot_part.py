"""What a download of a snapshot leaves on the disk, so that it goes on where it was cut."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.backends.transport import Answer

GZIP: Final = "application/gzip"

_NUMBER: Final = re.compile(r"\d{1,15}", re.ASCII)
_STRONG: Final = re.compile(r'"[\x21\x23-\x7e]{1,200}"', re.ASCII)
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):", re.ASCII)
_RANGE: Final = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", re.ASCII)
_LONGEST_CURSOR: Final = 4_000
_MOST_TIMES: Final = 1_100
"""Nothing becomes larger when it is unpacked: deflate ends at 1 to 1,032."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What the server says of its file: `size` and `digest` (SHA-256) are those of its packed bytes.

    `unpacked` is how much becomes of them; None where the server does not say.
    """

    etag: str
    size: int
    digest: str
    cursor: str
    unpacked: int | None


def promise_in(answer: Answer) -> Promise | None:
    """What the head of an answer promises; None where it is not what the contract says."""
    headers = answer.headers
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    etag, digest = headers.get("ETag", "").strip(), _digest_in(headers.get("Repr-Digest", ""))
    cursor = headers.get("Snapshot-Cursor", "").strip()
    size, unpacked = _number(headers.get("Content-Length", "")), _number(headers.get("Snapshot-Size", ""))
    if answer.media_type != GZIP or encoding != "identity" or not size or digest is None:
        return None
    if not _STRONG.fullmatch(etag) or not 0 < len(cursor) <= _LONGEST_CURSOR:
        return None
    if unpacked is not None and unpacked > size * _MOST_TIMES:
        return None
    return Promise(etag, size, digest, cursor, unpacked)


def goes_on(answer: Answer, promise: Promise, start: int) -> bool:
    """Whether a part of the same file follows, from `start` to its end."""
    match = _RANGE.fullmatch(answer.headers.get("Content-Range", "").strip())
    if match is None or answer.headers.get("ETag", "").strip() != promise.etag:
        return False
    is_plain = answer.headers.get("Content-Encoding", "identity").strip().lower() == "identity"
    first, last, size = (int(number) for number in match.groups())
    return (
        is_plain
        and answer.media_type == GZIP
        and (first, last + 1, size)
        == (
            start,
            promise.size,
            promise.size,
        )
    )


class Part:
    """The bytes that are here of one file, and beside them what was promised of it."""

    def __init__(self, folder: Path, layout: int) -> None:
        self.path = folder / f"snapshot-{layout}.part"
        self._note = folder / f"snapshot-{layout}.json"
        self.promise: Promise | None = None
        self.length = 0

    def find(self) -> None:
        """Look for what an earlier download left. Raises OSError."""
        self.promise, self.length = None, 0
        try:
            promise = _promise_from(json.loads(self._note.read_text(encoding="utf-8")))
            length = self.path.stat().st_size
        except (FileNotFoundError, ValueError):
            return
        if promise is not None and 0 < length <= promise.size:
            self.promise, self.length = promise, length

    def begin(self, promise: Promise) -> None:
        """From now on it is a part of another file. Raises OSError."""
        self.remove()
        unfinished = self._note.with_suffix(".tmp")
        unfinished.write_text(json.dumps(asdict(promise)), encoding="utf-8")
        unfinished.replace(self._note)
        self.promise = promise

    def remove(self) -> None:
        """Nothing of it is of use any more. Raises OSError."""
        # The bytes first: without them the note means nothing, while they would be taken for another file's
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self.promise, self.length = None, 0


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text.strip()) else None


def _digest_in(text: str) -> str | None:
    match = _DIGEST.search(text)
    try:
        return base64.b64decode(match[1], validate=True).hex() if match else None
    except binascii.Error:
        return None


def _promise_from(found: Any) -> Promise | None:
    try:
        promise = Promise(**found)
    except TypeError:
        return None
    texts = (promise.etag, promise.digest, promise.cursor)
    is_sound = all(isinstance(text, str) and text for text in texts) and type(promise.size) is int
    return promise if is_sound and isinstance(promise.unpacked, int | None) else None

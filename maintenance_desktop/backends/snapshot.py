"""A whole first download as one file: fetched, gone on with after a cut, unpacked and compared."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

from maintenance_desktop import disk
from maintenance_desktop.backends.problems import problem_in
from maintenance_desktop.backends.snapshot_part import GZIP, Part, Promise, goes_on, promise_in
from maintenance_desktop.backends.transport import Answer, Transport
from maintenance_desktop.backends.unpacking import Unpackable, Unpacker
from maintenance_desktop.domain.outcomes import Interrupted, SignInRequired, Snapshot, Unreachable
from maintenance_desktop.domain.trouble import StorageTrouble

_log = logging.getLogger(__name__)

_PIECE: Final = 512 * 1024
_TRIES: Final = 2
_MB: Final = 1_000_000
_SPARE: Final = 100 * _MB
"""So much stays free on the disk, whatever a server sends."""
_USUAL_TIMES: Final = 8
_MOST_TIMES: Final = 100
"""How much larger it gets when unpacked, where the server does not say: our layout, three to five times."""
_GOES_ON: Final = "Nothing of your work is lost; make room, and the download goes on."
_GRACE_SECONDS: Final = 120.0
_SLOWEST_RATE: Final = 2 * 1024
"""Bytes in a second: what trickles more slowly would hold a download for ever."""


class _Spoilt(Exception):
    """What is here is not the file that was promised."""


class SnapshotDownload:
    """One download. `run` may be called once."""

    def __init__(
        self,
        transport: Transport,
        layout: int,
        folder: Path,
        on_bytes: Callable[[int, int], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._layout = layout
        self._folder = folder
        self._on_bytes = on_bytes
        self._should_stop = should_stop
        self._part = Part(folder, layout)
        self._unfinished = folder / f"snapshot-{layout}.unfinished"

    def run(self) -> Snapshot | None:
        """The unpacked file; None where the server has none. Raises SessionError, StorageTrouble."""
        try:
            for _ in range(_TRIES):
                try:
                    return self._download()
                except _Spoilt as error:
                    _log.warning("a snapshot is thrown away: %s", error)
                    self._part.remove()
            return None
        except OSError as error:
            raise StorageTrouble(_sentence(error, self._folder)) from error
        finally:
            with contextlib.suppress(OSError):
                self._unfinished.unlink(missing_ok=True)

    def _download(self) -> Snapshot | None:
        self._part.find()
        promise, start = self._part.promise, self._part.length
        if promise is not None and start == promise.size:
            return self._receive(promise, iter(()))
        params = {"schema": str(self._layout)}
        headers = {"Accept-Encoding": "identity"}
        if promise is not None:
            params["etag"] = promise.etag
            headers |= {"Range": f"bytes={start}-", "If-Range": promise.etag}
        with self._transport.call(
            "GET", "/v1/snapshot", accept=GZIP, params=params, headers=headers, piece=_PIECE
        ) as answer:
            return self._take(answer)

    def _take(self, answer: Answer) -> Snapshot | None:
        promise = self._part.promise
        if answer.status == HTTPStatus.PARTIAL_CONTENT and promise is not None:
            if not goes_on(answer, promise, self._part.length):
                raise _Spoilt("what comes is not the rest of what is here")
            return self._receive(promise, answer.pieces)
        if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and promise is not None:
            raise _Spoilt("the server's file is shorter than what is here")
        if answer.status == HTTPStatus.UNAUTHORIZED and (problem := problem_in(answer)):
            raise SignInRequired(problem.sentence or "Please sign in again.")
        if answer.status == HTTPStatus.OK and (promise := promise_in(answer)):
            self._part.begin(promise)
            return self._receive(promise, answer.pieces)
        # Whatever else is wrong with the server, asking it for changes will tell
        _log.info("no snapshot: %s %s", answer.status, answer.media_type)
        if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.NOT_ACCEPTABLE):
            self._part.remove()
        return None

    def _receive(self, promise: Promise, coming: Iterator[bytes]) -> Snapshot:
        largest = self._room_for(promise)
        digest = hashlib.sha256()
        until = time.monotonic() + _GRACE_SECONDS + promise.size / _SLOWEST_RATE
        with (
            self._unfinished.open("wb") as target,
            contextlib.closing(Unpacker(target, largest)) as unpacker,
            contextlib.closing(self._all_pieces(promise, coming)) as pieces,
        ):
            try:
                for piece in pieces:
                    digest.update(piece)
                    unpacker.feed(piece)
                    if time.monotonic() > until:
                        raise Unreachable("The server's file comes too slowly.")
                if digest.hexdigest() != promise.digest:
                    raise _Spoilt("its bytes are not those that were promised")
                unpacked = unpacker.finish()
            except Unpackable as error:
                raise _Spoilt(str(error)) from error
        if promise.unpacked not in (None, unpacked):
            raise _Spoilt(f"it becomes {unpacked} bytes and not {promise.unpacked}")
        path = self._folder / f"snapshot-{self._layout}.db"
        self._unfinished.replace(path)
        self._part.remove()
        return Snapshot(path, promise.cursor)

    def _all_pieces(self, promise: Promise, coming: Iterator[bytes]) -> Generator[bytes, None, None]:
        """What is here already, then what comes, which is here from then on."""
        with self._part.path.open("a+b") as kept:
            kept.seek(0)
            done = 0
            while piece := kept.read(min(_PIECE, self._part.length - done)):
                done += len(piece)
                yield self._count(piece, done, promise.size)
            for piece in coming:
                done += len(piece)
                if done > promise.size:
                    raise _Spoilt("it is longer than was promised")
                kept.write(piece)
                yield self._count(piece, done, promise.size)
        if done < promise.size:
            raise Unreachable("The connection broke before the whole file was there.")

    def _count(self, piece: bytes, done: int, size: int) -> bytes:
        if self._should_stop():
            raise Interrupted("The download was stopped from here; it goes on the next time.")
        self._on_bytes(done, size)
        return piece

    def _room_for(self, promise: Promise) -> int:
        """How large it may become. Raises StorageTrouble where the disk has no room for it."""
        self._unfinished.unlink(missing_ok=True)
        to_come = promise.size - self._part.length
        needed = to_come + (promise.unpacked or promise.size * _USUAL_TIMES)
        free = shutil.disk_usage(self._folder).free - _SPARE
        if needed > free:
            raise StorageTrouble(
                f"The copy of the server needs {_megabytes(needed)} in {self._folder}, and the disk has only"
                f" {_megabytes(free)} to spare. {_GOES_ON}"
            )
        return promise.unpacked or min(promise.size * _MOST_TIMES, free - to_come)


def _megabytes(size: int) -> str:
    return f"{max(size, 0) / _MB:,.0f} MB"


def _sentence(error: OSError, folder: Path) -> str:
    if disk.is_full(error):
        return f"The disk of {folder} is full. {_GOES_ON}"
    return f"The copy of the server cannot be written in {folder}: {error.strerror}."

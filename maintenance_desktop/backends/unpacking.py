"""Unpacking a gzip file while it arrives, several members at once where it says how long they are."""

from __future__ import annotations

import os
import sys
import threading
import zlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO, Final

from maintenance_desktop.domain.members import HEAD, sizes_of

_THREADS: Final = 2
_IN_HAND: Final = 6
"""So many members wait or are unpacked at once: some megabytes each."""
_AT_ONCE: Final = 1 << 20
_STEP: Final = 64 << 10
"""So much is unpacked and written at a time: the C library asks the system for larger pieces one by one, and
gives them back, which cost more than unpacking."""
_MOST_UNSYNCED: Final = 8 << 20
"""The disk takes what was unpacked so much at a time: a save waits for what it has to take before."""


class Unpackable(ValueError):
    """It is no gzip file, or one that becomes larger than it may."""


class Unpacker:
    """Writes into `target` what the bytes given to `feed` are when unpacked. Used by one thread.

    zlib lets other threads of the program run meanwhile.
    """

    def __init__(self, target: BinaryIO, largest: int) -> None:
        self._target = target
        self._largest = largest
        self._writing = threading.Lock()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="unpacking")
        self._running: deque[Future[None]] = deque()
        self._waiting = bytearray()
        self._length = 0
        self._written = _Written(target)
        self._plain: _Plain | None = None

    def feed(self, piece: bytes) -> None:
        """The next bytes. Raises Unpackable, OSError."""
        if self._plain is not None:
            self._plain.feed(piece)
            return
        self._waiting += piece
        while len(self._waiting) >= HEAD:
            sizes = sizes_of(bytes(self._waiting[:HEAD]))
            if sizes is None:
                self._go_on_plainly()
                return
            packed, unpacked = sizes
            if len(self._waiting) < packed:
                return
            member = bytes(memoryview(self._waiting)[:packed])
            del self._waiting[:packed]
            self._check(self._length + unpacked)
            while len(self._running) >= _IN_HAND:
                self._running.popleft().result()
            self._running.append(self._threads.submit(self._unpack, member, self._length, unpacked))
            self._length += unpacked

    def finish(self) -> int:
        """All bytes were given. Answers how many they became. Raises Unpackable, OSError."""
        if self._plain is None and self._waiting:
            self._go_on_plainly()
        while self._running:
            self._running.popleft().result()
        if self._plain is not None:
            self._length = self._plain.finish()
        return self._length

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _check(self, length: int) -> None:
        if length > self._largest:
            raise Unpackable(f"it becomes more than {self._largest} bytes")

    def _unpack(self, member: bytes, place: int, length: int) -> None:
        unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        rest, done = member, 0
        while not unpacker.eof:
            try:
                data = unpacker.decompress(rest, _STEP)
            except zlib.error as error:
                raise Unpackable(str(error)) from error
            rest = unpacker.unconsumed_tail
            # Never more than it says of itself, whatever it holds
            if done + len(data) > length or not (data or unpacker.eof):
                raise Unpackable("a member is not as long as it says")
            with self._writing:
                self._target.seek(place + done)
                self._target.write(data)
            done += len(data)
        if done != length or unpacker.unused_data:
            raise Unpackable("a member is not as long as it says")
        self._written.add(length)

    def _go_on_plainly(self) -> None:
        while self._running:
            self._running.popleft().result()
        self._target.seek(self._length)
        self._plain = _Plain(self._target, self._written, self._length, self._check)
        waiting, self._waiting = bytes(self._waiting), bytearray()
        self._plain.feed(waiting)


class _Written:
    """Has the disk take now and then what was written into a file by several threads.

    Otherwise all of it is taken at the end, and a save that comes then waits for it, tenths of a second.
    """

    def __init__(self, target: BinaryIO) -> None:
        self._target = target
        self._counting = threading.Lock()
        self._unsynced = 0

    def add(self, length: int) -> None:
        """So many bytes more were written."""
        with self._counting:
            self._unsynced += length
            is_much = self._unsynced >= _MOST_UNSYNCED
            if is_much:
                self._unsynced = 0
        if is_much and sys.platform == "linux":
            self._target.flush()
            os.fdatasync(self._target.fileno())


class _Plain:
    """Any other gzip file: one member after the other."""

    def __init__(
        self, target: BinaryIO, written: _Written, length: int, check: Callable[[int], None]
    ) -> None:
        self._target = target
        self._written = written
        self._length = length
        self._check = check
        self._unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def feed(self, piece: bytes) -> None:
        while piece:
            if self._unpacker.eof:
                self._unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            try:
                data = self._unpacker.decompress(piece, _AT_ONCE)
            except zlib.error as error:
                raise Unpackable(str(error)) from error
            self._keep(data)
            piece = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
            # What it still holds back comes with the next bytes, or with `finish`

    def finish(self) -> int:
        while not self._unpacker.eof and (data := self._rest()):
            self._keep(data)
        if not self._unpacker.eof:
            raise Unpackable("it breaks off")
        return self._length

    def _keep(self, data: bytes) -> None:
        self._check(self._length + len(data))
        self._target.write(data)
        self._length += len(data)
        self._written.add(len(data))

    def _rest(self) -> bytes:
        try:
            return self._unpacker.decompress(b"", _AT_ONCE)
        except zlib.error as error:
            raise Unpackable(str(error)) from error

"""The pages of a large download, read by a thread of their own while those before are put away."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from maintenance_desktop.backends.answers import LINES
from maintenance_desktop.backends.problems import check_stream
from maintenance_desktop.backends.stream import next_cursor
from maintenance_desktop.backends.transport import Transport
from maintenance_desktop.domain.outcomes import RemoteError, Unreachable

_MOST_BYTES: Final = 8 * 1024 * 1024
_PIECE: Final = 256 * 1024
_TAIL: Final = 8 * 1024
_END_SECONDS: Final = 2.0
_ENDED: Final = "The download was ended from here."
_REST: Final = 2
"""Behind the last line of a page come at most so many more: an empty rest, and its end."""


@dataclass(frozen=True, slots=True)
class _PageEnd:
    """A page is whole, and the one at `following` is on its way; None where nothing is."""

    following: str | None


class PagesAhead:
    """Page after page of changes. Asked by one thread; `drop` is for any.

    While the caller works on a page the next one is asked for already, at most 8 MB ahead.
    """

    def __init__(self, connect: Callable[[], Transport]) -> None:
        self._connect = connect
        self._reading: _Reading | None = None

    def pieces(self, cursor: str | None, limit: int) -> Iterator[bytes]:
        """The body of the page at `cursor`. What failed before it was asked for is asked for once more.

        Raises CursorExpired, SessionError, ServerFailed.
        """
        reading = self._reading
        if reading is None or not reading.comes_to(cursor):
            self.drop()
            reading = self._reading = _Reading(self._connect(), cursor, limit)
        while not isinstance(piece := reading.take(), _PageEnd):
            yield piece

    def drop(self) -> None:
        """Forget what was read ahead, and end the thread that reads."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.end()


class _Reading:
    """A thread that reads pages until the last one, until one fails, or until it is ended."""

    def __init__(self, calls: Transport, cursor: str | None, limit: int) -> None:
        self._calls = calls
        self._limit = limit
        self._changed = threading.Condition()
        self._found: deque[bytes | _PageEnd] = deque()
        self._size = 0
        self._is_ended = False
        self._failure: BaseException | None = None
        self._page_end: _PageEnd | None = None
        self._thread = threading.Thread(target=self._run, args=(cursor,), name="pages ahead", daemon=True)
        self._thread.start()

    def take(self) -> bytes | _PageEnd:
        """What comes next; waits for it. Raises what the thread met."""
        with self._changed:
            self._changed.wait_for(lambda: self._found or self._failure or self._is_ended)
            if not self._found:
                raise self._failure or Unreachable(_ENDED)
            taken = self._found.popleft()
            self._page_end = taken if isinstance(taken, _PageEnd) else None
            self._size -= _size(taken)
            self._changed.notify_all()
            return taken

    def comes_to(self, cursor: str | None) -> bool:
        """Whether the page at `cursor` comes next, and did not fail. Waits for the end of the one before."""
        try:
            for _ in range(_REST):
                if self._page_end is None:
                    self.take()
        except RemoteError:
            return False
        return cursor is not None and self._page_end == _PageEnd(cursor) and self._failure is None

    def end(self) -> None:
        """Stop the thread. Thread-safe; waits at most two seconds, for a name that is being looked up."""
        with self._changed:
            self._is_ended = True
            self._found.clear()
            self._changed.notify_all()
        self._calls.line.cut()
        self._thread.join(_END_SECONDS)

    def _run(self, cursor: str | None) -> None:
        following = cursor
        try:
            while True:
                following = self._page(following)
                self._put(_PageEnd(following))
                if following is None:
                    return
        except BaseException as error:
            with self._changed:
                self._failure = error
                self._changed.notify_all()
        finally:
            self._calls.forget()

    def _page(self, cursor: str | None) -> str | None:
        """Read one page; answers where the next one is."""
        params = {"limit": str(self._limit)} | ({} if cursor is None else {"since": cursor})
        tail = b""
        with self._calls.call("GET", "/v1/changes", accept=LINES, params=params, piece=_PIECE) as answer:
            check_stream(answer)
            for piece in answer.pieces:
                self._put(piece)
                tail = (tail + piece)[-_TAIL:]
        return next_cursor(tail)

    def _put(self, piece: bytes | _PageEnd) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._size < _MOST_BYTES or self._is_ended)
            if self._is_ended:
                raise Unreachable(_ENDED)
            self._found.append(piece)
            self._size += _size(piece)
            self._changed.notify_all()


def _size(piece: bytes | _PageEnd) -> int:
    return 0 if isinstance(piece, _PageEnd) else len(piece)

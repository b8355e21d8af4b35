"""How the files of an update feed come here, from a folder or over the web. Nothing is believed yet."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    SlowRetrievalError,
)
from tuf.ngclient.fetcher import FetcherInterface

from maintenance_desktop.backends.line import trusted_certificates
from maintenance_desktop.backends.transport import Transport
from maintenance_desktop.domain.outcomes import Unreachable

_PIECE: Final = 256 * 1024
_READ_SECONDS: Final = 30.0
_GRACE_SECONDS: Final = 60.0
_SLOWEST_RATE: Final = 16 * 1024
"""Bytes in a second. A feed that trickles would otherwise hold an update back for ever."""


class Stopped(Exception):
    """The fetching was ended from outside."""


class FeedFetcher(FetcherInterface):
    """Fetches the files of one feed by their names in it. Used by one thread; `stop` by any."""

    def __init__(self, scratch: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`scratch` is where a file is kept while it is compared with what was signed."""
        self._scratch = scratch
        self._monotonic = monotonic
        self._stopped = threading.Event()
        self.on_progress: Callable[[int], None] = _nobody_listens

    @contextlib.contextmanager
    def download_file(self, url: str, max_length: int) -> Iterator[IO[bytes]]:
        """As tuf does it, but in our own folder (the system's may be a small one in memory) and in time."""
        until = self._monotonic() + _GRACE_SECONDS + max_length / _SLOWEST_RATE
        with tempfile.TemporaryFile(dir=self._scratch) as file:
            length = 0
            for piece in self._until_stopped(url):
                length += len(piece)
                if length > max_length:
                    raise DownloadLengthMismatchError(f"{url} is longer than {max_length} bytes")
                if self._monotonic() > until:
                    raise SlowRetrievalError(f"{url} comes too slowly")
                file.write(piece)
                self.on_progress(length)
            file.seek(0)
            yield file

    def stop(self) -> None:
        """End what is running, and everything after it. Thread-safe."""
        self._stopped.set()

    def close(self) -> None:
        """Give back what is open."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        return self._pieces(url)

    def _until_stopped(self, name: str) -> Iterator[bytes]:
        with contextlib.closing(self._pieces(name)) as pieces:
            try:
                for piece in pieces:
                    if self._stopped.is_set():
                        raise Stopped
                    yield piece
            except DownloadError:
                if self._stopped.is_set():  # that is how it ended
                    raise Stopped from None
                raise

    @abstractmethod
    def _pieces(self, name: str) -> Generator[bytes, None, None]:
        """The bytes of a file. Raises DownloadError, and DownloadHTTPError with 404 where it is not there."""


class FolderFetcher(FeedFetcher):
    """A feed in a folder: on this computer, on a share, or on a stick."""

    def __init__(self, feed: Path, scratch: Path) -> None:
        super().__init__(scratch)
        self._feed = feed

    def _pieces(self, name: str) -> Generator[bytes, None, None]:
        try:
            path = (self._feed / name).resolve()
            if not self._feed.is_dir():
                raise DownloadError(f"there is no folder {self._feed}")
            if not path.is_file() or not path.is_relative_to(self._feed.resolve()):
                raise DownloadHTTPError(f"{name} is not in the folder", 404)
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    yield piece
        except (OSError, ValueError) as error:
            raise DownloadError(f"{name} cannot be read: {error}") from error


class WebFetcher(FeedFetcher):
    """A feed on a web server."""

    def __init__(self, address: str, scratch: Path, read_seconds: float = _READ_SECONDS) -> None:
        super().__init__(scratch)
        context = trusted_certificates() if address.startswith("https:") else None
        self._transport = Transport(address, context, read_seconds)

    def stop(self) -> None:
        super().stop()
        self._transport.line.cut()  # and it stays cut

    def close(self) -> None:
        self._transport.forget()

    def _pieces(self, name: str) -> Generator[bytes, None, None]:
        try:
            with self._transport.call("GET", f"/{quote(name)}", accept="*/*", is_anonymous=True) as answer:
                if answer.status != 200:
                    raise DownloadHTTPError(f"{name}: the server answers {answer.status}", answer.status)
                if answer.media_type == "text/html":
                    raise DownloadError(f"{name}: a web page answers in its place")
                yield from answer.pieces
        except Unreachable as error:
            raise DownloadError(str(error)) from error


def _nobody_listens(_length: int) -> None:
    """No progress is shown of the small files."""

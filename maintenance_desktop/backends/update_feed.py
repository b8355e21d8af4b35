"""A feed of updates, checked by The Update Framework: whole installers in metadata that the plant's IT signs.

Importing this loads `tuf`, which takes a tenth of a second: only the thread that needs it does.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
)
from tuf.ngclient import TargetFile  # type: ignore[attr-defined]  # its __all__ is computed
from tuf.ngclient.updater import Updater

from maintenance_desktop.backends.feed_fetchers import FeedFetcher, FolderFetcher, Stopped, WebFetcher
from maintenance_desktop.disk import is_full
from maintenance_desktop.domain.addresses import BadAddress, is_web_address
from maintenance_desktop.domain.updates import (
    LARGEST_INSTALLER,
    Offer,
    Platform,
    Reason,
    Rules,
    UpdateCancelled,
    UpdateTrouble,
    feed_location,
)
from maintenance_desktop.domain.versions import Version
from maintenance_desktop.domain.wire import decode

_log = logging.getLogger(__name__)

_LARGEST_ROOT: Final = 512_000
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_NOT_THERE: Final = (403, 404)


def open_feed(rules: Rules, folder: Path) -> TufFeed:
    """The feed that the rules name; its metadata is kept below `folder`. Raises UpdateTrouble."""
    try:
        location = feed_location(rules.location)
    except BadAddress as error:
        raise UpdateTrouble(Reason.BAD_PLACE, str(error)) from error
    root = _read_root(Path(rules.root))
    with _translated():
        # what was seen belongs to the root that it was believed by, wherever the feed is today
        metadata = folder / f"metadata-{hashlib.sha256(root).hexdigest()[:16]}"
        metadata.mkdir(mode=0o700, parents=True, exist_ok=True)
    fetcher: FeedFetcher
    if is_web_address(location):
        fetcher = WebFetcher(location, folder)
    else:
        fetcher = FolderFetcher(Path(location), folder)
    return TufFeed(fetcher, root, metadata)


class TufFeed:
    """One look at a feed. It begins with the root that is trusted here, never with one from the feed."""

    def __init__(self, fetcher: FeedFetcher, root: bytes, metadata: Path) -> None:
        """Raises UpdateTrouble."""
        self._fetcher = fetcher
        self._metadata = metadata
        try:
            self._updater = Updater(
                str(metadata),
                "metadata/",
                target_base_url="targets/",
                fetcher=fetcher,
                bootstrap=root,
            )
        except RepositoryError as error:
            raise UpdateTrouble(Reason.BAD_ROOT, str(error)) from error
        except OSError as error:
            raise _disk_trouble(error) from error
        self._targets: dict[Offer, TargetFile] = {}

    def offers(self) -> list[Offer]:
        """All installers in the newest signed metadata. Raises UpdateTrouble, UpdateCancelled."""
        with _translated():
            self._updater.refresh()
            # only the names are read from the file; what stands behind them is asked of the updater
            listed = decode((self._metadata / "targets.json").read_bytes())
            for name in listed["signed"]["targets"]:
                target = self._updater.get_targetinfo(name)
                offer = _offer(target) if target else None
                if target and offer:
                    self._targets[offer] = target
        return list(self._targets)

    def fetch(self, offer: Offer, path: Path, on_progress: Callable[[int], None]) -> None:
        """Write one of the offers to `path`, once it is what was signed. Raises as `offers`."""
        self._fetcher.on_progress = on_progress
        with _translated():
            try:
                self._updater.download_target(self._targets[offer], str(path))
            except BaseException:
                path.unlink(missing_ok=True)
                raise

    def cancel(self) -> None:
        """End what is running. Thread-safe."""
        self._fetcher.stop()

    def close(self) -> None:
        """Give back what is open."""
        self._fetcher.close()


def _offer(target: TargetFile) -> Offer | None:
    """What the metadata says of an installer; None for what is not an installer of ours."""
    custom: Any = target.custom
    if not isinstance(custom, dict) or not 0 < target.length <= LARGEST_INSTALLER:
        return None
    version, channel = custom.get("version"), custom.get("channel", "")
    sha256 = target.hashes.get("sha256", "")
    if not isinstance(version, str) or not isinstance(channel, str) or not _SHA256.fullmatch(sha256):
        return None
    try:
        Version.read(version)
        platform = Platform(str(custom.get("platform")))
    except ValueError:
        return None
    return Offer(version, platform, target.path, target.length, sha256, channel)


def _read_root(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            root = file.read(_LARGEST_ROOT + 1)
    except OSError as error:
        raise UpdateTrouble(Reason.BAD_ROOT, str(error)) from error
    if len(root) > _LARGEST_ROOT:
        raise UpdateTrouble(Reason.BAD_ROOT, f"{path} is too large to be one")
    return root


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """What tuf and the disk say, as our own trouble."""
    try:
        yield
    except Stopped as error:
        raise UpdateCancelled from error
    except ExpiredMetadataError as error:
        raise UpdateTrouble(Reason.EXPIRED, str(error)) from error
    except BadVersionNumberError as error:
        raise UpdateTrouble(Reason.ROLLED_BACK, str(error)) from error
    except (LengthOrHashMismatchError, DownloadLengthMismatchError) as error:
        raise UpdateTrouble(Reason.DAMAGED, str(error)) from error
    except RepositoryError as error:
        raise UpdateTrouble(Reason.NOT_SIGNED, str(error)) from error
    except DownloadHTTPError as error:
        is_missing = error.status_code in _NOT_THERE
        raise UpdateTrouble(Reason.NO_FEED if is_missing else Reason.UNREACHABLE, str(error)) from error
    except DownloadError as error:
        raise UpdateTrouble(Reason.UNREACHABLE, str(error)) from error
    except OSError as error:
        raise _disk_trouble(error) from error


def _disk_trouble(error: OSError) -> UpdateTrouble:
    return UpdateTrouble(Reason.DISK_FULL if is_full(error) else Reason.DISK, str(error))

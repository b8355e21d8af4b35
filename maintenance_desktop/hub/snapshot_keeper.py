"""Keeps a snapshot ready while the hub runs: one thread that looks, and a process that makes."""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
import threading
import time
import uuid
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, Final, cast

from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.hub import snapshot_list
from maintenance_desktop.hub.errors import HubError
from maintenance_desktop.hub.snapshot_process import start_process
from maintenance_desktop.hub.snapshot_shelf import shelf_of
from maintenance_desktop.hub.store import HubStore

_PAUSE: Final = 15.0
"""Seconds between two looks, which are three small queries."""
_PAUSE_AFTER_FAILURE: Final = 600.0
_RENEWED_AFTER: Final = 30.0
_SIGNALS_APART: Final = 1.0
"""Who ends a service tells all of its processes, and this one may hear of it first by the other's end."""
_MB: Final = 1_000_000
_LEAST_ROOM: Final = 500 * _MB
_STOPPING: Final = 5.0
_COMPLAINTS: Final = "complaints.txt"
_MAKING: Final = "maintenance-hub-snapshot-"
_log: Final = logging.getLogger(__name__)


class SnapshotKeeper:
    """Makes a new snapshot when the old one is too far behind, unless another hub process does.

    Nothing of it runs in the threads that answer calls, and one that is made takes only the time that
    nobody else on the machine wants.
    """

    def __init__(self, store: HubStore, target: Path | str, folder: Path | None = None) -> None:
        """`folder` is for what is not finished, where the database is not a folder itself."""
        self._store = store
        self._target = target
        self._folder = store.database.folder or folder
        self._shelf = shelf_of(store.database)
        self._holder = str(uuid.uuid4())
        self._stopped = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="snapshots")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End, also in the middle of making one: nothing of that counts."""
        self._stopped.set()
        with self._starting:
            if self._process is not None:
                self._process.kill()
        if self._thread.is_alive():
            self._thread.join(_STOPPING)

    def look(self) -> bool:
        """Clear away what nobody may ask for any more; make a new one if it is due. True: one was made."""
        database, clock = self._store.database, self._store.clock
        struck_out = database.write(lambda tx: snapshot_list.strike_out_old(tx, clock()))
        struck_out += self._strike_out_lost()
        if not struck_out and not self._is_due():
            return False
        if not database.write(lambda tx: snapshot_list.take_turn(tx, self._holder, clock())):
            return False
        try:
            self._shelf.remove_unlisted()
            # Another process may have finished one just now
            return self._is_due() and self._make()
        finally:
            database.write(lambda tx: snapshot_list.end_turn(tx, self._holder))

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            try:
                self.look()
                pause = _PAUSE
            except (HubError, OSError) as error:
                if not self._stopped.is_set():
                    _log.warning("no snapshot for first downloads could be made: %s", error)
                pause = _PAUSE_AFTER_FAILURE

    def _is_due(self) -> bool:
        return self._store.database.read(lambda tx: snapshot_list.is_due(tx, self._store.clock()))

    def _strike_out_lost(self) -> int:
        """A folder may have been emptied, or its database copied without it."""
        database = self._store.database
        lost = [one for one in database.read(snapshot_list.digests) if not self._shelf.holds(one)]
        for digest in lost:
            database.write(partial(snapshot_list.strike_out, digest=digest))
        return len(lost)

    def _make(self) -> bool:
        if self._folder is not None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for left in self._folder.glob(f"{_MAKING}*"):  # by a hub that was killed
                shutil.rmtree(left, ignore_errors=True)
        self._check_room()
        began = time.monotonic()
        with (
            tempfile.TemporaryDirectory(
                prefix=_MAKING, dir=self._folder, ignore_cleanup_errors=True
            ) as scratch,
            Path(scratch, _COMPLAINTS).open("w+", encoding="utf-8") as complaints,
        ):
            with self._starting:
                if self._stopped.is_set():
                    return False
                self._process = start_process(self._target, Path(scratch), complaints)
            exit_code = self._wait(self._process)
            complaints.seek(0)
            complaint = complaints.read().strip()
        if exit_code != 0:
            if self._stopped.wait(_SIGNALS_APART):
                return False
            raise HubError(complaint or f"its process ended with {exit_code}")
        _log.info("a snapshot was made in %.0f s", time.monotonic() - began)
        return True

    def _check_room(self) -> None:
        """What nobody needs must not fill the disk that people's changes are written to."""
        database = self._store.database
        last = database.read(lambda tx: snapshot_list.newest(tx, LAYOUT))
        needed = _LEAST_ROOM
        if last is not None:
            needed += 2 * last.unpacked + last.size
        elif database.folder is not None:
            needed += 2 * sum(file.stat().st_size for file in database.folder.glob("hub.db*"))
        place = self._folder or Path(tempfile.gettempdir())
        free = shutil.disk_usage(place).free
        if free < needed:
            raise HubError(f"it takes {needed // _MB:,} MB in {place}, and only {free // _MB:,} MB are free")

    def _wait(self, process: subprocess.Popen[str]) -> int:
        """Go on having the turn until it ends. Answers its exit code."""
        clock = self._store.clock
        with closing(cast(IO[str], process.stdin)):
            while True:
                try:
                    return process.wait(_RENEWED_AFTER)
                except subprocess.TimeoutExpired:
                    self._store.database.write(lambda tx: snapshot_list.take_turn(tx, self._holder, clock()))

"""The process that makes a snapshot: it stands back behind all others, and ends with the hub it works for.

What to do comes over its standard input, because the address of a database may hold a password, and
everybody on a machine can read command lines.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Final, TextIO

from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.store import HubStore

COMMAND: Final = "make-snapshot"


def start_process(target: Path | str, scratch: Path, complaints: IO[str]) -> subprocess.Popen[str]:
    """Start it. It ends at once when its standard input is closed, so nothing may close that before."""
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-m", "maintenance_desktop.hub"]
    priority = 0
    if sys.platform == "win32":
        priority = subprocess.IDLE_PRIORITY_CLASS
    process = subprocess.Popen(
        [*program, COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        text=True,
        creationflags=priority,
        start_new_session=True,  # Ctrl-C is for the hub, which then ends this one
    )
    job = {"target": str(target), "is_folder": isinstance(target, Path), "scratch": str(scratch)}
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # it has ended already, and its exit code says so
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
    return process


def make_as_told(orders: TextIO) -> None:
    """Make one snapshot. Raises SetupError, Unavailable."""
    # Here and not above: whoever only starts the process does not need it
    from maintenance_desktop.hub.snapshot_making import make_snapshot
    from maintenance_desktop.hub.snapshot_shelf import shelf_of

    try:
        job = json.loads(orders.readline())
        scratch = Path(job["scratch"])
        target = Path(job["target"]) if job["is_folder"] else str(job["target"])
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError("This command is for the hub itself: it keeps its snapshot ready alone.") from error
    threading.Thread(target=_end_with, args=(orders,), daemon=True).start()
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # a sandbox may forbid even that
            os.nice(19)
    # SQLite sorts in files, and the system's folder for them may be a small one in memory
    os.environ["SQLITE_TMPDIR"] = str(scratch)
    store = HubStore.open(target)
    try:
        make_snapshot(store, shelf_of(store.database), scratch)
    finally:
        store.close()


def _end_with(orders: TextIO) -> None:
    orders.read()
    os._exit(1)  # nothing of it counts before it is finished

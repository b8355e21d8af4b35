"""What the program says about its connection, in data: the window and the CLI put it into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from maintenance_desktop.domain.forecast import Forecast


class Connection(StrEnum):
    """How it stands between us and the server."""

    ONLINE = "online"
    SYNCING = "syncing"
    OFFLINE = "offline"
    WORKING_OFFLINE = "working_offline"
    SIGN_IN_REQUIRED = "sign_in_required"
    WRONG_SERVER = "wrong_server"
    LOCAL_TROUBLE = "local_trouble"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is; `total` is None while it is not known.

    `what` is `push` (edits), `download` (records), `file` (the bytes of a whole download) or `index`: what
    was downloaded is made ready for lists and search, and nobody knows how far that is.
    """

    what: str
    done: int
    total: int | None

    @property
    def is_download(self) -> bool:
        """Whether it can be paused, and goes on later."""
        return self.what in ("download", "file", "index")


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What a round did. `changed` are record ids to show again, `needs_you` the edits newly parked.

    `problem` is the sentence of what stopped it, empty when nothing did. `applied` counts edits,
    `put_off` those that were tried and will be tried again.
    """

    changed: frozenset[str] = frozenset()
    needs_you: tuple[str, ...] = ()
    applied: int = 0
    connection: Connection = Connection.ONLINE
    problem: str = ""
    retry_after: float | None = None
    everything_changed: bool = False
    put_off: int = 0


@dataclass(frozen=True, slots=True)
class SyncState:
    """The state at one moment, for the status line. Times are in wire form, empty when never."""

    connection: Connection = Connection.OFFLINE
    since: str = ""
    last_synced: str = ""
    problem: str = ""
    progress: Progress | None = None
    is_complete: bool = False
    forecast: Forecast | None = None
    """How what is being sent will fare, while there is something to tell."""


@dataclass
class RoundTally:
    """What the round did so far."""

    changed: set[str] = field(default_factory=set)
    needs_you: list[str] = field(default_factory=list)
    applied: int = 0
    put_off: int = 0
    downloaded_anew: bool = False
    has_file: bool = False
    """Whether the server's file of everything was taken."""
    has_met_silence: bool = False
    """Whether an edit was tried that the server gives no answer to: one in a round is enough."""

"""What a server answers, and what can go wrong between us and it.

Per edit, as data:          Applied · Conflicted · Rejected
Per call, as exceptions:
RemoteError
├── SessionError            the round stops; nothing is lost
│   ├── Unreachable         offline, or the server cannot serve now
│   ├── SignInRequired      the token is no longer good
│   └── WrongServer         not the server or the person that this profile belongs to
├── BatchRefused            400 or 413: the batch is halved
├── ServerFailed            500: the batch is halved, a single edit is put off
├── NotOffered              a call beyond the contract that this server does not know
├── CursorExpired           410: download again
└── SignInRefused           wrong user or password, or too many tries
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maintenance_desktop.domain.cache_filling import Line
from maintenance_desktop.domain.edits import Refusal, ServerCopy
from maintenance_desktop.domain.records import Fields


@dataclass(frozen=True, slots=True)
class Applied:
    """Done, now or earlier under the same id; the version and record that this edit produced."""

    version: int
    record: Fields | None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Conflicted:
    """Somebody changed the record since the base."""

    server: ServerCopy


@dataclass(frozen=True, slots=True)
class Rejected:
    """It can't be done."""

    refusal: Refusal


Outcome = Applied | Conflicted | Rejected


class RemoteError(Exception):
    """Something between us and the server; `str()` is a sentence for the person."""


class SessionError(RemoteError):
    """The round stops here, and everything waiting stays."""


class Unreachable(SessionError):
    """No answer of the server's own. `maybe_applied`: a body was sent and its answer never came.

    `retry_after` is in seconds and None where the server named no time.
    """

    def __init__(
        self, message: str, *, maybe_applied: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.maybe_applied = maybe_applied
        self.retry_after = retry_after


class Interrupted(Unreachable):
    """We closed a waiting call ourselves, to do something better."""


class SignInRequired(SessionError):
    """The server does not know our token any more; the person signs in again, the queue stays."""


class WrongServer(SessionError):
    """Another server or another person answers than the one this profile belongs to."""


class BatchRefused(RemoteError):
    """The server could not read this request (400) or finds it too large (413)."""


class ServerFailed(RemoteError):
    """The server broke while it handled this request (500)."""


class NotOffered(RemoteError):
    """This server does not know that call: it is beyond the contract, and nothing depends on it."""


class CursorExpired(RemoteError):
    """The server no longer knows our cursor: download again."""


class SignInRefused(RemoteError):
    """Wrong user or password, or too many tries."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What a server says of itself."""

    instance: str
    epoch: str
    name: str
    edits_per_push: int = 500
    push_bytes: int = 8_388_608
    combines_by_itself: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An accepted sign-in: `person` is the record, `token` the secret."""

    token: str
    expires_at: str
    instance: str
    epoch: str
    person: Fields


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the stream of changes: a record as it is now, or None where it was deleted.

    `is_repeated`: it was told before, to somebody who did not hear it, and may be long past.
    """

    type: str
    id: str
    version: int
    record: Fields | None
    changed_at: str = ""
    changed_by: str = ""
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """A small piece of the stream. The last one of a call carries the `cursor`, the first one a `total`."""

    changes: tuple[Change, ...] = ()
    total: int | None = None
    cursor: str | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Lines:
    """A piece of a large download, as it came: what is in its records is looked at when they are kept."""

    lines: tuple[Line, ...]
    total: int | None = None
    cursor: str | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole first download in one file: an SQLite database, and the cursor where changes go on."""

    path: Path
    cursor: str

"""A hub in memory: the contract's rules over plain dictionaries, with lines that break on command."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from maintenance_desktop.domain.cache_filling import Line
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.edits import Edit, EditKind, Refusal, ServerCopy
from maintenance_desktop.domain.lifecycle import FINISHED, transition_problem
from maintenance_desktop.domain.outcomes import (
    Applied,
    BatchRefused,
    Change,
    Changes,
    Conflicted,
    CursorExpired,
    Interrupted,
    Lines,
    NotOffered,
    Outcome,
    Rejected,
    ServerFailed,
    ServerInfo,
    SignedIn,
    SignInRefused,
    SignInRequired,
    Snapshot,
    Unreachable,
)
from maintenance_desktop.domain.records import SPECS, FieldKind, parent_of
from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.profiles import create_profile
from tests.person import Person

PEOPLE = {
    "dana": ("Dana Ortiz", "technician"),
    "bob": ("Bob Lee", "technician"),
    "pia": ("Pia Plan", "planner"),
}
NOON = "2026-11-22T12:00:00.000Z"


def person_id(username: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, username))


def new_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Row:
    """A record on the hub; `record` is None where it was deleted, `last` is what it was before."""

    type: str
    version: int
    record: dict | None
    last: dict
    changed_by: str
    seq: int


class FakeHub:
    """The records, who changed them, and which edits it remembers. A deep copy is a hub at that moment."""

    def __init__(self) -> None:
        self.instance = str(uuid.uuid5(uuid.NAMESPACE_DNS, "hub"))
        self.epoch = self.era = 1
        self.rows: dict[str, Row] = {}
        self.memory: dict[tuple[str, str], tuple[object, Applied]] = {}
        self.seq = 0
        self.numbers = 1000
        self.applied: list[str] = []
        for username, (name, role) in PEOPLE.items():
            content = {"name": name, "username": username, "role": role, "active": True}
            self._store(person_id(username), "person", content, "pia")

    # what others do

    def has(self, record_type: str, *, by: str = "pia", record_id: str = "", **fields) -> str:
        """A record that somebody made."""
        record_id = record_id or new_id()
        self._store(record_id, record_type, _complete(record_type, fields), by)
        return record_id

    def changes(self, record_id: str, *, by: str = "bob", **fields) -> None:
        row = self.rows[record_id]
        self._store(record_id, row.type, {**row.last, **fields}, by)

    def deletes(self, record_id: str, *, by: str = "pia") -> None:
        row = self.rows[record_id]
        for child_id, child in list(self.rows.items()):
            if child.record and parent_of(child.type, child.record) == record_id:
                self._store(child_id, child.type, None, by)
        self._store(record_id, row.type, None, by)

    def record(self, record_id: str) -> dict | None:
        return self.rows[record_id].record

    def version(self, record_id: str) -> int:
        return self.rows[record_id].version

    def of_type(self, record_type: str) -> list[dict]:
        return [row.record for row in self.rows.values() if row.type == record_type and row.record]

    def content(self) -> dict[str, tuple[int, dict | None]]:
        """Everything, as a cache that is up to date holds it."""
        return {record_id: (row.version, row.record) for record_id, row in self.rows.items()}

    def is_restored_from_backup(self) -> None:
        """Neither a cursor nor a version that was given out is good any more."""
        self.epoch += 1
        self.forgets_cursors()

    def forgets_cursors(self) -> None:
        """No cursor that was given out is good any more."""
        self.era += 1

    def line(self, username: str = "dana") -> FakeLine:
        return FakeLine(self, username)

    # what an edit does

    def apply(self, edit: Edit, username: str) -> Outcome:
        key, content = (username, edit.id), (edit.kind, edit.record_id, edit.base_version, edit.outgoing())
        if key in self.memory:
            digest, answer = self.memory[key]
            if digest != content:
                return Rejected(Refusal("id_reused", "This id stands for something else."))
            return replace(answer, replayed=True)
        outcome = self._judge(edit, username)
        if isinstance(outcome, Applied):
            self.memory[key] = (content, outcome)
            self.applied.append(edit.id)
        return outcome

    def _judge(self, edit: Edit, username: str) -> Outcome:
        row = self.rows.get(edit.record_id)
        sent = dict(edit.outgoing())
        if edit.kind is EditKind.CREATE:
            if row is not None:
                return self._conflict(row, edit)
            problem = self._problem(edit, sent, None, username)
            return problem or self._done(edit, _complete(edit.type, sent), username)
        if row is None:
            return Rejected(Refusal("not_found", "The server does not have this record."))
        if edit.kind is EditKind.DELETE and row.record is None:
            return Applied(row.version, None)
        content = {**row.last, **sent}
        problem = self._problem(edit, content, row.last, username)
        if problem is not None and problem.refusal.code == "work_order_finished":
            return problem
        if row.version != edit.base_version:
            return self._conflict(row, edit)
        if edit.kind is EditKind.DELETE:
            self.deletes(edit.record_id, by=username)
            return Applied(self.rows[edit.record_id].version, None)
        if problem is not None:
            return problem
        if content == row.last and row.record is not None:
            return Applied(row.version, row.record)
        return self._done(edit, content, username)

    def _problem(self, edit: Edit, content: dict, stored: dict | None, username: str) -> Rejected | None:
        spec = SPECS[edit.type]
        for field in spec.fields:
            named = content.get(field.name)
            if field.kind is not FieldKind.REFERENCE or not named or named == (stored or {}).get(field.name):
                continue
            other = self.rows.get(named)
            if other is None or other.record is None:
                code = "parent_missing" if field.name in spec.parents else "unknown_reference"
                return Rejected(Refusal(code, f"{field.name} names nothing.", field.name))
        parent = self.rows.get(parent_of(edit.type, content) or "")
        if spec.locked_when_finished and parent and parent.last["status"] in FINISHED:
            who = PEOPLE[parent.changed_by][0]
            number = parent.last["number"]
            return Rejected(Refusal("work_order_finished", f"{who} {parent.last['status']} {number}."))
        if edit.type == "work_order" and edit.kind is not EditKind.DELETE:
            said = transition_problem((stored or {}).get("status"), content["status"], PEOPLE[username][1])
            if said:
                return Rejected(Refusal("bad_transition", said, "status"))
        return None

    def _done(self, edit: Edit, content: dict, username: str) -> Applied:
        self._store(edit.record_id, edit.type, content, username)
        row = self.rows[edit.record_id]
        return Applied(row.version, row.record)

    def _conflict(self, row: Row, edit: Edit) -> Conflicted:
        name = PEOPLE[row.changed_by][0]
        behind = row.version - (edit.base_version or 0)
        return Conflicted(
            ServerCopy(row.version, row.record, NOON, person_id(row.changed_by), name, max(behind, 1))
        )

    def _store(self, record_id: str, record_type: str, content: dict | None, by: str) -> None:
        old = self.rows.get(record_id)
        self.seq += 1
        last = dict(content) if content is not None else dict(old.last if old else {})
        if record_type == "work_order" and not last.get("number"):
            self.numbers += 1
            last |= {"number": f"WO-{self.numbers}", "created_at": NOON, "created_by": person_id(by)}
        record = last if content is not None else None
        self.rows[record_id] = Row(record_type, (old.version if old else 0) + 1, record, last, by, self.seq)


class FakeLine:
    """The `Backend` port: one person's line to the hub."""

    def __init__(self, hub: FakeHub, username: str) -> None:
        self.hub = hub
        self.username = username
        self.is_offline = False
        self.token_is_good = True
        self.faults: list[Exception | Callable[[], None] | None] = []
        """For the next pushes: an error before anything is applied, one wrapped in `After`, or None."""
        self.breaks_on: set[str] = set()
        self.never_answers: set[str] = set()
        """Records whose edits are done without an answer."""
        self.ends_over_it = False
        self.cannot_read: set[str] = set()
        self.most_per_request = 500
        self.cuts_after: int | None = None
        self.always_expired = False
        self.page, self.piece = 1000, 200
        self.before_push: Callable[[], None] = lambda: None
        self.after_commit: Callable[[], None] = lambda: None
        self.requests: list[list[Edit]] = []
        self.sent_at: list[object] = []
        self.calls: list[str] = []
        self.patience: list[float | None] = []
        """How long each call for changes was to be waited for."""
        self.wait_problem: Exception | None = None
        self.is_waiting = threading.Event()
        self._moves = threading.Condition()
        self._interrupted = False
        self.snapshot: Snapshot | None = None

    def info(self) -> ServerInfo:
        self._go("info")
        return ServerInfo(self.hub.instance, str(self.hub.epoch), "North plant", self.most_per_request)

    def sign_in(self, username: str, password: str) -> SignedIn:
        self._go("sign_in")
        if password != "correct horse":
            raise SignInRefused("The user name or the password is wrong.")
        person = {"id": person_id(username), **self.hub.record(person_id(username))}
        self.token_is_good = True
        return SignedIn("token", NOON, self.hub.instance, str(self.hub.epoch), person)

    def use_token(self, token: str | None) -> None:
        self.calls.append(f"token {token}")

    def sign_out(self) -> None:
        self._go("sign_out")
        self.token_is_good = False

    def push(self, edits: Sequence[Edit], sent_at: object) -> list[Outcome]:
        self._go("push")
        self._check_token()
        self.before_push()
        self.requests.append(list(edits))
        self.sent_at.append(sent_at)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Exception) and not isinstance(fault, After):
            raise fault
        if len(edits) > self.most_per_request or any(one.record_id in self.cannot_read for one in edits):
            raise BatchRefused("The server cannot read this.")
        if any(one.record_id in self.breaks_on for one in edits):
            raise ServerFailed("The server has a problem of its own.")
        found = []
        for number, one in enumerate(edits):
            if isinstance(fault, After) and number == fault.edits:
                raise fault.error
            found.append(self.hub.apply(one, self.username))
            self.after_commit()
        if isinstance(fault, After):
            raise fault.error
        if any(one.record_id in self.never_answers for one in edits):
            self.is_offline |= self.ends_over_it
            raise Unreachable("The connection broke.", maybe_applied=True)
        return found

    def fetch_snapshot(self, layout, folder, on_bytes, should_stop) -> Snapshot | None:
        """The file that a test has put ready, or none."""
        if self.snapshot is None or should_stop():
            return None
        on_bytes(1, 1)
        return self.snapshot

    def lines(self, cursor: str | None, *, limit: int = 5_000) -> Iterator[Lines]:
        for piece in self.changes(cursor, limit=limit):
            lines = tuple(map(line_of, piece.changes))
            yield Lines(lines, piece.total, piece.cursor, piece.more)

    def changes(
        self, cursor: str | None, *, limit: int = 5_000, within: float | None = None
    ) -> Iterator[Changes]:
        self.patience.append(within)
        self._go("changes")
        self._check_token()
        era, _, seen = (cursor or f"{self.hub.era}:0").partition(":")
        if self.always_expired or era != str(self.hub.era):
            raise CursorExpired("The cursor is not known.")
        rows = sorted((row.seq, record_id, row) for record_id, row in self.hub.rows.items())
        news = [entry for entry in rows if entry[0] > int(seen)]
        page = news[: self.page]
        yield Changes(total=len(news))
        for start in range(0, len(page), self.piece):
            part = page[start : start + self.piece]
            if self.cuts_after is not None and start + len(part) > self.cuts_after:
                raise Unreachable("The connection broke.")
            yield Changes(
                tuple(
                    Change(row.type, record_id, row.version, row.record, NOON, person_id(row.changed_by))
                    for _, record_id, row in part
                )
            )
        last = page[-1][0] if page else int(seen)
        yield Changes(cursor=f"{era}:{last}", more=len(news) > len(page))

    def tell_choices(self, choices, sent_at) -> None:
        raise NotOffered("This hub keeps no ledger.")

    def ledger(self, *, before=None, record_id=None):
        raise NotOffered("This hub keeps no ledger.")

    def wait_for_change(self, cursor: str, seconds: float) -> bool:
        self._go("wait")
        if self.wait_problem is not None:
            raise self.wait_problem
        with self._moves:
            seen = int(cursor.partition(":")[2])
            self.is_waiting.set()
            self._moves.wait_for(
                lambda: self._interrupted or self.is_offline or self.hub.seq > seen, min(seconds, 20)
            )
            self.is_waiting.clear()
            if self._interrupted:
                self._interrupted = False
                raise Interrupted("Ended from here.")
            if self.is_offline:
                raise Unreachable("The server cannot be reached.")
            return self.hub.seq > seen

    def interrupt(self) -> None:
        with self._moves:
            self._interrupted = True
            self._moves.notify_all()

    def notices_change(self) -> None:
        """Something happened on the hub, or to the line: whoever waits looks again."""
        with self._moves:
            self._moves.notify_all()

    def close(self) -> None:
        self.interrupt()

    def _go(self, call: str) -> None:
        self.calls.append(call)
        if self.is_offline:
            raise Unreachable("The server cannot be reached.")

    def _check_token(self) -> None:
        if not self.token_is_good:
            raise SignInRequired("Sign in again.")


def line_of(change: Change) -> Line:
    """A change as a line of a large download."""
    body = None if change.record is None else encode_text(change.record)
    return Line(change.type, change.id, change.version, change.changed_at, change.changed_by, body)


class After(Exception):
    """The first `edits` of the request are applied; then the answer is lost."""

    def __init__(self, edits: int = 1_000_000, error: Exception | None = None) -> None:
        super().__init__("the answer was lost")
        self.edits = edits
        self.error = error or Unreachable("The connection broke.", maybe_applied=True)


def lost() -> After:
    return After()


def unreachable() -> Unreachable:
    return Unreachable("The server cannot be reached.")


def account_of(hub: FakeHub, username: str) -> Account:
    name, role = PEOPLE[username]
    return Account(hub.instance, person_id(username), name, username, role, "http://localhost:1", "North")


def joins(hub: FakeHub, username: str, folder: Path, **rest) -> Person:
    """A person with a profile of their own, who has not synced yet."""
    create_profile(folder, account_of(hub, username))
    return Person(hub.line(username), folder, **rest)


def cached(person: Person) -> dict[str, tuple[int, dict | None]]:
    """Everything in a person's copy of the server."""
    found = {}
    for table in ("person", "location", "asset", "work_order", "labor", "comment"):
        for record_id, version, body in person.reader._view.rows(
            f"SELECT id, version, body FROM cache.{table}"
        ):
            found[record_id] = (version, _decoded(body))
    return found


def _decoded(body):
    return None if body is None else decode(body)


def _complete(record_type: str, fields: dict) -> dict:
    needed = {
        "work_order": {"title": "Pump leaks", "status": "open"},
        "asset": {"tag": f"P-{len(fields)}", "name": "Pump", "status": "running"},
        "location": {"name": "Hall"},
        "labor": {"labor_type": "regular", "person_id": person_id("dana"), "hours": 1},
        "comment": {"text": "Seen."},
    }
    return {**needed.get(record_type, {}), **fields}

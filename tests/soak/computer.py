"""A person's computer in the simulation: a disk, a clock, a keyring, and the real program on it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.edits import Edit, EditState
from maintenance_desktop.domain.outcomes import RemoteError, Unreachable
from maintenance_desktop.domain.trouble import ProfileTrouble, StorageTrouble
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services import sessions
from maintenance_desktop.services.decisions import DecisionService
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.services.recovery import RecoveryService
from maintenance_desktop.services.status import Connection, RoundResult
from maintenance_desktop.services.sync_round import SyncRound
from maintenance_desktop.storage.profiles import Profile, create_profile, profile_folder
from tests.person import TokensInMemory
from tests.soak.disk import Disk
from tests.soak.hub_room import Reply, Request
from tests.soak.journal import Journal, Sent, Told, WatchedAnswers, WatchedEdits
from tests.soak.network import PagesInTurn, SimulatedTransport, edits_in, told_as
from tests.soak.worker import Worker

PASSWORD: Final = "secret word"
_URL: Final = "http://127.0.0.1:1"


class Computer:
    """Where one person works. `carry` takes a request to the hub and brings what comes back."""

    def __init__(
        self,
        name: str,
        username: str,
        folder: Path,
        *,
        journal: Journal,
        now: Callable[[], datetime],
        carry: Callable[[Request, Random], Reply | Unreachable],
        was_deleted: Callable[[str], bool],
        seed: int,
    ) -> None:
        self.name, self.username = name, username
        self.root = folder
        folder.mkdir(parents=True)
        self.disk = Disk(folder)
        self.journal = journal
        self.tokens = TokensInMemory()
        self.off = timedelta()
        self.account: Account | None = None
        self.program: Program | None = None
        self.pick = Random(seed)
        """The luck of the step that is being done."""
        self.is_signed_in = False
        self.has_lost_cache = False
        self.pauses_between = 0.0
        self.hub_seen = 0
        self._now = now
        self._carry = carry
        self.was_deleted = was_deleted
        self._ids = Random(seed)

    def clock(self) -> datetime:
        return self._now() + self.off

    @property
    def folder(self) -> Path:
        assert self.account is not None
        return profile_folder(self.root, self.account)

    def signs_in(self) -> bool:
        """As in the sign-in window: where there is a profile, only its own person gets in again."""
        backend = self._backend(None)
        try:
            opened = sessions.sign_in(
                backend, self.tokens, _URL, self.username, PASSWORD, expected=self.account
            )
            create_profile(profile_folder(self.root, opened.account), opened.account)
        except (RemoteError, ProfileTrouble) as error:
            self.journal.notes(f"{self.name} could not sign in: {type(error).__name__}")
            return False
        self.account = opened.account
        self.is_signed_in = True
        return True

    def starts(self) -> bool:
        """Start the program. False where the computer went off meanwhile."""
        assert self.program is None
        with self._telling_why_not():
            self.program = Program(self)
        if self.program is None:
            self._checks_what_is_open()
            return False
        self.program.checks_what_is_shown()
        return not self.disk.is_dead

    def signs_out(self) -> None:
        """The program asks the server to forget the token and closes the profile; the queue stays."""
        if self.program is None or self.account is None:
            return
        self.quits()
        backend = self._backend(None)
        backend.use_token(self.tokens.token(self.account))
        sessions.sign_out(backend, self.tokens, self.account)
        self.is_signed_in = False

    def quits(self) -> None:
        """The window is closed as every evening."""
        if self.program is not None:
            self.program.closes()
            self.program = None
            self._checks_what_is_open()

    def goes_off(self, power_cut: Random | None) -> None:
        """Killed, or without power: nothing is written any more, and what was not synced may be gone."""
        self.disk.dies()
        program, self.program = self.program, None
        if program is not None:
            program.is_killed()
        self.disk.lives_again(power_cut)

    def loses_cache(self, pick: Random) -> None:
        """The copy of the server is damaged while the program is off."""
        self.disk.dies_in = None  # this is not the program's doing
        self.has_lost_cache = True
        for path in sorted(self.folder.glob("cache-*.db")):
            content = bytearray(path.read_bytes())
            if pick.random() < 0.5:
                content[:4096] = pick.randbytes(4096)
            else:
                del content[len(content) // 2 :]
            path.write_bytes(content)

    def is_removed(self) -> None:
        if self.program is not None:
            self.goes_off(None)
        self.disk.remove()

    def asks(self, request: Request, worker: Worker | None) -> Reply | Unreachable:
        """Send a request: the sync thread stops until there is an answer, the window's short ones do not."""
        if self.disk.is_dead:
            return Unreachable("This computer is off.")
        for edit in edits_in(request):
            told = Sent(
                self.name, edit["id"], edit["kind"], edit["record_id"], edit["base_version"], edit["record"]
            )
            self.journal.sent.setdefault(told.edit_id, []).append(told)
        is_round = worker is not None and worker.is_here
        reply: Reply | Unreachable = worker.pause(request) if is_round else self._carry(request, self.pick)
        self.journal.confirmed |= told_as("applied", request, reply)
        return reply

    def new_random(self) -> Random:
        return Random(self._ids.getrandbits(64))

    @contextlib.contextmanager
    def _telling_why_not(self) -> Iterator[None]:
        """A program may fail to start where the computer goes off meanwhile, or the disk is full."""
        try:
            yield
        except (StorageTrouble, ProfileTrouble) as error:
            if not self.disk.is_dead and not self.disk.is_full:
                self.journal.finds(f"{self.name} cannot open the profile any more: {error}")

    def _checks_what_is_open(self) -> None:
        """A closed profile has nothing open."""
        if left := self.disk.open_files():
            self.journal.finds(f"{self.name}: still open after the program has closed: {', '.join(left)}")

    def _backend(self, worker: Worker | None) -> HubBackend:
        backend = HubBackend(_URL)
        line = SimulatedTransport(self.name, lambda request: self.asks(request, worker))
        backend._calls = backend._waiting = line
        backend._pages = PagesInTurn(line)
        return backend


class Program:
    """The real program from opening a profile to closing it, as `opening.OpenProfile` puts it together."""

    def __init__(self, computer: Computer) -> None:
        self.computer = computer
        self.journal = computer.journal
        self.profile = profile = Profile(computer.folder, computer.clock())
        self.account = account = profile.account
        self.reader = profile.reader
        clock, is_dead = computer.clock, lambda: computer.disk.is_dead
        self.worker = Worker(self._one_round, self._leaves_thread)
        self.backend = computer._backend(self.worker)
        edits = WatchedEdits(profile.edits, self.journal, computer.name, is_dead)
        self.answers = WatchedAnswers(profile.answers, self.journal, computer.name, is_dead)
        random = computer.new_random()
        self.records = RecordService(account, profile.reader, edits, clock, random)
        self.decisions = DecisionService(account, self.answers, clock, random)
        self.recovery = RecoveryService(
            account, profile.reader, self.records, edits, self.answers, clock, random
        )
        self.is_stopping = False
        self.round = SyncRound(
            self.backend,
            _Pausing(profile.outbox, self._between),
            _Pausing(profile.cache, self._between),
            account,
            clock,
            resume=lambda: sessions.resume(self.backend, computer.tokens, account),
            should_stop=lambda: self.is_stopping,
        )
        self.result = RoundResult(connection=Connection.OFFLINE)
        self.rounds = 0
        self.line_is_held = False
        self.form: Any = None
        """A record that somebody has open, as it was when they opened it."""

    def closes(self) -> None:
        """End the round after the edit in hand; what the server does not answer now is cut."""
        self.is_stopping = True
        while not self.worker.is_idle:
            self.worker.answer = Unreachable("The connection was cut from here.", maybe_applied=True)
            self.worker.resume()
            if self.computer.disk.is_dead:
                break
        self.worker.ends(killed=not self.worker.is_idle)
        self.profile.close()

    def is_killed(self) -> None:
        self.worker.ends(killed=True)
        with contextlib.suppress(Exception):
            self.profile.close_thread()
        _close_for_good(self.profile)
        self.profile._lock.release(force=True)

    def checks_what_is_shown(self) -> None:
        """What the person sees while nothing happens: each record once, true counts, nothing forgotten."""
        try:
            self._checks_lists()
            self._checks_own_changes()
        except (StorageTrouble, sqlite3.Error) as error:
            # on a full disk there is no room for another cache in the place of a damaged one
            has_no_room = self.computer.disk.is_full and self.computer.has_lost_cache
            if not self.computer.disk.is_dead and not has_no_room:
                self.journal.finds(f"{self.computer.name}: what is shown cannot be read: {error}")

    def checks_what_holds_up(self) -> None:
        """A round has just gone through: what still waits depends on a question that is not answered."""
        queue = self.reader.queue()
        unanswered = {item.edit.id for item in queue if item.edit.needs_answer}
        stuck = set(unanswered)
        for item in queue:
            edit = item.edit
            if edit.id in stuck:
                continue
            if not item.waits_for or not any(
                _depends(edit, other.edit) for other in queue if other.edit.id in stuck
            ):
                self.journal.finds(
                    f"{self.computer.name}: {edit.id} waits ({item.waiting}), and for nothing it needs"
                )
            stuck.add(edit.id)

    def _one_round(self) -> None:
        if not self.line_is_held:
            self.round.forget_server()
        self.result = self.round.run()
        self.rounds += 1

    def _leaves_thread(self) -> None:
        with contextlib.suppress(StorageTrouble, sqlite3.Error, Exception):
            self.profile.close_thread()

    def _between(self) -> None:
        if self.worker.is_here and self.computer.pick.random() < self.computer.pauses_between:
            self.worker.pause()

    def _checks_lists(self) -> None:
        name = self.computer.name
        rows = self.reader.work_orders(WorkOrderQuery(), 0, 10_000)
        if len({row.id for row in rows}) != len(rows):
            self.journal.finds(f"{name}: a work order is shown twice")
        if len(rows) != self.reader.count_work_orders(WorkOrderQuery()):
            self.journal.finds(f"{name}: the count of work orders is not that of the list")
        queue, tally = self.reader.queue(), self.reader.tally()
        waiting = sum(item.edit.state is EditState.QUEUED for item in queue)
        needs_you = len(self.reader.notifications())
        if (tally.waiting, tally.needs_you) != (waiting, needs_you):
            self.journal.finds(f"{name}: the status line counts {tally}, but {waiting} wait, {needs_you} ask")

    def _checks_own_changes(self) -> None:
        """Every saved edit is pending or ended, once; what was applied is not shown in an older state."""
        name, work = self.computer.name, self.profile._work.database
        pending = {row[0]: row[1] for row in work.rows("SELECT id, record_id FROM main.edit")}
        ended = {row[0] for row in work.rows("SELECT edit_id FROM main.history")}
        both = set(pending) & ended
        if both:
            self.journal.finds(f"{name}: edits wait although they have ended: {sorted(both)}")
        for save in self.journal.saves.values():
            is_here = save.edit_id in pending or save.edit_id in ended
            if save.seat == name and save.told is Told.DONE and not is_here:
                self.journal.finds(f"{name}: the saved edit {save.edit_id} is gone")
        applied = work.rows(
            "SELECT record_id, max(result_version) FROM main.history WHERE result_version IS NOT NULL"
            " GROUP BY record_id"
        )
        shown = {
            row[0]: row[1]
            for table in ("work_order", "labor", "comment", "asset")
            for row in self.reader._view.rows(f"SELECT id, version FROM cache.{table} WHERE version > 0")
        }
        if not self.profile.cache.is_complete():
            return  # also where looking showed that it is damaged
        for record_id, version in applied:
            if record_id in pending.values() or shown.get(record_id, 0) >= version:
                continue
            # a new download leaves out what is deleted
            if record_id in shown or not self.computer.was_deleted(record_id):
                self.journal.finds(f"{name}: {record_id} is shown without a change that the server confirmed")


def _depends(edit: Edit, earlier: Edit) -> bool:
    """Whether one edit needs another: the same record, one that it names, or a child of what it ends."""
    named = {str(value) for value in edit.mine.values()}
    if earlier.record_id in {edit.record_id, *named}:
        return True
    return edit.type == "work_order" and edit.record_id in {str(value) for value in earlier.mine.values()}


class _Pausing:
    """A store whose calls are places where the sync thread may stand for a while."""

    def __init__(self, inner: Any, between: Callable[[], None]) -> None:
        self._inner, self._between = inner, between

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def paused(*args: Any, **named: Any) -> Any:
            self._between()
            return found(*args, **named)

        return paused


def _close_for_good(profile: Profile) -> None:
    """Close connections that a crash left in the middle of something."""
    for database in (profile._work.database, profile._view._database, *profile.cache._opened):
        if not database.peewee.is_closed():
            with contextlib.suppress(Exception):
                database.peewee.connection().close()
            database.peewee._state.reset()

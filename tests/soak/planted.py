"""Bugs planted on purpose, to see that the judge finds them: each is one that a peer has really had."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final
from unittest.mock import patch

from maintenance_desktop.domain import combining as combining_module
from maintenance_desktop.domain.edits import EditState, Ending
from maintenance_desktop.domain.outcomes import Applied, Change, Rejected
from maintenance_desktop.services.push import Push
from maintenance_desktop.storage import answers as answers_module
from maintenance_desktop.storage import outbox as outbox_module
from maintenance_desktop.storage.cache import CacheFiles
from maintenance_desktop.storage.saving import EditSaver
from maintenance_desktop.storage.work import WorkFile
from tests.soak.computer import Computer
from tests.soak.hub_room import HubRoom, Reply, Request


def skip_fsync() -> Any:
    """Saves are handed to the operating system and left to it."""
    opens = WorkFile.__init__

    def opened(self: WorkFile, path: Any) -> None:
        opens(self, path)
        self.database.peewee.pragma("synchronous", 0, permanent=True)

    return patch.object(WorkFile, "__init__", opened)


def fold_into_a_sent_edit() -> Any:
    """What is typed after an edit left is added to it."""

    def can_fold(self: EditSaver, last: Any, newer: Any) -> bool:
        return last.state is EditState.QUEUED and not self._is_named_later(last)

    return patch.object(EditSaver, "_can_fold", can_fold)


def settle_work_before_cache() -> Any:
    """The edit ends before the copy of the server has what came of it."""
    asks = Push._answers

    class Later:
        def __init__(self) -> None:
            self.changes: list[Change] = []

        def put(self, changes: list[Change]) -> set[str]:
            self.changes += changes
            return set()

    def answers(self: Push, batch: Any, done: Any) -> Iterator[Any]:
        cache, later = self._cache, Later()
        self._cache = later  # type: ignore[assignment]
        try:
            for answered in asks(self, batch, done):
                yield answered
                cache.put(later.changes)
                later.changes = []
        finally:
            self._cache = cache

    return patch.object(Push, "_answers", answers)


def retry_with_a_new_id() -> Any:
    """An edit whose answer was lost is sent again as another one."""
    runs = Push.run

    def run(self: Push, done: Any) -> None:
        work = getattr(self._outbox, "_inner", self._outbox)._work
        for edit in work.edits("first_sent_at <> '' AND state = 'queued'"):
            with work.database.write() as db:
                again = str(uuid.uuid5(uuid.NAMESPACE_OID, edit.id))
                db.execute("UPDATE edit SET id = ? WHERE id = ?", (again, edit.id))
        runs(self, done)

    return patch.object(Push, "run", run)


def advance_the_cursor_early() -> Any:
    """The place to go on from is kept before the rows that came before it."""
    puts = CacheFiles.put

    def put(self: CacheFiles, changes: Any, cursor: Any = None, *, complete: Any = None) -> Any:
        if cursor is not None and changes:
            puts(self, [], cursor, complete=complete)
        return puts(self, changes)

    return patch.object(CacheFiles, "put", put)


def drop_on_sign_out() -> Any:
    """Signing out clears what waits."""
    signs_out = Computer.signs_out

    def signed_out(self: Computer) -> None:
        signs_out(self)
        if self.account is not None and not self.is_signed_in:
            with contextlib.closing(sqlite3.connect(self.folder / "work.db")) as file, file:
                file.execute("DELETE FROM edit")

    return patch.object(Computer, "signs_out", signed_out)


def reuse_a_stale_base_version() -> Any:
    """What was typed after an edit is sent on the version that this edit stood on."""
    puts = outbox_module.put_on_ground

    def put_on_ground(db: Any, successors: Any, version: int | None, ground: Any) -> None:
        puts(db, successors, version and version - 1, ground)

    return patch.object(outbox_module, "put_on_ground", put_on_ground)


def swallow_a_refusal() -> Any:
    """What the server refuses counts as done."""
    takes = Push._take

    def take(self: Push, answers: Any, done: Any) -> None:
        swallowed = [
            (edit, Applied(edit.base_version or 1, edit.mine) if isinstance(outcome, Rejected) else outcome)
            for edit, outcome in answers
        ]
        takes(self, swallowed, done)

    return patch.object(Push, "_take", take)


def apply_a_batch_as_one_transaction() -> Any:
    """The hub takes back the whole batch where one edit of it is refused, after it said what was done."""
    answers = HubRoom.answers
    tables = ("record", "edit_memory", "counter", "watch")

    def answer(self: HubRoom, request: Request) -> Reply | None:
        if request.path != "/v1/edits" or self.store is None:
            return answers(self, request)
        before = self.store.database.read(
            lambda tx: {name: tx.rows(f"SELECT * FROM {name}") for name in tables}
        )
        reply = answers(self, request)
        if reply is None or b'"rejected"' not in reply.body or b'"applied"' not in reply.body:
            return reply

        def take_back(tx: Any) -> None:
            for name, rows in before.items():
                tx.run(f"DELETE FROM {name}")
                if rows:
                    tx.run_for_each(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)

        self.writes(take_back)
        return reply

    return patch.object(HubRoom, "answers", answer)


def combine_without_their_changes() -> Any:
    """*Combine* sends the fields of theirs that I did not touch as they were when I started."""
    combines = combining_module.combined

    def combined(fields: Any, chosen: Any) -> Any:
        return (
            combines([replace(one, theirs=one.base) for one in fields if not one.overlaps], chosen) | chosen
        )

    return patch.object(combining_module, "combined", combined)


def resend_beside_the_refused() -> Any:
    """*Edit and resend* queues the new edit and leaves the refused one where it is."""
    ends = answers_module.end_edit

    def end_edit(db: Any, edit: Any, ending: Ending, *rest: Any, **more: Any) -> None:
        if ending is not Ending.REPLACED or edit.state is not EditState.REFUSED:
            ends(db, edit, ending, *rest, **more)

    return patch.object(answers_module, "end_edit", end_edit)


PLANTS: Final[tuple[Callable[[], Any], ...]] = (
    skip_fsync,
    fold_into_a_sent_edit,
    settle_work_before_cache,
    retry_with_a_new_id,
    advance_the_cursor_early,
    drop_on_sign_out,
    reuse_a_stale_base_version,
    swallow_a_refusal,
    apply_a_batch_as_one_transaction,
    combine_without_their_changes,
    resend_beside_the_refused,
)


@contextlib.contextmanager
def planted(plant: Callable[[], Any]) -> Iterator[None]:
    """The program has this bug here."""
    with plant():
        yield


def name_of(plant: Callable[[], Any]) -> str:
    return plant.__name__.replace("_", " ")

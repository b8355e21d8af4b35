"""Somebody who looks over a program's shoulder and writes down what it is told, and what it says then."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain import wire
from maintenance_desktop.domain.edits import Edit, EditKind
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.storage.answers import Answers
from maintenance_desktop.storage.reader import ProfileReader
from maintenance_desktop.storage.saving import EditSaver
from tests.soak.journal import Act, Choice, Journal, Save, Sent, Told


class Witness:
    """Writes lines that outlive the program. Each is in the file when `writes` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL)
        self._numbers = count(1)
        self.saves: dict[str, Save] = {}
        """What only the journal of the whole plant knows."""

    def writes(self, what: str, **told: Any) -> None:
        os.write(self._file, wire.encode({"what": what, **told}) + b"\n")

    def begins(self, what: str, **told: Any) -> int:
        number = next(self._numbers)
        self.writes(what, n=number, **told)
        return number

    def finds(self, problem: str) -> None:
        """In place of a journal's."""
        self.writes("finds", problem=problem)

    def notes(self, line: str) -> None:
        """In place of a journal's."""

    def looks_on(self) -> None:
        """From now on, for the rest of this process: what is saved, answered and sent."""
        shown: dict[str, Any] = {}
        saved, undone = EditSaver.save, EditSaver.undo
        overwrote, discarded, acknowledged = Answers.overwrite, Answers.discard, Answers.acknowledge
        combined, resent = Answers.combine, Answers.resend
        showed, pushed = ProfileReader.conflict, HubBackend.push

        def save(itself: EditSaver, edit: Edit, seen: Any) -> Edit:
            number = self.begins(
                "save", edit_id=edit.id, kind=edit.kind, type=edit.type, record_id=edit.record_id,
                patch=dict(edit.patch), seen=dict(seen.fields) if seen else None,
                seen_edits=[one.id for one in seen.edits] if seen else [],
            )  # fmt: skip
            return self._tells(number, lambda: saved(itself, edit, seen), _taken_back(edit))

        def undo(itself: EditSaver, edit_id: str, at: str) -> list[Edit]:
            return self._ends(Act.UNDO, edit_id, lambda: undone(itself, edit_id, at))

        def conflict(itself: ProfileReader, edit_id: str, role: str) -> Any:
            view = showed(itself, edit_id, role)
            if view is not None:
                shown[view.id] = view
            return view

        def overwrite(itself: Answers, edit_id: str, version: int, replacement_id: str, at: str) -> Edit:
            last = shown[edit_id].chain[-1]
            number = self.begins(
                "choice", act=Act.OVERWRITE, edit_id=edit_id, new_id=replacement_id, version=version,
                mine=last.outgoing(), deletes=last.kind is EditKind.DELETE,
                ended=[edit.id for edit in shown[edit_id].chain],
            )  # fmt: skip
            return self._tells(number, lambda: overwrote(itself, edit_id, version, replacement_id, at))

        def discard(itself: Answers, edit_id: str, at: str) -> list[Edit]:
            return self._ends(Act.DISCARD, edit_id, lambda: discarded(itself, edit_id, at))

        def combine(
            itself: Answers, chain: Sequence[Edit], record: Any, replacement_id: str, at: str, way: Any
        ) -> Edit:
            edit_id, server = chain[0].id, chain[0].server
            number = self.begins(
                "choice", act=Act.COMBINE, edit_id=edit_id, new_id=replacement_id,
                version=server.version if server else 0,
                mine=dict(record), ended=[edit.id for edit in chain],
                picked=[one.name for one in shown[edit_id].fields if one.overlaps],
            )  # fmt: skip
            return self._tells(number, lambda: combined(itself, chain, record, replacement_id, at, way))

        def resend(itself: Answers, edit_id: str, newer: Edit, first: Sequence[Edit], at: str) -> Edit:
            number = self.begins("choice", act=Act.RESEND, edit_id=edit_id, new_id=newer.id, ended=[edit_id])
            with self._makes([*first, newer]):
                return self._tells(number, lambda: resent(itself, edit_id, newer, first, at))

        def acknowledge(itself: Answers, edit_id: str, at: str, also: Sequence[Edit] = ()) -> list[Edit]:
            with self._makes(also):
                return self._ends(Act.ACKNOWLEDGE, edit_id, lambda: acknowledged(itself, edit_id, at, also))

        def push(itself: HubBackend, edits: Sequence[Edit], sent_at: datetime) -> Any:
            for edit in edits:
                self.writes(
                    "sent", edit_id=edit.id, kind=edit.kind, record_id=edit.record_id,
                    base_version=edit.base_version, record=edit.outgoing(),
                )  # fmt: skip
            return pushed(itself, edits, sent_at)

        EditSaver.save, EditSaver.undo = save, undo
        Answers.overwrite, Answers.discard, Answers.acknowledge = overwrite, discard, acknowledge
        Answers.combine, Answers.resend = combine, resend
        ProfileReader.conflict, HubBackend.push = conflict, push

    @contextlib.contextmanager
    def _makes(self, edits: Sequence[Edit]) -> Iterator[None]:
        """An answer queues these: they are saved, or refused, with it."""
        numbers = [
            self.begins(
                "save", edit_id=edit.id, kind=edit.kind, type=edit.type, record_id=edit.record_id,
                patch=dict(edit.patch), seen=None, seen_edits=[],
            )
            for edit in edits
        ]  # fmt: skip
        how = Told.REFUSED
        try:
            yield
            how = Told.DONE
        finally:
            for number in numbers:
                self.writes("told", n=number, how=how)

    def _ends(self, act: Act, edit_id: str, does: Callable[[], list[Edit]]) -> list[Edit]:
        number = self.begins("choice", act=act, edit_id=edit_id)
        return self._tells(number, does, lambda ended: {"ended": [edit.id for edit in ended]})

    def _tells(
        self, number: int, does: Callable[[], Any], more: Callable[[Any], dict[str, Any]] = lambda _: {}
    ) -> Any:
        try:
            done = does()
        except NotSaved as error:
            self.writes("told", n=number, how=Told.REFUSED, why=str(error))
            raise
        self.writes("told", n=number, how=Told.DONE, **more(done))
        return done


def _taken_back(edit: Edit) -> Callable[[Edit], dict[str, Any]]:
    """Deleting what nobody has seen yet: nothing is left of either."""
    return lambda kept: (
        {"taken_back": kept.id} if edit.kind is EditKind.DELETE and kept.kind is EditKind.CREATE else {}
    )


def lines_of(path: Path) -> Iterator[dict[str, Any]]:
    """What a witness wrote. The last line may have been torn, and then it was not said."""
    if not path.exists():
        return
    *whole, torn = path.read_bytes().split(b"\n")
    del torn
    for line in whole:
        yield wire.decode(line)


def reads(journal: Journal, seat: str, path: Path) -> None:
    """Bring what one program did into the journal."""
    open_: dict[int, Save | Choice] = {}
    for line in lines_of(path):
        match line.pop("what"):
            case "save":
                save = _save(seat, line)
                open_[line["n"]] = journal.saves[save.edit_id] = save
            case "choice":
                number = line.pop("n")
                line["picked"] = frozenset(line.get("picked", ()))
                choice = Choice(seat, Act(line.pop("act")), **line)
                open_[number] = choice
                journal.choices.append(choice)
            case "told":
                _told(journal, seat, open_.pop(line["n"]), line)
            case "sent":
                sent = Sent(seat, **line)
                journal.sent.setdefault(sent.edit_id, []).append(sent)
            case "finds":
                journal.finds(f"{seat}: {line['problem']}")
    journal.notes(f"{seat}: {path.name} ends in {len(open_)} unfinished sentences")


def _save(seat: str, line: dict[str, Any]) -> Save:
    return Save(
        seat, line["edit_id"], EditKind(line["kind"]), line["type"], line["record_id"], line["patch"],
        line["seen"], tuple(line["seen_edits"]),
    )  # fmt: skip


def _told(journal: Journal, seat: str, one: Save | Choice, line: dict[str, Any]) -> None:
    one.told = Told(line["how"])
    if isinstance(one, Choice) and "ended" in line:
        one.ended = line["ended"]
    if isinstance(one, Save) and "taken_back" in line:
        del journal.saves[one.edit_id]
        kept = line["taken_back"]
        journal.choices.append(Choice(seat, Act.TAKE_BACK, kept, ended=[kept], told=Told.DONE))

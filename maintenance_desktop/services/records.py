"""Saving: what a person enters becomes a durable edit, before the screen says so."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Protocol

from maintenance_desktop.domain.checks import Account, problems
from maintenance_desktop.domain.edits import Doubt, Edit, EditKind, Origin, changed_fields
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.records import SPECS, Fields, Value
from maintenance_desktop.domain.trouble import InvalidInput, NotSaved, StorageTrouble
from maintenance_desktop.domain.values import canonical_fields, write_time
from maintenance_desktop.domain.views import Problem, RecordView
from maintenance_desktop.services.ports import Clock, Reader

__all__ = ["InvalidInput", "NotSaved", "RecordService", "StorageTrouble"]


class EditStore(Protocol):
    """Where edits are saved. Raises StorageTrouble when the disk does not take them."""

    def save(self, edit: Edit, seen: RecordView | None) -> Edit:
        """Fold the edit into a waiting one of the same record, or queue it; what is on disk afterwards."""
        ...

    def undo(self, edit_id: str, at: str) -> list[Edit]:
        """Take back an edit that was never sent, with all that depends on it; those that ended."""
        ...


class RecordService:
    """What people do to records. Each call returns when it is on disk, and never waits for the network."""

    def __init__(
        self, account: Account, reader: Reader, edits: EditStore, clock: Clock, random: Random
    ) -> None:
        self.account = account
        self._reader = reader
        self._edits = edits
        self._clock = clock
        self._random = random

    def create(
        self,
        record_type: str,
        fields: Fields,
        *,
        origin: Origin | None = None,
        doubts: tuple[Doubt, ...] = (),
    ) -> str:
        """Save a new record and return its id. Raises InvalidInput, StorageTrouble."""
        edit = replace(self.drafted(record_type, fields), origin=origin, doubts=doubts)
        self._edits.save(edit, None)
        return edit.record_id

    def drafted(self, record_type: str, fields: Fields) -> Edit:
        """The edit that `create` would save. Raises InvalidInput."""
        now = self._clock()
        filled = {**self._defaults(record_type), **fields}
        self._check(EditKind.CREATE, record_type, filled, None)
        content = {**filled, **canonical_fields(record_type, filled)}
        return Edit(
            id=new_id(now, self._random),
            kind=EditKind.CREATE,
            type=record_type,
            record_id=new_id(now, self._random),
            mine=content,
            patch=content,
            made_at=write_time(now),
        )

    def update(
        self,
        seen: RecordView,
        patch: Fields,
        *,
        origin: Origin | None = None,
        doubts: tuple[Doubt, ...] = (),
    ) -> bool:
        """Save what changed since `seen` was shown; False when nothing did.

        Raises InvalidInput, StorageTrouble.
        """
        changed = changed_fields(seen.fields, patch)
        if not changed:
            return False
        self._check(EditKind.UPDATE, seen.type, {**seen.fields, **changed}, seen)
        content = {**changed, **canonical_fields(seen.type, changed)}
        self._save_change(seen, EditKind.UPDATE, content, origin, doubts)
        return True

    def delete(self, seen: RecordView, *, origin: Origin | None = None) -> None:
        """Save that this record is to go. Raises InvalidInput, StorageTrouble."""
        self._check(EditKind.DELETE, seen.type, seen.fields, seen)
        self._save_change(seen, EditKind.DELETE, {}, origin)

    def judge_by(self, role: str) -> None:
        """The person's role is another one by now."""
        self.account = replace(self.account, role=role)

    def undo(self, edit_id: str) -> list[Edit]:
        """Take back a change that was never sent; those that depend on it go with it.

        Returns what was undone; empty when it was sent meanwhile, and nothing is undone then.
        """
        return self._edits.undo(edit_id, write_time(self._clock()))

    def check(self, record_type: str, fields: Fields, seen: RecordView | None = None) -> list[Problem]:
        """What a save of these fields would be refused for, without saving."""
        kind = EditKind.UPDATE if seen else EditKind.CREATE
        filled = fields if seen else {**self._defaults(record_type), **fields}
        return problems(
            kind, record_type, filled, seen, self.account, self._work_order_of(record_type, filled)
        )

    def _save_change(
        self,
        seen: RecordView,
        kind: EditKind,
        patch: dict[str, Value],
        origin: Origin | None,
        doubts: tuple[Doubt, ...] = (),
    ) -> None:
        now = self._clock()
        edit = Edit(
            id=new_id(now, self._random),
            kind=kind,
            type=seen.type,
            record_id=seen.id,
            mine={**seen.fields, **patch},
            patch=patch,
            made_at=write_time(now),
            base=seen.server,
            base_version=seen.version,
            origin=origin,
            doubts=doubts,
        )
        self._edits.save(edit, seen)

    def _check(self, kind: EditKind, record_type: str, fields: Fields, seen: RecordView | None) -> None:
        work_order = self._work_order_of(record_type, fields)
        found = problems(kind, record_type, fields, seen, self.account, work_order)
        if found:
            raise InvalidInput(found)

    def _work_order_of(self, record_type: str, fields: Fields) -> Fields | None:
        if not SPECS[record_type].locked_when_finished or not fields.get("work_order_id"):
            return None
        return self._reader.shown_fields("work_order", str(fields["work_order_id"]))

    def _defaults(self, record_type: str) -> dict[str, Value]:
        now = write_time(self._clock())
        match record_type:
            case "work_order":
                return {"status": "open", "requested_by": self.account.person_id}
            case "labor":
                return {"person_id": self.account.person_id, "started_at": now, "labor_type": "regular"}
            case "comment":
                return {"written_by": self.account.person_id, "written_at": now}
        return {}

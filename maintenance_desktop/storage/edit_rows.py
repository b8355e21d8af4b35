"""Edits and history entries as rows of `work.db`, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from maintenance_desktop.domain.edits import (
    Doubt,
    Edit,
    EditKind,
    EditState,
    Ending,
    Origin,
    Refusal,
    ServerCopy,
    Way,
)
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.views import HistoryEntry, Subject
from maintenance_desktop.domain.wire import decode, encode_text

EDIT_COLUMNS: Final = (
    "seq", "id", "kind", "type", "record_id", "parent_id", "state", "base_version", "base", "patch", "mine",
    "made_at", "first_sent_at", "after_ids", "overwrites", "server", "refusal",
    "origin", "doubts",
)  # fmt: skip
EDIT_SELECT: Final = f"SELECT {', '.join(EDIT_COLUMNS)} FROM main.edit"

HISTORY_COLUMNS: Final = (
    "edit_id", "record_id", "ending", "ended_at", "message", "subject", "edit", "theirs", "result",
    "result_version", "replaced_by",
)  # fmt: skip


def edit_of(row: Sequence[Any]) -> Edit:
    """The edit that stands in a row of `EDIT_COLUMNS`."""
    (
        seq, edit_id, kind, record_type, record_id, _, state, base_version, base, patch, mine,
        made_at, first_sent_at, after_ids, overwrites, server, refusal, origin, doubts,
    ) = row  # fmt: skip
    return Edit(
        seq=seq,
        id=edit_id,
        kind=EditKind(kind),
        type=record_type,
        record_id=record_id,
        state=EditState(state),
        base_version=base_version,
        base=_loaded(base),
        patch=decode(patch),
        mine=decode(mine),
        made_at=made_at,
        first_sent_at=first_sent_at,
        after=frozenset(decode(after_ids)),
        overwrites=_server_copy(overwrites),
        server=_server_copy(server),
        refusal=None if refusal is None else Refusal(**decode(refusal)),
        origin=None if origin is None else _origin(**decode(origin)),
        doubts=() if doubts in (None, "[]") else tuple(Doubt(**one) for one in decode(doubts)),
    )


def cells_of(edit: Edit) -> dict[str, Any]:
    """The row of an edit, as `EDIT_COLUMNS` has it; a `seq` of 0 is left out: the table gives the next."""
    cells = {
        "seq": edit.seq,
        "id": edit.id,
        "kind": edit.kind.value,
        "type": edit.type,
        "record_id": edit.record_id,
        "parent_id": edit.parent_id,
        "state": edit.state.value,
        "base_version": edit.base_version,
        "base": _kept(edit.base),
        "patch": encode_text(edit.patch),
        "mine": encode_text(edit.mine),
        "made_at": edit.made_at,
        "first_sent_at": edit.first_sent_at,
        "after_ids": encode_text(sorted(edit.after)),
        "overwrites": _kept(edit.overwrites),
        "server": _kept(edit.server),
        "refusal": _kept(edit.refusal),
        "origin": _kept(edit.origin),
        "doubts": encode_text(edit.doubts) if edit.doubts else "[]",
    }
    if not edit.seq:
        del cells["seq"]
    return cells


def history_cells(entry: HistoryEntry) -> dict[str, Any]:
    """The row of a history entry, as `HISTORY_COLUMNS` has it."""
    edit = {name: value for name, value in cells_of(entry.edit).items() if value is not None}
    return {
        "edit_id": entry.edit.id,
        "record_id": entry.edit.record_id,
        "ending": entry.ending.value,
        "ended_at": entry.ended_at,
        "message": entry.message,
        "subject": encode_text(entry.subject),
        "edit": encode_text(edit),
        "theirs": _kept(entry.theirs),
        "result": _kept(entry.result),
        "result_version": entry.result_version,
        "replaced_by": entry.replaced_by,
    }


def entry_of(row: Sequence[Any]) -> HistoryEntry:
    """The history entry that stands in a row of `HISTORY_COLUMNS`."""
    cell = dict(zip(HISTORY_COLUMNS, row, strict=True))
    stored = decode(cell["edit"])
    return HistoryEntry(
        edit=edit_of([stored.get(name, 0 if name == "seq" else None) for name in EDIT_COLUMNS]),
        subject=Subject(**decode(cell["subject"])),
        ending=Ending(cell["ending"]),
        ended_at=cell["ended_at"],
        message=cell["message"],
        theirs=_server_copy(cell["theirs"]),
        result=_loaded(cell["result"]),
        result_version=cell["result_version"],
        replaced_by=cell["replaced_by"],
    )


def way_of(origin: str | None) -> Way | None:
    """How an edit came of another one, by its stored origin."""
    return None if origin is None else _origin(**decode(origin)).way


def _origin(way: str, edit_id: str) -> Origin:
    return Origin(Way(way), edit_id)


def _kept(value: Fields | ServerCopy | Refusal | Origin | None) -> str | None:
    if value is None:
        return None
    return encode_text(value)


def _loaded(text: str | None) -> Any:
    return None if text is None else decode(text)


def _server_copy(text: str | None) -> ServerCopy | None:
    return ServerCopy(**decode(text)) if text is not None else None

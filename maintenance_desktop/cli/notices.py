"""What others overwrote of this person, for `notifications`. `--json` relies on these names (docs/CLI.md)."""

from __future__ import annotations

from typing import Any

from maintenance_desktop.cli.screen import local_time, one_line, table
from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.ledger import Choice
from maintenance_desktop.domain.overwritten import Overwritten


def notice_shape(notice: Overwritten, edit: Edit | None) -> dict[str, Any]:
    """What somebody's decision dropped of this person's `edit`. Nothing is asked: it is only told."""
    return {
        "id": notice.id,
        "kind": "notice",
        "type": notice.type,
        "record_id": notice.record_id,
        "number": notice.number,
        "title": notice.title,
        "message": _sentence(notice),
        "edit": edit.kind.value if edit else "",
        "made_at": edit.made_at if edit else "",
        "happened_at": notice.happened_at,
        "changed_by_name": notice.who,
        "choice": notice.choice,
        "deleted": notice.is_gone,
        "fields": [
            {"name": name, "mine": notice.mine.get(name), "theirs": notice.theirs.get(name)}
            for name in notice.fields
        ],
        "history_id": notice.edit_id,
        "answers": ["acknowledge"],
        "ends_too": [],
    }


def notice_text(notice: Overwritten) -> str:
    """What is told of it in a terminal, and the commands that go with it."""
    name = one_line(f"{notice.number} {notice.title}")
    sides = (notice.mine, notice.theirs)
    rows = [(field, *(str(side.get(field) or "") for side in sides)) for field in notice.fields]
    facts = table(("FIELD", "YOURS", "ON THE SERVER"), rows) if rows else ""
    commands = [f"  acknowledge {notice.id}", f"  restore {notice.edit_id} --side mine"]
    return "\n".join(part for part in (f"– {name}", _sentence(notice), facts, *commands) if part)


def _sentence(notice: Overwritten) -> str:
    """Who dropped what of this person, and where it still is."""
    who, what = notice.who or "Somebody", notice.number or notice.title or "a record"
    fields = f": {', '.join(notice.fields)}" if notice.fields else ""
    if notice.is_gone:
        did = f"deleted {what} over your change"
    elif not notice.fields:
        did = f"brought back {what}, which you had deleted"
    elif notice.choice == Choice.OVERWRITE:
        did = f"overwrote your change to {what}"
    else:
        did = f"combined two changes of {what} and left out yours"
    return f"{who} {did} ({local_time(notice.happened_at)}){fields}. Nothing is lost: it is in the history."

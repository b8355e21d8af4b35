"""How what waits will fare, judged by what is known on this computer."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from maintenance_desktop.cli.desk import Desk
from maintenance_desktop.cli.reply import Reply
from maintenance_desktop.cli.screen import table
from maintenance_desktop.domain.forecast import Prospect
from maintenance_desktop.services.preview import Preview

_WORDS: Final = {
    Prospect.THROUGH: "goes through",
    Prospect.NEEDS_YOU: "needs you",
    Prospect.REFUSED: "will be refused",
}


def preview(desk: Desk, options: Namespace) -> Reply:
    """What would become of each change in the queue; nothing is sent."""
    del options
    found = Preview(desk.account, desk.reader).forecast(is_complete=False)
    items = [item for item in desk.reader.queue() if item.edit.id in found.expected]
    edits, lines = [], []
    for item in items:
        edit, subject, expected = item.edit, item.subject, found.expected[item.edit.id]
        edits.append(
            {
                "id": edit.id,
                "kind": edit.kind.value,
                "type": edit.type,
                "record_id": edit.record_id,
                "number": subject.number,
                "title": subject.title,
                "prospect": expected.prospect.value,
                "why": expected.why.value,
                "waits_for": expected.waits_for,
            }
        )
        what = f"{edit.kind.value} {edit.type}"
        why = expected.why.value.replace("_", " ")
        lines.append((edit.id, subject.number, what, _WORDS[expected.prospect], why))
    data = {
        "through": found.through,
        "needs_you": found.needs_you,
        "refused": found.refused,
        "exact": found.is_exact,
        "edits": edits,
    }
    if not lines:
        return Reply(data, "Nothing waits.")
    most = "" if found.is_exact else "Up to "
    count = (
        f"{most}{found.through} will go through, {found.needs_you} need you, {found.refused} will be refused."
    )
    return Reply(data, f"{count}\n\n{table(('ID', 'NUMBER', 'WHAT', 'HOW IT FARES', 'WHY'), lines)}")

"""What an edit is about, in words, as far as the data on this computer tells."""

from __future__ import annotations

from collections.abc import Callable

from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.records import Fields
from maintenance_desktop.domain.views import Subject

Lookup = Callable[[str, str], Fields | None]
"""(type, id) → the record as it is shown, or None."""


def subject_of(edit: Edit, shown: Lookup) -> Subject:
    """Number and title of the work order, or tag and name of the asset, that the edit belongs to."""
    mine = edit.mine
    about_type, about_id = edit.type, edit.record_id
    if mine.get("work_order_id"):
        about_type, about_id = "work_order", str(mine["work_order_id"])
    elif edit.type == "comment" and mine.get("asset_id"):
        about_type, about_id = "asset", str(mine["asset_id"])
    about = mine if about_id == edit.record_id else (shown(about_type, about_id) or {})
    number, title = ("tag", "name") if about_type == "asset" else ("number", "title")
    return Subject(
        type=edit.type,
        record_id=edit.record_id,
        work_order_id=about_id if about_type == "work_order" else None,
        asset_id=about_id if about_type == "asset" else None,
        number=str(about.get(number) or ""),
        title=str(about.get(title) or about.get("name") or ""),
    )

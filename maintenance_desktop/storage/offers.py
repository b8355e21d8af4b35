"""Refusals that were acknowledged and may be offered again."""

from __future__ import annotations

from typing import Final

from maintenance_desktop.domain.views import HistoryEntry
from maintenance_desktop.storage.edit_rows import HISTORY_COLUMNS, entry_of
from maintenance_desktop.storage.view import View

_MOST: Final = 200


class Offers:
    """The part of the `Reader` port about what could be sent again."""

    def __init__(self, view: View) -> None:
        self._view = view

    def refused_before(self) -> list[HistoryEntry]:
        rows = self._view.rows(
            f"SELECT {', '.join(HISTORY_COLUMNS)} FROM main.history AS h"
            " WHERE ending = 'acknowledged' AND replaced_by = ''"
            " AND NOT EXISTS (SELECT 1 FROM main.notice WHERE id = 'again:' || h.edit_id)"
            f" ORDER BY n DESC LIMIT {_MOST}"
        )
        return [entry_of(row) for row in rows]

"""A setting of the site: two changes of one record that have no field in common are combined unasked."""

from __future__ import annotations

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.edits import Way
from maintenance_desktop.domain.trouble import InvalidInput, Outdated
from maintenance_desktop.services.decisions import DecisionService
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.services.status import RoundTally


class CombiningByItself:
    """Combines what a push has just met. Everything that needs a person stays as it is."""

    def __init__(self, account: Account, reader: Reader, decisions: DecisionService) -> None:
        self._account = account
        self._reader = reader
        self._decisions = decisions

    def run(self, done: RoundTally) -> bool:
        """Whether any conflict of this round was combined, and is to be sent. Raises StorageTrouble."""
        combined = [edit_id for edit_id in done.needs_you if self._is_combined(edit_id)]
        done.needs_you = [edit_id for edit_id in done.needs_you if edit_id not in combined]
        return bool(combined)

    def _is_combined(self, edit_id: str) -> bool:
        view = self._reader.conflict(edit_id, self._account.role)
        if view is None or any(field.overlaps for field in view.fields):
            return False
        try:
            self._decisions.combine(view, {}, way=Way.COMBINE_BY_ITSELF)
        except (InvalidInput, Outdated):
            return False  # a deletion, a status that this person may not set, or answered meanwhile
        return True

"""What a round does beside push and pull: the ledger, and combining by itself where the site wants that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from maintenance_desktop.services.combining_by_itself import CombiningByItself
from maintenance_desktop.services.ledger import LedgerLine
from maintenance_desktop.services.status import RoundTally

_TRIES: Final = 3
"""Somebody may change a record once more while it is combined."""


class Aftermath:
    """Called by the round in its pauses. `combines`: what the server said of its site."""

    def __init__(self, combining: CombiningByItself, line: LedgerLine) -> None:
        self._combining = combining
        self._line = line
        self.combines = False
        self._tries = 0

    def before_push(self, should_stop: Callable[[], bool]) -> None:
        """Tell what was chosen since the last round."""
        self._tries = 0
        self._line.tell_choices(should_stop)

    def is_to_push_again(self, done: RoundTally, should_stop: Callable[[], bool]) -> bool:
        """Combine what the push met; whether that is to be sent now."""
        if not self.combines or self._tries >= _TRIES or not self._combining.run(done):
            return False
        self._tries += 1
        self._line.tell_choices(should_stop)
        return True

    def after_pull(self, done: RoundTally, should_stop: Callable[[], bool]) -> None:
        """Hear whether what came overwrote something of this person's."""
        is_all = done.downloaded_anew or done.has_file
        self._line.look(None if is_all else done.changed, should_stop)

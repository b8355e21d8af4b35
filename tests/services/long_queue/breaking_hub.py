"""The real hub with a bug: it breaks on an edit whose record says so, or ends. Run like `maintenance-hub`."""

from __future__ import annotations

import os
import sys

from maintenance_desktop.hub import calls
from maintenance_desktop.hub.cli import main

BREAKS = "The server breaks on this"
"""An edit with this title or text raises in the hub, as a bug of its own would."""
ENDS = "The server ends over this"
"""And over this the whole process ends without an answer, once the edit is done."""

_apply = calls.apply_edit


def _apply_or_break(store, person_id, edit, sent_at):
    if BREAKS in (edit.get("record") or {}).values():
        raise ZeroDivisionError("a bug in the hub")
    answer = _apply(store, person_id, edit, sent_at)
    if ENDS in (edit.get("record") or {}).values():
        os._exit(1)
    return answer


if __name__ == "__main__":
    calls.apply_edit = _apply_or_break
    sys.exit(main())

"""What support needs to know of a stuck program: versions, counts and states, no secrets and no work."""

from __future__ import annotations

import platform
import re
from collections import Counter
from pathlib import Path

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from maintenance_desktop import __version__
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.ui.workspace import Workspace

_SECRETS = (
    (re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]+"), r"\1 ***"),
    (re.compile(r"(?i)(token|password|passwort|secret|authorization)(\W{1,4})[^\s,;}\"']+"), r"\1\2***"),
    (re.compile(r"(?i)(\w+://)[^/\s@]+@"), r"\1***@"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "***@***"),
)

_KEYRING = {True: "yes", False: "no", None: "not known yet"}


def diagnostics(workspace: Workspace, log_tail: str = "", updates: Updates | None = None) -> str:
    """Everything to be pasted into a support request."""
    state, tally, account = workspace.sync.state, workspace.reader.tally(), workspace.account
    queue = Counter(
        f"{item.edit.kind} {item.edit.type}: {item.edit.state}, {item.waiting}"
        + (", sent" if item.edit.is_frozen else "")
        for item in workspace.reader.queue()
    )
    lines = [
        f"Maintenance Desktop {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, {QGuiApplication.platformName()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        f"Server: {account.server_url} ({account.instance})",
        f"Role: {account.role}; keyring: {_KEYRING[workspace.keyring.answer]}",
        f"Connection: {state.connection} since {state.since or '-'}",
        f"Last synced: {state.last_synced or 'never'}",
        f"First download complete: {'yes' if state.is_complete else 'no'}",
        f"Last problem: {state.problem or '-'}",
        f"Waiting: {tally.waiting}; conflicts: {tally.conflicts}; refused: {tally.refusals}",
        *(f"  {number} × {what}" for what, number in sorted(queue.items())),
        *_updates(updates),
        f"Profile: {workspace.profile_path}",
        "Log:",
        log_tail.strip() or "-",
    ]
    return scrubbed("\n".join(lines), (account.name, account.username))


def _updates(updates: Updates | None) -> list[str]:
    if updates is None:
        return []
    rules, state = updates.rules, updates.state
    set_by = "IT" if rules.location_by_it else "person"
    return [
        f"Installed as: {updates.here.kind}",
        f"Updates: {state.phase}, {state.reason or 'no problem'}, checked {state.checked_at or 'never'}",
        f"  from {rules.location or '-'} (set by {set_by}), checked with {rules.root or '-'}",
    ]


def scrubbed(text: str, names: tuple[str, ...] = ()) -> str:
    """The text without secrets, mail addresses, people's names and the way to the home folder."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    home = str(Path.home())
    for form in (home, home.replace("\\", "/"), home.replace("\\", "\\\\")):
        if len(form) > 1:
            text = text.replace(form, "~")
    for name in names:
        if name:
            text = re.sub(rf"\b{re.escape(name)}\b", "***", text)
    return text

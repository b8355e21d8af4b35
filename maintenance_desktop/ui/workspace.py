"""What the windows of one open profile work with; `app.py` builds it."""

from __future__ import annotations

from dataclasses import dataclass

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.services.carrying import CarryingService
from maintenance_desktop.services.decisions import DecisionService
from maintenance_desktop.services.guard import DoubleWorkGuard
from maintenance_desktop.services.ledger import LedgerSource, OverwrittenNotices
from maintenance_desktop.services.ports import Clock, Reader
from maintenance_desktop.services.preview import Preview
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.services.recovery import RecoveryService
from maintenance_desktop.services.sync_thread import SyncThread
from maintenance_desktop.ui.keyring_answer import KeyringAnswer
from maintenance_desktop.ui.reading import Reading


@dataclass(frozen=True)
class Workspace:
    """One signed-in person's view of one server."""

    account: Account
    reader: Reader
    reading: Reading
    records: RecordService
    decisions: DecisionService
    recovery: RecoveryService
    guard: DoubleWorkGuard
    preview: Preview
    carrying: CarryingService
    notices: OverwrittenNotices
    ledger: LedgerSource
    sync: SyncThread
    clock: Clock
    profile_path: str
    keyring: KeyringAnswer

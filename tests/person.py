"""One person at one computer, without a window: the real services, stores and back end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.domain.forecast import Forecast
from maintenance_desktop.domain.views import ConflictView, RecordView
from maintenance_desktop.services.aftermath import Aftermath
from maintenance_desktop.services.carrying import CarryingService
from maintenance_desktop.services.combining_by_itself import CombiningByItself
from maintenance_desktop.services.decisions import DecisionService
from maintenance_desktop.services.guard import DoubleWorkGuard
from maintenance_desktop.services.ledger import LedgerLine, OverwrittenNotices
from maintenance_desktop.services.ports import Backend
from maintenance_desktop.services.preview import Preview
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.services.recovery import RecoveryService
from maintenance_desktop.services.sessions import Opened, sign_in
from maintenance_desktop.services.status import RoundResult
from maintenance_desktop.services.sync_round import SyncRound
from maintenance_desktop.storage.profiles import Profile, create_profile, profile_folder


class TokensInMemory:
    """A keyring that forgets."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}

    def token(self, account):
        return self.tokens.get(account.person_id)

    def keep(self, account, token):
        self.tokens[account.person_id] = token
        return True

    def forget(self, account):
        self.tokens.pop(account.person_id, None)


class LaptopClock:
    """A clock that may be wrong."""

    def __init__(self, off: timedelta = timedelta()) -> None:
        self.off = off

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.off


class Person:
    """What a technician does, in short words; `backend` may be wrapped to break the network."""

    def __init__(
        self, backend: Backend, folder: Path, *, clock: LaptopClock | None = None, seed: int = 1
    ) -> None:
        self.backend = backend
        self.clock = clock or LaptopClock()
        self.profile = Profile(folder, self.clock())
        random = Random(seed)
        self.reader = self.profile.reader
        self.records = RecordService(
            self.profile.account, self.reader, self.profile.edits, self.clock, random
        )
        account, answers = self.profile.account, self.profile.answers
        self.decisions = DecisionService(account, answers, self.clock, random)
        self.recovery = RecoveryService(
            account, self.reader, self.records, self.profile.edits, answers, self.clock, random
        )
        self.guard = DoubleWorkGuard(account, self.reader, self.clock)
        self.preview = Preview(account, self.reader)
        self.notices = OverwrittenNotices(self.profile.ledger, self.clock)
        self.told: list[Forecast | None] = []
        self.carrying = CarryingService(account, self.profile.carrier, self.clock)
        self.round = SyncRound(
            backend,
            self.profile.outbox,
            self.profile.cache,
            self.profile.account,
            self.clock,
            guard=self.guard,
            preview=self.preview,
            aftermath=Aftermath(
                CombiningByItself(account, self.reader, self.decisions),
                LedgerLine(account, backend, self.profile.ledger, self.clock),
            ),
            on_forecast=self.told.append,
        )

    @classmethod
    def signs_in(cls, url: str, username: str, root: Path, password: str = "correct horse", **rest) -> Person:
        backend = HubBackend(url)
        opened: Opened = sign_in(backend, TokensInMemory(), url, username, password)
        folder = profile_folder(root, opened.account)
        create_profile(folder, opened.account)
        return cls(backend, folder, **rest)

    def syncs(self) -> RoundResult:
        return self.round.run()

    def sees(self, record_id: str, record_type: str = "work_order") -> RecordView:
        found = self.reader.record(record_type, record_id)
        assert found is not None
        return found

    def changes(self, record_id: str, record_type: str = "work_order", **patch) -> None:
        assert self.records.update(self.sees(record_id, record_type), patch)

    def logs_hours(self, work_order_id: str, hours) -> str:
        return self.records.create("labor", {"work_order_id": work_order_id, "hours": hours})

    def conflict(self) -> ConflictView:
        (item,) = self.reader.notifications()
        found = self.reader.conflict(item.edit.id, self.profile.account.role)
        assert found is not None
        return found

    def overwrites(self) -> None:
        asked = self.conflict()
        self.decisions.overwrite(asked.id, asked.server.version)

    def discards(self) -> None:
        self.decisions.discard(self.conflict().id)

    def endings(self) -> list[str]:
        """How this person's edits ended, newest first."""
        return [entry.ending.value for entry in self.reader.history()]

    def leaves(self) -> None:
        self.backend.close()
        self.profile.close()

"""Updates that stand where a test puts them, and note what the person wants."""

from __future__ import annotations

from maintenance_desktop.domain.updates import (
    Choice,
    Installation,
    Kind,
    Offer,
    Phase,
    Platform,
    Policy,
    Reason,
    UpdateState,
    rules,
)
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.services.updates import UpdateService
from tests.ui.fakes import NOW, in_days

OFFER = Offer("0.2.0", Platform.WINDOWS, "setup-0.2.0.exe", 84_300_000, "0" * 64)
WINDOWS = Installation(Kind.WINDOWS_USER, frozenset({Platform.WINDOWS}), can_install=True)
CHOSEN = Choice(location="/media/stick/updates", root="/media/stick/root.json")
CHECKED = in_days(-0.001)

STATES = {
    "not-checked": UpdateState(),
    "checking": UpdateState(Phase.CHECKING),
    "up-to-date": UpdateState(Phase.UP_TO_DATE, checked_at=CHECKED),
    "available": UpdateState(Phase.AVAILABLE, OFFER, CHECKED),
    "downloading": UpdateState(Phase.DOWNLOADING, OFFER, CHECKED, done=31_000_000),
    "ready": UpdateState(Phase.READY, OFFER, CHECKED),
    "verifying": UpdateState(Phase.VERIFYING, OFFER, CHECKED),
    "off-by-it": UpdateState(Phase.OFF_BY_IT),
    "off": UpdateState(Phase.OFF),
    "no-place": UpdateState(Phase.NO_PLACE),
    "no-root": UpdateState(Phase.NO_ROOT),
    **{
        f"failed-{reason.value}": UpdateState(Phase.FAILED, None, CHECKED, reason=reason, detail="0.2.0")
        for reason in Reason
    },
}


class ShownUpdates(Updates):
    """The real thing on top of nothing: it stands in the state that it is told."""

    def __init__(
        self, here: Installation = WINDOWS, policy: Policy | None = None, choice: Choice = CHOSEN
    ) -> None:
        self.policy = policy or Policy()
        self.choice = choice
        self.wanted: list[str] = []
        service = UpdateService(self._no_feed, None, here, "0.1.0")
        super().__init__(service, lambda: rules(self.policy, self.choice), lambda: NOW)

    def stands(self, state: UpdateState | str) -> None:
        self._say(STATES[state] if isinstance(state, str) else state)

    def check(self) -> None:
        self.wanted.append("check")

    def download(self) -> None:
        self.wanted.append("download")

    def cancel(self) -> None:
        self.wanted.append("cancel")

    def install(self) -> None:
        self.wanted.append("install")

    def _no_feed(self, *_):
        raise AssertionError("nothing is fetched here")

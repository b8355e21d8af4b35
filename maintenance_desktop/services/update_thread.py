"""When updates are looked for, fetched and verified: each time on a short-lived thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from maintenance_desktop.domain.updates import (
    ON_OFFER,
    Found,
    Offer,
    Phase,
    Reason,
    Rules,
    UpdateCancelled,
    UpdateState,
    UpdateTrouble,
)
from maintenance_desktop.domain.values import write_time
from maintenance_desktop.services.ports import Clock
from maintenance_desktop.services.updates import UpdateService

_log = logging.getLogger(__name__)

_FIRST_LOOK_MS: Final = 60_000
"""The window, the profile and its first round come first."""
_LOOK_AT_THE_CLOCK_MS: Final = 15 * 60_000
_EACH: Final = timedelta(days=1)
_STEPS: Final = 200
"""Into how many pieces a download's progress is told."""


class _Job(QThread):
    """One thing done on a thread; `outcome` is how it ended, once it has finished."""

    def __init__(self, do: Callable[[], Found], rules: Rules, parent: QObject) -> None:
        super().__init__(parent)
        self.setObjectName("updates")
        self._do = do
        self.rules = rules
        self.outcome: Found | UpdateTrouble | UpdateCancelled | None = None

    def run(self) -> None:
        try:
            self.outcome = self._do()
        except (UpdateTrouble, UpdateCancelled) as ended:
            self.outcome = ended


class Updates(QObject):
    """How far it is with updates, and what can be done about it. Nothing here waits on the UI thread.

    Signals:
        state_changed: the UpdateState.
        install_ready: the Offer whose installer was verified because the person wants it installed now.
        updated: the version before, at the first start after an update.
    """

    state_changed = Signal(UpdateState)
    install_ready = Signal(Offer)
    updated = Signal(str)
    _progressed = Signal(int)

    def __init__(
        self,
        service: UpdateService,
        read_rules: Callable[[], Rules],
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._read_rules = read_rules
        self._clock = clock
        self._job: _Job | None = None
        self._looked_at: datetime | None = None
        self._before = UpdateState()
        self._is_asked = False
        self._first = QTimer(self, singleShot=True, interval=_FIRST_LOOK_MS)
        self._first.timeout.connect(self.look_if_due)
        self._again = QTimer(self, interval=_LOOK_AT_THE_CLOCK_MS)
        self._again.timeout.connect(self.look_if_due)
        self._progressed.connect(self._on_progressed)
        self.here = service.here
        self.running = service.running
        self.rules = read_rules()
        self.state = _resting(self.rules)

    def start(self) -> None:
        """The window is up: say what became of the last update, and begin to look once a day."""
        if self._again.isActive():
            return
        self._again.start()
        self._first.start()
        attempt = self._service.take_attempt()
        if attempt is not None and attempt.before != self.running:
            self.updated.emit(attempt.before)
        elif attempt is not None and self.state.phase is Phase.NOT_CHECKED:
            self._say(UpdateState(Phase.FAILED, reason=Reason.NOT_INSTALLED, detail=attempt.version))

    def stop(self, timeout_ms: int) -> bool:
        """Begin nothing more and end what runs. False when it did not end in time."""
        self._first.stop()
        self._again.stop()
        self._service.cancel()
        return self._job is None or self._job.wait(timeout_ms)

    @Slot()
    def look_if_due(self) -> None:
        """Look for updates when it is a day since the last time; a laptop may have slept meanwhile."""
        now = self._clock()
        if self._looked_at is None or not timedelta(0) <= now - self._looked_at < _EACH:
            self._look(is_asked=False)

    @Slot()
    def check(self) -> None:
        """Look for updates now, because the person wants to know."""
        self._look(is_asked=True)

    @Slot()
    def download(self) -> None:
        """Fetch the installer on offer."""
        offer = self.state.offer
        if offer is not None and self.here.can_install and self._may_begin():
            fetch = partial(self._service.download, self.rules, offer, self._in_steps(offer))
            self._begin(Phase.DOWNLOADING, fetch)

    @Slot()
    def cancel(self) -> None:
        """Stop fetching; what came so far is thrown away."""
        self._service.cancel()

    @Slot()
    def install(self) -> None:
        """Verify the installer once more; `install_ready` tells that it may be started."""
        offer = self.state.offer
        if self.state.phase is Phase.READY and offer is not None and self._may_begin():
            self._begin(Phase.VERIFYING, partial(self._verify, offer))

    @Slot()
    def read_rules_again(self) -> None:
        """The person chose another place, or switched updates on or off."""
        before, self.rules = self.rules, self._read_rules()
        if self.rules != before:
            self._looked_at = None
            if self._job is None:
                self._say(_resting(self.rules))
            else:
                self._service.cancel()

    def _look(self, *, is_asked: bool) -> None:
        if self._may_begin():
            self._looked_at = self._clock()
            self._is_asked = is_asked
            self._begin(Phase.CHECKING, partial(self._service.check, self.rules))

    def _may_begin(self) -> bool:
        """Whether something may begin now. The rules are read anew, because IT may have changed them."""
        if self._job is not None:
            return False
        self.rules = self._read_rules()
        if self.rules.phase is Phase.NOT_CHECKED:
            return True
        self._say(_resting(self.rules))
        return False

    def _begin(self, phase: Phase, do: Callable[[], Found]) -> None:
        self._service.allow()
        self._before = self.state
        self._job = _Job(do, self.rules, self)
        self._job.finished.connect(self._on_finished)
        self._say(replace(self.state, phase=phase, done=0, reason=None, detail=""))
        self._job.start()

    def _verify(self, offer: Offer) -> Found:
        self._service.verify(offer)
        return Found(offer, is_here=True)

    def _in_steps(self, offer: Offer) -> Callable[[int], None]:
        """Tells the window of a download's progress, and not of each piece. Called on the job's thread."""
        step, told = offer.length // _STEPS + 1, 0

        def tell(length: int) -> None:
            nonlocal told
            if length - told >= step:
                told = length
                self._progressed.emit(length)

        return tell

    def _say(self, state: UpdateState) -> None:
        self.state = state
        self.state_changed.emit(state)

    @Slot(int)
    def _on_progressed(self, length: int) -> None:
        if self.state.phase is Phase.DOWNLOADING:
            self._say(replace(self.state, done=length))

    @Slot()
    def _on_finished(self) -> None:
        job, self._job = self._job, None
        if job is None:
            return
        job.deleteLater()
        did = self.state.phase
        self.rules = self._read_rules()
        if self.rules != job.rules:
            self._say(_resting(self.rules))
            return
        match job.outcome:
            case Found() as found:
                self._on_found(found, did)
            case UpdateTrouble() as trouble:
                _log.warning("updates: %s", trouble)
                self._on_trouble(trouble, did)
            case UpdateCancelled():
                self._say(self._before)
            case None:  # it ended by a mistake of ours, which the crash window shows
                self._say(UpdateState(Phase.FAILED, checked_at=self._before.checked_at, reason=Reason.BUG))

    def _on_found(self, found: Found, did: Phase) -> None:
        at = self._before.checked_at if did is Phase.VERIFYING else write_time(self._clock())
        is_ready = found.is_here and self.here.can_install
        if found.offer is None:
            self._say(UpdateState(Phase.UP_TO_DATE, checked_at=at))
            return
        self._say(UpdateState(Phase.READY if is_ready else Phase.AVAILABLE, found.offer, at))
        if did is Phase.VERIFYING:
            self.install_ready.emit(found.offer)

    def _on_trouble(self, trouble: UpdateTrouble, did: Phase) -> None:
        if did is Phase.CHECKING and self._before.phase in ON_OFFER and not self._is_asked:
            self._say(self._before)  # what was signed is still signed; tomorrow is another day
            return
        offer = None if did is Phase.CHECKING else self.state.offer
        self._say(
            UpdateState(
                Phase.FAILED, offer, self._before.checked_at, reason=trouble.reason, detail=trouble.detail
            )
        )


def _resting(rules: Rules) -> UpdateState:
    """The state before anybody looked."""
    is_unreadable = rules.phase is Phase.FAILED
    return UpdateState(rules.phase, reason=Reason.POLICY_UNREADABLE if is_unreadable else None)

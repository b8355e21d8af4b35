"""When updates are looked for, and what the window hears of it: with real feeds and real threads."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_desktop.domain.updates import (
    Attempt,
    Choice,
    Found,
    Installation,
    Kind,
    Phase,
    Platform,
    Policy,
    Reason,
    rules,
)
from maintenance_desktop.services.update_thread import Updates
from maintenance_desktop.services.updates import UpdateService
from tests.updates.plant import INSTALLER, WINDOWS, Computer
from tests.updates.web import cut_after, stalls_after

NOON = datetime(2026, 6, 17, 12, tzinfo=UTC)


class Seat:
    """What a person has in front of them, as far as updates go."""

    def __init__(self, qtbot, it, computer: Computer) -> None:
        self._qtbot = qtbot
        self.it = it
        self.computer = computer
        self.policy = Policy()
        self.choice = Choice(location=str(it.feed_folder), root=str(it.root))
        self.now = NOON
        self.updates = Updates(computer.service, lambda: rules(self.policy, self.choice), lambda: self.now)
        self.seen: list[Phase] = []
        self.updates.state_changed.connect(lambda state: self.seen.append(state.phase))

    @property
    def state(self):
        return self.updates.state

    def waits_for(self, phase: Phase) -> None:
        self._qtbot.waitUntil(lambda: self.state.phase is phase)

    def checks(self, phase: Phase) -> None:
        self.updates.check()
        self.waits_for(phase)

    def has_downloaded(self) -> None:
        self.it.publishes("0.2.0")
        self.checks(Phase.AVAILABLE)
        self.updates.download()
        self.waits_for(Phase.READY)


@pytest.fixture
def seat(qtbot, it, computer):
    seat = Seat(qtbot, it, computer)
    yield seat
    assert seat.updates.stop(10_000)


def test_nothing_is_looked_for_before_anybody_asks(seat):
    assert seat.state.phase is Phase.NOT_CHECKED
    assert not seat.computer.files.folder.exists()


def test_a_check_is_seen_and_tells_when_it_was(seat):
    seat.checks(Phase.UP_TO_DATE)
    assert seat.seen == [Phase.CHECKING, Phase.UP_TO_DATE]
    assert seat.state.checked_at == "2026-06-17T12:00:00.000Z"


def test_a_check_runs_on_a_thread_of_its_own(seat, monkeypatch):
    threads = []
    check = UpdateService.check

    def noted(service, held):
        threads.append(threading.get_ident())
        return check(service, held)

    monkeypatch.setattr(UpdateService, "check", noted)
    seat.checks(Phase.UP_TO_DATE)
    assert threads != [threading.get_ident()]
    assert len(threads) == 1


def test_an_update_goes_from_found_to_ready_and_verified(seat, qtbot):
    seat.has_downloaded()
    assert seat.seen[:3] == [Phase.CHECKING, Phase.AVAILABLE, Phase.DOWNLOADING]
    assert seat.state.offer.version == "0.2.0"
    with qtbot.waitSignal(seat.updates.install_ready) as ready:
        seat.updates.install()
    assert ready.args == [seat.state.offer]
    assert seat.state.phase is Phase.READY


def test_a_large_download_tells_how_far_it_is(seat):
    seat.it.publishes("0.2.0", INSTALLER * 20)
    seat.checks(Phase.AVAILABLE)
    done = []
    seat.updates.state_changed.connect(lambda state: done.append(state.done))
    seat.updates.download()
    seat.waits_for(Phase.READY)
    assert done == [*sorted(done[:-1]), 0]
    assert 10 < len(done) <= 204


def test_what_was_downloaded_is_ready_at_the_next_check(seat, qtbot):
    seat.has_downloaded()
    again = Seat(qtbot, seat.it, Computer(seat.computer.files.folder.parent))
    again.checks(Phase.READY)


def test_a_file_that_changed_after_the_download_is_not_installed(seat, qtbot):
    seat.has_downloaded()
    seat.computer.files.verified(seat.state.offer).write_bytes(INSTALLER[::-1])
    with qtbot.assertNotEmitted(seat.updates.install_ready, wait=0):
        seat.updates.install()
        seat.waits_for(Phase.FAILED)
    assert seat.state.reason is Reason.CHANGED_HERE
    seat.updates.download()
    seat.waits_for(Phase.READY)


def test_nothing_is_installed_that_was_not_downloaded(seat, qtbot):
    seat.it.publishes("0.2.0")
    seat.checks(Phase.AVAILABLE)
    seat.updates.install()
    assert seat.state.phase is Phase.AVAILABLE


def test_a_download_can_be_cancelled_and_begun_again(seat, web):
    seat.choice = replace(seat.choice, location=web.url)
    seat.it.publishes("0.2.0", INSTALLER * 20)
    seat.checks(Phase.AVAILABLE)
    offer, may_end = seat.state.offer, threading.Event()
    web.faults[".exe"] = stalls_after(0.5, may_end)
    seat.updates.download()
    seat._qtbot.waitUntil(lambda: seat.state.done > 0)
    seat.updates.cancel()
    seat.waits_for(Phase.AVAILABLE)
    may_end.set()
    assert not seat.computer.files.is_whole(offer)
    web.faults.clear()
    seat.updates.download()
    seat.waits_for(Phase.READY)


def test_a_broken_download_says_so_and_can_be_tried_again(seat, web):
    seat.choice = replace(seat.choice, location=web.url)
    seat.it.publishes("0.2.0")
    seat.checks(Phase.AVAILABLE)
    web.faults[".exe"] = cut_after(0.5)
    seat.updates.download()
    seat.waits_for(Phase.FAILED)
    assert (seat.state.reason, seat.state.offer.version) == (Reason.UNREACHABLE, "0.2.0")
    web.faults.clear()
    seat.updates.download()
    seat.waits_for(Phase.READY)


def test_it_switches_off_while_the_program_runs(seat):
    seat.it.publishes("0.2.0")
    seat.checks(Phase.AVAILABLE)
    seat.policy = Policy(on=False)
    seat.updates.download()
    assert seat.state.phase is Phase.OFF_BY_IT
    seat.updates.check()
    assert seat.state.phase is Phase.OFF_BY_IT


def test_the_place_of_it_is_looked_at_and_not_the_one_of_the_person(seat, tmp_path):
    seat.it.publishes("0.2.0")
    seat.choice = Choice(location=str(tmp_path / "elsewhere"), root=str(tmp_path / "other.json"))
    seat.policy = Policy(location=str(seat.it.feed_folder), root=str(seat.it.root))
    seat.checks(Phase.AVAILABLE)


def test_without_a_place_nothing_is_looked_for(seat):
    seat.choice = Choice()
    seat.updates.check()
    assert seat.state.phase is Phase.NO_PLACE
    seat.choice = Choice(location="/srv/updates")
    seat.updates.read_rules_again()
    assert seat.state.phase is Phase.NO_ROOT
    assert not seat.computer.files.folder.exists()


def test_a_policy_that_cannot_be_read_is_said(seat):
    seat.policy = Policy(is_readable=False)
    seat.updates.check()
    assert (seat.state.phase, seat.state.reason) == (Phase.FAILED, Reason.POLICY_UNREADABLE)


def test_another_place_that_is_chosen_during_a_check_is_not_answered_by_the_old_one(seat):
    seat.it.publishes("0.2.0")
    seat.updates.check()
    seat.choice = Choice(on=False)
    seat.updates.read_rules_again()
    seat.waits_for(Phase.OFF)
    assert Phase.AVAILABLE not in seat.seen


def test_it_looks_once_a_day(seat):
    seat.updates.look_if_due()
    seat.waits_for(Phase.UP_TO_DATE)
    seat.it.publishes("0.2.0")
    seat.now += timedelta(hours=23)
    seat.updates.look_if_due()
    assert seat.state.phase is Phase.UP_TO_DATE
    seat.now += timedelta(hours=1)
    seat.updates.look_if_due()
    seat.waits_for(Phase.AVAILABLE)


def test_a_clock_that_was_set_back_does_not_stop_it(seat):
    seat.checks(Phase.UP_TO_DATE)
    seat.it.publishes("0.2.0")
    seat.now -= timedelta(days=300)
    seat.updates.look_if_due()
    seat.waits_for(Phase.AVAILABLE)


def test_the_first_look_waits_until_the_window_has_been_up_for_a_while(seat):
    seat.updates.start()
    assert seat.state.phase is Phase.NOT_CHECKED
    assert seat.updates._first.interval() >= 30_000
    assert seat.updates._first.isActive()
    seat.updates._first.timeout.emit()
    seat.waits_for(Phase.UP_TO_DATE)


def test_a_daily_look_that_fails_takes_nothing_away_and_one_by_hand_tells_why(seat):
    seat.has_downloaded()
    seat.it.metadata("timestamp.json").unlink()
    seat.now += timedelta(days=1)
    seat.updates.look_if_due()
    seat.waits_for(Phase.CHECKING)
    seat.waits_for(Phase.READY)
    seat.checks(Phase.FAILED)
    assert seat.state.reason is Reason.NO_FEED


def test_a_mistake_of_ours_leaves_no_state_that_never_ends(seat, qtbot, monkeypatch):
    def breaks(service, held):
        raise ZeroDivisionError

    monkeypatch.setattr(UpdateService, "check", breaks)
    with qtbot.captureExceptions() as caught:
        seat.checks(Phase.FAILED)
    assert seat.state.reason is Reason.BUG
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]


def test_the_end_of_the_program_cuts_a_download(seat, web):
    seat.choice = replace(seat.choice, location=web.url)
    seat.it.publishes("0.2.0")
    seat.checks(Phase.AVAILABLE)
    may_end = threading.Event()
    web.faults[".exe"] = stalls_after(0.5, may_end)
    seat.updates.download()
    seat._qtbot.waitUntil(lambda: seat.state.done > 0)
    assert seat.updates.stop(5_000)
    may_end.set()


def test_the_start_after_an_update_says_which_version_there_was(seat, qtbot):
    with seat.computer.files.held():
        seat.computer.files.remember(Attempt("0.1.0", "0.0.9"))
    with qtbot.waitSignal(seat.updates.updated) as updated:
        seat.updates.start()
    assert updated.args == ["0.0.9"]
    assert seat.state.phase is Phase.NOT_CHECKED


def test_the_start_after_an_update_that_did_not_happen_says_so_once(seat, qtbot):
    with seat.computer.files.held():
        seat.computer.files.remember(Attempt("0.2.0", "0.1.0"))
    seat.updates.start()
    assert (seat.state.phase, seat.state.reason) == (Phase.FAILED, Reason.NOT_INSTALLED)
    assert seat.state.detail == "0.2.0"
    assert seat.computer.files.take_attempt() is None


@pytest.mark.parametrize("kind", [Kind.DEB, Kind.WINDOWS_MACHINE, Kind.SOURCE])
def test_where_it_installs_nothing_is_fetched(qtbot, it, tmp_path, kind):
    here = Installation(kind, frozenset({Platform.WINDOWS}))
    seat = Seat(qtbot, it, Computer(tmp_path / "here", here=here))
    it.publishes("0.2.0")
    seat.checks(Phase.AVAILABLE)
    seat.updates.download()
    assert seat.state.phase is Phase.AVAILABLE
    assert not (seat.computer.files.folder / "installers").exists()


def test_what_crosses_the_threads_is_frozen(seat):
    seat.has_downloaded()
    for crossed in (seat.state, seat.state.offer, seat.updates.rules, Found(None), WINDOWS):
        with pytest.raises((AttributeError, TypeError)):
            crossed.version = "9.9.9"

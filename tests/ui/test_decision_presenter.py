from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from maintenance_desktop.domain.edits import Ending
from maintenance_desktop.domain.trouble import Outdated, StorageTrouble
from maintenance_desktop.services.status import RoundResult
from maintenance_desktop.ui.conflict_dialog import ConflictDialog
from maintenance_desktop.ui.decision_presenter import DecisionPresenter
from maintenance_desktop.ui.error_dialog import ErrorDialog
from tests.ui.asking import conflicted_edit, hours_edit
from tests.ui.fakes import Plant, believable_plant, workspace


class Desk:
    """A window with a presenter over a plant with one conflict and one refusal."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.plant: Plant = believable_plant()
        self.plant.edits = [conflicted_edit(), hours_edit(finished_by_name="Dana Ortiz", status="completed")]
        self.workspace = workspace(self.plant)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.is_busy = False
        self.presenter = DecisionPresenter(
            self.workspace, self.window, lambda: self.is_busy, parent=self.window
        )
        self.answered: list[str] = []
        self.presenter.answered.connect(self.answered.append)
        self.workspace.sync.round_finished.connect(self.presenter.on_round_finished)

    @property
    def dialog(self):
        return self.presenter.dialog

    def shows(self, kind: type) -> None:
        self.qtbot.waitUntil(lambda: isinstance(self.dialog, kind) and self.dialog.isVisible())

    def click(self, name: str) -> None:
        self.qtbot.mouseClick(getattr(self.dialog, name), Qt.MouseButton.LeftButton)

    def settle(self) -> None:
        """Give the presenter more than enough time to ask something it should not."""
        with self.qtbot.waitSignal(self.presenter._look_again.timeout, timeout=1500, raising=False):
            self.presenter.present()

    def newer_copy(self, version=5) -> None:
        first = self.plant.edits[0]
        theirs = {**first.server.record, "description": "Pump replaced"}
        newer = replace(first.server, version=version, record=theirs)
        self.plant.edits[0] = replace(first, server=newer)


@pytest.fixture
def desk(qtbot):
    desk = Desk(qtbot)
    desk.window.show()
    qtbot.waitExposed(desk.window)
    yield desk
    desk.presenter.stop()
    desk.window.close()


def test_one_question_at_a_time_oldest_first(desk):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.presenter.present()
    assert len(desk.window.findChildren(QDialog)) == 1
    desk.click("discard_button")
    desk.shows(ErrorDialog)
    desk.click("okay_button")
    desk.qtbot.waitUntil(lambda: desk.answered == ["e1", "e2"])
    assert [entry.ending for entry in desk.plant.ended] == [Ending.DISCARDED, Ending.ACKNOWLEDGED]
    assert desk.plant.notifications() == []
    assert desk.workspace.sync.requests == 2


def test_overwrite_queues_against_the_version_on_screen(desk):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.click("overwrite_button")
    (sent,) = [edit for edit in desk.plant.edits if edit.type == "work_order"]
    assert sent.base_version == 4
    assert sent.id != "e1"
    assert not sent.needs_answer
    assert desk.answered == ["e1"]


def test_a_round_that_parks_something_asks(desk):
    desk.workspace.sync.finish(RoundResult(needs_you=("e1",)))
    desk.shows(ConflictDialog)


def test_later_holds_through_rounds_and_ends_with_ask_all(desk):
    desk.plant.edits.pop()
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.click("later_button")
    assert desk.dialog is None
    assert desk.answered == []
    assert desk.workspace.sync.requests == 0
    desk.workspace.sync.finish()
    desk.settle()
    assert desk.dialog is None
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)


def test_later_ends_when_the_servers_version_changes(desk):
    desk.plant.edits.pop()
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.qtbot.keyClick(desk.dialog, Qt.Key.Key_Escape)
    desk.newer_copy()
    desk.workspace.sync.finish()
    desk.shows(ConflictDialog)


def test_a_postponed_refusal_stays_quiet_too(desk):
    del desk.plant.edits[0]
    desk.presenter.ask_all()
    desk.shows(ErrorDialog)
    desk.click("later_button")
    desk.workspace.sync.finish()
    desk.settle()
    assert desk.dialog is None
    assert len(desk.plant.notifications()) == 1


def test_nobody_is_asked_while_typing(desk):
    desk.is_busy = True
    desk.presenter.ask_all()
    desk.workspace.sync.finish()
    assert desk.dialog is None
    desk.is_busy = False
    desk.shows(ConflictDialog)


def test_nobody_is_asked_over_another_dialog(desk):
    other = QDialog(desk.window)
    other.setModal(True)
    other.open()
    desk.presenter.ask_all()
    assert desk.dialog is None
    other.close()
    desk.shows(ConflictDialog)


def test_nobody_is_asked_while_the_window_is_hidden(desk):
    desk.window.hide()
    desk.presenter.ask_all()
    assert desk.dialog is None
    desk.window.show()
    desk.shows(ConflictDialog)


def test_a_newer_copy_refreshes_the_question_instead_of_answering(desk):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.newer_copy()
    desk.workspace.sync.finish()
    assert "Pump replaced" in desk.dialog.discard_leaves.text()
    assert "while you were looking" in desk.dialog.notice.text()
    desk.click("overwrite_button")
    (sent,) = [edit for edit in desk.plant.edits if edit.type == "work_order"]
    assert sent.base_version == 5


def test_an_outdated_answer_shows_the_newest_and_asks_again(desk, monkeypatch):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.newer_copy()

    def too_late(*_):
        raise Outdated

    monkeypatch.setattr(desk.plant, "overwrite", too_late)
    desk.click("overwrite_button")
    assert desk.dialog.isVisible()
    assert "Pump replaced" in desk.dialog.discard_leaves.text()
    assert desk.dialog.notice.isVisible()
    assert desk.answered == []


def test_a_full_disk_keeps_the_question_on_screen(desk, monkeypatch):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)

    def full(*_):
        raise StorageTrouble("The disk is full.")

    monkeypatch.setattr(desk.plant, "discard", full)
    desk.click("discard_button")
    assert desk.dialog.isVisible()
    assert "The disk is full." in desk.dialog.notice.text()
    assert desk.plant.edits[0].id == "e1"
    assert desk.answered == []


def test_a_question_answered_elsewhere_goes_away(desk):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.plant.discard("e1", "")
    desk.workspace.sync.finish()
    desk.shows(ErrorDialog)


def test_asking_for_one_by_hand_ends_its_later(desk):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.click("later_button")
    desk.shows(ErrorDialog)
    desk.click("later_button")
    desk.presenter.ask("e1")
    desk.shows(ConflictDialog)


def test_after_stop_nothing_is_asked(desk):
    desk.presenter.ask_all()
    desk.shows(ConflictDialog)
    desk.presenter.stop()
    desk.presenter.ask_all()
    desk.presenter.ask("e1")
    assert desk.dialog is None
    assert len(desk.plant.notifications()) == 2

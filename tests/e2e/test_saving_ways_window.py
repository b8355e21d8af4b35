"""Refused hours are saved through the real window, against the real hub."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QWidget

from tests.e2e.gestures import dialog, press


@pytest.fixture
def refused(ada, dana, work_order):
    """Ada logged hours offline, Dana completed the work order meanwhile."""
    ada.opens(work_order)
    ada.goes_offline()
    ada.opened.workspace.records.create("labor", {"work_order_id": work_order, "hours": Decimal("2.5")})
    dana.changes(work_order, status="completed")
    dana.syncs()
    ada.goes_online()
    ada.waits_for(lambda: dialog("errorDialog") is not None)
    return dialog("errorDialog")


def hours_on(person, work_order_id) -> list:
    person.syncs()
    return [one.fields["hours"] for one in person.reader.children("labor", work_order_id)]


def comments_on(person, work_order_id) -> list[str]:
    person.syncs()
    return [one.fields["text"] for one in person.reader.children("comment", work_order_id)]


def test_the_hours_go_onto_a_follow_up_work_order(qtbot, ada, dana, work_order, refused):
    press(qtbot, refused, "followUpButton")
    ada.waits_for(lambda: dialog("followUpDialog") is not None)
    press(qtbot, dialog("followUpDialog"), "createFollowUpButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    dana.syncs()
    made = dana.reader.find_work_order("WO-1002")
    assert dana.sees(made).fields["title"] == "Follow-up: Replace DE bearing"
    assert "WO-1001" in dana.sees(made).fields["description"]
    assert hours_on(dana, made) == [Decimal("2.5")]
    assert hours_on(dana, work_order) == []
    (comment,) = comments_on(dana, work_order)
    assert "Follow-up: Replace DE bearing" in comment


def test_asked_for_reopened_offered_again_and_sent_once(qtbot, ada, dana, work_order, refused):
    press(qtbot, refused, "askToReopenButton")
    ada.waits_for(lambda: dialog("askToReopenDialog") is not None)
    press(qtbot, dialog("askToReopenDialog"), "saveRequestButton")
    ada.waits_for(lambda: ada.tally().waiting == ada.tally().needs_you == 0)
    (comment,) = comments_on(dana, work_order)
    assert "2.5 h" in comment
    dana.changes(work_order, status="in_progress")
    dana.syncs()
    ada.waits_for(lambda: ada.fields(work_order)["status"] == "in_progress")
    ada.window.commands.show_needs_you()
    offer = ada.window.more.needs_you.findChild(QWidget, "offeredAgain")
    ada.waits_for(lambda: offer.isVisible())
    press(qtbot, offer, "sendAgainButton")
    ada.waits_for(lambda: ada.tally().waiting == 0)
    ada.waits_for(offer.isHidden)
    assert hours_on(dana, work_order) == [Decimal("2.5")]

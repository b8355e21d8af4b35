from __future__ import annotations

from dataclasses import replace

import pytest

from maintenance_desktop.domain.forecast import Expectation, Forecast, Prospect, Why
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.queue_section import QueueSection
from maintenance_desktop.ui.status_line import StatusLine
from maintenance_desktop.ui.status_texts import forecast_text
from tests.ui.fakes import PUMP

GOES, ASKS, FAILS = Prospect.THROUGH, Prospect.NEEDS_YOU, Prospect.REFUSED


def told(through=0, needs_you=0, refused=0, *, is_exact=True):
    counts = ((GOES, through), (ASKS, needs_you), (FAILS, refused))
    expected = [Expectation(prospect) for prospect, count in counts for _ in range(count)]
    return Forecast({str(n): one for n, one in enumerate(expected)}, is_exact)


@pytest.mark.parametrize(
    ("forecast", "text"),
    [
        (told(12, 2, 1), "12 will go through, 2 need you, 1 will be refused"),
        (told(7), "7 will go through"),
        (told(0, 1, 6), "1 needs you, 6 will be refused"),
        (told(12, 2, is_exact=False), "Up to 12 will go through, at least 2 need you"),
    ],
)
def test_how_it_will_go_in_one_line(forecast, text):
    assert forecast_text(forecast) == text


def test_the_status_line_says_it_and_leads_to_the_queue(workspace, show, qtbot):
    line = show(StatusLine(workspace))
    assert not line.forecast_button.isVisible()
    sync = workspace.sync
    sync.state = replace(sync.state, connection=Connection.SYNCING, forecast=told(12, 2, 1))
    line.refresh()
    text = "12 will go through, 2 need you, 1 will be refused: see"
    assert (line.forecast_button.text(), line.forecast_button.accessibleName()) == (text, text)
    with qtbot.waitSignal(line.forecast_opened):
        line.forecast_button.click()
    sync.state = replace(sync.state, connection=Connection.ONLINE, forecast=None)
    line.refresh()
    assert line.forecast_button.isVisible()  # a good line sends faster than anybody reads
    text = "Expected before sending: 12 will go through, 2 need you, 1 will be refused"
    assert (line.forecast_button.text(), line.forecast_button.accessibleName()) == (text, text)
    line._forecast_over.stop()
    line._on_forecast_over()
    assert not line.forecast_button.isVisible()


def test_the_queue_says_of_each_change_what_will_happen(workspace, plant, settings, show, qtbot):
    workspace.sync.state = replace(workspace.sync.state, is_complete=True)
    orders = [plant.work_order(number, f"Job {number}", asset_id=PUMP) for number in (901, 902, 903)]
    for order in orders[:2]:
        workspace.records.update(workspace.reader.record("work_order", order), {"priority": "high"})
    workspace.records.create("labor", {"work_order_id": orders[2], "hours": 1})
    plant.server_changes("work_order", orders[1], title="Another")
    plant.server_changes("work_order", orders[2], status="completed")
    section = show(QueueSection(workspace, settings))
    section.refresh()
    qtbot.waitUntil(lambda: section._forecast is not None)
    model = section.table.rows
    shown = [model.index(row, 3).data() for row in range(model.rowCount())]
    assert shown == [
        "Will go through",
        "⚠ Needs you: somebody else changed it",
        "✕ Will be refused: the work order is finished",
    ]


def test_every_reason_has_its_words(workspace):
    from maintenance_desktop.ui.queue_texts import QueueTexts
    from maintenance_desktop.ui.values import ValueTexts

    edit = workspace.records.drafted("work_order", {"title": "x"})
    said = set()
    for why in Why:
        if why is Why.NOT_DECIDED:
            continue  # those are no part of a forecast
        texts = QueueTexts(
            ValueTexts(workspace.reader, workspace.clock),
            Connection.OFFLINE,
            Forecast({edit.id: Expectation(FAILS, why)}),
        )
        said.add(texts._expected(edit))
    assert "" not in said
    assert len(said) == len(Why) - 3  # three of them are gone in one way or another


def test_the_queue_says_nothing_is_waiting_but_not_that_all_is_on_the_server(
    workspace, plant, settings, show
):
    section = show(QueueSection(workspace, settings))
    section.refresh()
    assert section.empty.sentence.text() == "Everything you saved is on the server."
    order = plant.work_order(904, "Job 904", asset_id=PUMP)
    workspace.records.update(workspace.reader.record("work_order", order), {"priority": "high"})
    plant.park(plant.edits[-1].id)
    section.refresh()
    assert section.empty.isVisible()
    assert section.empty.sentence.text() == "What is not on the server yet needs your answer: see Needs you."

"""Every window as people see it, in light and dark. `make screenshots` keeps the pictures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.sign_in_window import SignInWindow
from tests.e2e.gestures import dialog, press
from tests.screenshots.camera import texts

PUMP, BEARING = "P-204", "Replace DE bearing"


def column_titles(table: QTableView) -> list[str]:
    model, header = table.model(), table.horizontalHeader()
    return [
        str(model.headerData(at, Qt.Orientation.Horizontal))
        for at in range(model.columnCount())
        if not header.isSectionHidden(at)
    ]


@pytest.fixture
def conflict(qtbot, ada):
    """The README's story: Ada starts the job offline, Dana rewrites its description meanwhile."""
    ada.arrives()
    job = ada.opens(PUMP, BEARING)
    ada.clock.is_set_to(9, 58)
    ada.goes_offline()
    ada.clock.is_set_to(10, 0)
    press(qtbot, ada.window, "startButton")
    ada.clock.is_set_to(10, 30)
    ada.dana.change(job)
    ada.clock.is_set_to(10, 42)
    ada.goes_online()
    ada.waits_for(lambda: dialog("conflictDialog") is not None)
    return dialog("conflictDialog")


@pytest.fixture
def refusal(qtbot, ada):
    """Hours that Ada logs offline on a job that Dana completes meanwhile."""
    ada.arrives()
    job = ada.opens(PUMP, BEARING)
    ada.clock.is_set_to(9, 58)
    ada.goes_offline()
    ada.clock.is_set_to(10, 12)
    ada.opened.workspace.records.create("labor", {"work_order_id": job, "hours": Decimal("2.5")})
    ada.window.refresh()
    ada.clock.is_set_to(10, 30)
    ada.dana.complete(job)
    ada.clock.is_set_to(10, 42)
    ada.goes_online()
    ada.waits_for(lambda: dialog("errorDialog") is not None)
    return dialog("errorDialog")


def test_the_work_orders(ada, camera):
    ada.arrives()
    ada.opens(PUMP, BEARING)
    camera.takes("work-orders", ada.window)
    seen = texts(ada.window)
    assert BEARING in seen
    assert "All changes saved on the server" in seen
    assert "Data as of 09:57" in seen
    assert column_titles(ada.window.work_orders.list.table) == [
        "",
        "No.",
        "Title",
        "Asset",
        "Location",
        "Status",
        "Priority",
        "Due",
        "Assigned to",
    ]


def test_the_details_of_a_work_order(qtbot, ada, camera):
    ada.arrives()
    ada.opens("G-7", "Oil leak at gearbox")
    page = ada.window.work_orders
    camera.takes("detail", page.detail)
    assert page.detail.details.form.editors["estimated_hours"].shown() == "3.50"
    page.detail.tabs.setCurrentIndex(1)
    camera.takes("hours", page.detail)
    assert "2.50" in page.detail.tabs.tabText(1)
    assert not page.detail.labor.table.horizontalScrollBar().isVisible()
    page.detail.tabs.setCurrentIndex(2)
    camera.takes("comments", page.detail)
    ada.window.commands.log_hours()
    ada.waits_for(lambda: dialog("logHoursDialog") is not None)
    camera.takes("log-hours", dialog("logHoursDialog"))
    press(qtbot, dialog("logHoursDialog"), "cancelButton")
    ada.waits_for(lambda: dialog("logHoursDialog") is None)
    ada.window.commands.complete()
    ada.waits_for(lambda: dialog("completeDialog") is not None)
    camera.takes("complete", dialog("completeDialog"))
    press(qtbot, dialog("completeDialog"), "cancelButton")
    ada.waits_for(lambda: dialog("completeDialog") is None)
    ada.window.commands.new_work_order()
    ada.window.activateWindow()
    ada.waits_for(ada.window.isActiveWindow)
    camera.takes("new-work-order", ada.window)


def test_a_conflict(qtbot, ada, camera, conflict):
    camera.takes("conflict", conflict)
    seen = texts(conflict)
    assert "Dana Ortiz changed this work order today at 10:30" in seen
    assert "Overwrite with my changes" in seen
    press(qtbot, conflict, "laterButton")


def test_an_error(qtbot, ada, camera, refusal):
    camera.takes("error", refusal)
    assert "Dana Ortiz completed WO-" in texts(refusal)
    assert "so 2.5" in texts(refusal)
    press(qtbot, refusal, "okayButton")


def test_more(qtbot, ada, camera, conflict):
    press(qtbot, conflict, "discardButton")
    ada.waits_for(lambda: ada.reader.tally().needs_you == 0)
    records = ada.opened.workspace.records
    ada.clock.is_set_to(10, 50)
    other = ada.opens("C-12", "Check belt tension")
    records.create(
        "labor", {"work_order_id": other, "hours": Decimal("0.75"), "note": "Tension set to 320 N"}
    )
    ada.opened.workspace.sync.request()
    ada.waits_for(lambda: ada.reader.tally().waiting == 0)
    ada.clock.is_set_to(10, 58)
    ada.goes_offline()
    ada.clock.is_set_to(11, 5)
    first = ada.opens("P-301", "Feed water pump trips at night")
    press(qtbot, ada.window, "holdButton")
    second = ada.opens("LB-1", "Labels wrinkled on the 0.5 l bottle")
    records.create("labor", {"work_order_id": second, "hours": Decimal("1.5")})
    ada.clock.is_set_to(11, 20)
    ada.dana.change(first)
    ada.dana.complete(second)
    ada.clock.is_set_to(11, 31)
    ada.goes_online()
    for name in ("conflictDialog", "errorDialog"):
        ada.waits_for(lambda name=name: dialog(name) is not None)
        dialog(name).reject()
    ada.goes_offline()
    records.update(
        ada.reader.record("work_order", other), {"description": "Tension set; watch it for a week."}
    )
    records.create("work_order", {"title": "Oil mist at K-1"})
    records.create("comment", {"work_order_id": other, "text": "Spare belt is in bin B2-04."})
    ada.window.refresh()
    ada.window.commands.show_more()
    more = ada.window.more
    camera.takes("more", ada.window)
    assert "Needs you (2)" in more.list.item(0).text()
    more.show_section(more.queue)
    camera.takes("queue", ada.window)
    more.show_section(more.history)
    camera.takes("history", ada.window)
    more.show_section(more.settings)
    ada.updates.stands("ready")
    camera.takes("settings", ada.window)
    more.show_section(more.account)
    camera.looks_at("account", ada.window)
    more.show_section(more.about)
    camera.takes("about", ada.window)


def test_the_assets(ada, camera):
    ada.arrives()
    ada.window.commands.show_assets()
    pump = ada.reader.find_asset(PUMP)
    ada.window.assets.show_asset(pump)
    ada.waits_for(lambda: ada.window.assets.detail.isVisible() and ada.window.assets.tree.is_settled)
    camera.takes("assets", ada.window)
    assert PUMP in texts(ada.window)


def test_working_without_a_network(qtbot, ada, camera):
    ada.arrives()
    ada.opens(PUMP, BEARING)
    ada.clock.is_set_to(9, 58)
    ada.goes_offline()
    ada.clock.is_set_to(10, 0)
    press(qtbot, ada.window, "startButton")
    ada.opened.workspace.records.create("work_order", {"title": "Oil mist at the compressor"})
    ada.window.refresh()
    camera.takes("offline", ada.window)
    seen = texts(ada.window)
    assert "Offline since 09:58 · 2 changes waiting" in seen
    assert "Data as of 09:57" in seen


def test_a_filter_that_finds_nothing(ada, camera):
    ada.arrives()
    ada.window.work_orders.list.filters.search_field.setText("hydraulic unicorn")
    ada.waits_for(lambda: ada.window.work_orders.list.table.model().rowCount() == 0)
    camera.takes("empty", ada.window)


def test_the_first_download(ada, camera):
    ada.window.show()
    ada.opened.backend.pauses_after(3)
    ada.opened.workspace.sync.start()
    ada.waits_for(lambda: ada.window.status_line.progress_bar.value() > 0)
    ada.window.refresh()
    camera.takes("first-download", ada.window)
    assert "Cancel" in texts(ada.window)
    ada.opened.backend.goes_on()
    ada.waits_for(lambda: ada.connection is Connection.ONLINE)


def test_signing_in(qtbot, camera):
    window = SignInWindow(lambda *_: None, last_url="https://maintenance.example.com", last_username="ada")
    qtbot.addWidget(window)
    window.show()
    camera.takes("sign-in", window)
    window.show_problem("The server does not answer.")
    camera.looks_at("sign-in-problem", window)
    window.close()


@pytest.mark.parametrize("scheme", ["light"], indirect=True)
def test_the_same_again_at_200_percent(scheme, tmp_path):
    """The scale is a matter of the whole process, so it is another one, with a larger screen."""
    screen = {"name": "large", "x": 0, "y": 0, "width": 3840, "height": 2160, "dpr": 1}
    screens = tmp_path / "screens.json"
    screens.write_text(json.dumps({"screens": [screen | {"logicalDpi": 96, "logicalBaseDpi": 96}]}))
    picked = "test_the_work_orders or test_a_conflict or test_the_details"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n0",
            "-k",
            f"({picked}) and light",
            __file__,
        ],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={screens}", "QT_SCALE_FACTOR": "2"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout

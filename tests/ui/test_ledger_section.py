from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from maintenance_desktop.domain.ledger import LedgerEntry
from maintenance_desktop.domain.outcomes import NotOffered, Unreachable
from maintenance_desktop.services.status import Connection, SyncState
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.settings import Settings
from tests.ui.fakes import ALEX, DANA, SAM, in_days, record_id, workspace

ORDER = record_id(1042)


def entry(place=1, **more):
    base = {"title": "Replace bearing", "status": "open", "description": "Bearing noisy."}
    overwritten = LedgerEntry(
        place=place,
        person_id=ALEX,
        person_name="Alex Nyström",
        edit_id=f"e{place}",
        kind="overwrite",
        edit_kind="update",
        type="work_order",
        record_id=ORDER,
        number="WO-1042",
        title="Replace bearing",
        happened_at=in_days(-0.1 + place / 1000),
        base=base,
        mine=base | {"status": "in_progress"},
        theirs=base | {"description": "Bearing seized, pump locked out."},
        result=base | {"status": "in_progress"},
        version=3,
        changed_by=DANA,
        changed_by_name="Dana Ortiz",
        choice="overwrite",
        lost=("description",),
    )
    return replace(overwritten, **more)


def refusal(place=2, **more):
    hours = {"work_order_id": ORDER, "hours": 2, "note": "Cleaned the strainer"}
    said = {"code": "work_order_finished", "message": "Dana Ortiz completed WO-1042.", "choice": ""}
    refused = {
        "kind": "refusal",
        "type": "labor",
        "mine": hours,
        "theirs": None,
        "result": None,
        "base": None,
    }
    about = {"person_id": SAM, "person_name": "Sam Okafor", "changed_by_name": "", "lost": ()}
    return entry(place, **(said | refused | about | more))


@pytest.fixture
def opened(qtbot, plant, tmp_path):
    """Opens *More* with these entries on the server, and looks at *Decisions*."""

    def make(*entries, role="planner", connection=Connection.ONLINE):
        plant.ledger.entries = list(entries)
        space = workspace(plant, role=role)
        space.sync.state = SyncState(connection)
        page = MorePage(space, Settings(tmp_path / "s.ini"))
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        qtbot.waitExposed(page)
        if page.ledger is not None:
            page.show_section(page.ledger)
            qtbot.waitUntil(lambda: page.ledger._thread is None)
        made.append(page)
        return page

    made = []
    yield make
    for page in made:
        if page.ledger is not None:
            page.ledger.stop()


def exported(qtbot, section, folder) -> list[list[str]]:
    """The lines of the file that *Export…* writes."""
    qtbot.mouseClick(section.export_button, Qt.MouseButton.LeftButton)
    file = folder / "decisions.csv"
    section.export.file_dialog.fileSelected.emit(str(file))
    section.export.file_dialog.reject()
    qtbot.waitUntil(lambda: section.export.dialog._is_over)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def whats(section):
    return [(row.who, row.what) for row in section.rows.rows()]


@pytest.mark.parametrize(("role", "has_it"), [("technician", False), ("planner", True), ("admin", True)])
def test_only_planners_and_administrators_have_it(opened, role, has_it):
    page = opened(role=role)
    assert (page.ledger is not None) == has_it
    titles = [page.list.item(row).text() for row in range(page.list.count())]
    assert ("Decisions" in titles) == has_it


def test_the_newest_come_first_with_all_that_was_lost(opened):
    section = opened(entry(), refusal()).ledger
    assert whats(section) == [("Sam Okafor", "Refused"), ("Alex Nyström", "Overwrote")]
    section.table.setCurrentIndex(section.rows.index(1, 0))
    assert "Alex Nyström overwrote the version of Dana Ortiz" in section.sentence.text()
    assert "Lost: Description." in section.sentence.text()
    shown = [label.text() for label in section.details.findChildren(QLabel)]
    assert "By Dana Ortiz" in shown
    assert "● lost" in shown


def test_the_whole_entry_is_copied(opened, qtbot):
    section = opened(entry()).ledger
    section.table.setCurrentIndex(section.rows.index(0, 0))
    qtbot.waitUntil(lambda: not section.copy_button.visibleRegion().isEmpty())
    qtbot.mouseClick(section.copy_button, Qt.MouseButton.LeftButton)
    assert "Bearing seized, pump locked out." in QGuiApplication.clipboard().text()


def test_person_kind_and_text_filter_together(opened, qtbot):
    section = opened(entry(1), refusal(2), entry(3, person_id=SAM, person_name="Sam Okafor")).ledger
    section.person.setCurrentIndex(section.person.findData(SAM))
    section.person.activated.emit(section.person.currentIndex())
    assert whats(section) == [("Sam Okafor", "Overwrote"), ("Sam Okafor", "Refused")]
    section.kind.setCurrentIndex(section.kind.findData("refusal"))
    section.kind.activated.emit(section.kind.currentIndex())
    assert whats(section) == [("Sam Okafor", "Refused")]
    qtbot.keyClicks(section.search, "strainer")
    assert whats(section) == [("Sam Okafor", "Refused")]
    qtbot.keyClicks(section.search, "zzz")
    assert section.empty.heading.text() == "Nothing matches"
    assert not section.export_button.isEnabled()


def test_older_ones_are_loaded_on_demand(opened, qtbot, plant):
    plant.ledger.page = 2
    section = opened(*(entry(n) for n in range(1, 6))).ledger
    assert [row.entry.place for row in section.rows.rows()] == [5, 4]
    assert "there are older ones" in section.note.text()
    qtbot.mouseClick(section.older_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section._thread is None)
    qtbot.mouseClick(section.older_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section._thread is None)
    assert [row.entry.place for row in section.rows.rows()] == [5, 4, 3, 2, 1]
    assert not section.older_button.isVisible()


def test_an_entry_that_was_answered_since_takes_its_own_place(opened, qtbot, plant):
    section = opened(refusal(1), entry(2)).ledger
    plant.ledger.entries = [entry(2), refusal(3, edit_id="e1", choice="acknowledge", lost=("hours",))]
    qtbot.mouseClick(section.refresh_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section._thread is None)
    assert sorted((row.what, row.choice) for row in section.rows.rows()) == [
        ("Overwrote", "Overwrite"),
        ("Refused", "Okay"),
    ]


def test_offline_it_says_so_and_asks_nobody(opened, plant):
    plant.ledger.trouble = AssertionError("nobody is to be asked")
    section = opened(connection=Connection.OFFLINE).ledger
    assert section.empty.heading.text() == "Cannot be shown now"
    assert "cannot be reached" in section.empty.sentence.text()


def test_what_went_wrong_is_said_and_can_be_tried_again(opened, qtbot, plant):
    plant.ledger.trouble = Unreachable("The hub does not answer.")
    section = opened(entry()).ledger
    assert section.empty.sentence.text() == "The hub does not answer."
    plant.ledger.trouble = None
    qtbot.mouseClick(section.empty.act_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: section.rows.rowCount() == 1)


def test_a_server_that_keeps_none_is_no_fault(opened, plant):
    plant.ledger.trouble = NotOffered("This server keeps no record of decisions.")
    section = opened().ledger
    assert section.empty.heading.text() == "Not kept here"
    assert not section.empty.act_button.isVisible()


def test_a_site_without_any_says_what_comes_here(opened):
    assert opened().ledger.empty.heading.text() == "No decisions yet"


def test_what_is_listed_is_exported(opened, qtbot, tmp_path):
    section = opened(entry(), refusal(title="=1+1")).ledger
    titles, *lines = exported(qtbot, section, tmp_path)
    assert section.export.dialog.heading.text() == "2 rows exported"
    section.export.dialog.close()
    assert titles[:4] == ["When", "Who", "What", "Choice"]
    assert [line[1] for line in lines] == ["Sam Okafor", "Alex Nyström"]
    assert lines[0][6] == "'=1+1"
    assert "Description: Bearing seized, pump locked out." in lines[1][10]


def test_older_ones_are_fetched_before_what_fits_is_exported(opened, qtbot, plant, tmp_path):
    plant.ledger.page = 2
    section = opened(*(entry(n, person_id=SAM if n % 2 else ALEX) for n in range(1, 8))).ledger
    section.person.setCurrentIndex(section.person.findData(SAM))
    section.person.activated.emit(section.person.currentIndex())
    assert section.rows.rowCount() == 1
    _, *lines = exported(qtbot, section, tmp_path)
    assert len(lines) == 4
    assert section.rows.rowCount() == 4
    assert section.export.dialog.sentence.text() == str(tmp_path / "decisions.csv")
    section.export.dialog.close()


def test_what_could_not_be_fetched_is_said_to_be_missing(opened, qtbot, plant, tmp_path):
    plant.ledger.page = 2
    section = opened(*(entry(n) for n in range(1, 6))).ledger
    plant.ledger.trouble = Unreachable("The hub does not answer.")
    _, *lines = exported(qtbot, section, tmp_path)
    assert len(lines) == 2
    assert "they are not in it. The hub does not answer." in section.export.dialog.sentence.text()
    section.export.dialog.close()


def test_cancel_leaves_no_file(opened, qtbot, plant, tmp_path):
    plant.ledger.page = 1
    section = opened(*(entry(n) for n in range(1, 6))).ledger
    qtbot.mouseClick(section.export_button, Qt.MouseButton.LeftButton)
    section.export.file_dialog.fileSelected.emit(str(tmp_path / "decisions.csv"))
    section.export.file_dialog.reject()
    section.export.dialog.close()
    section.export.stop()
    qtbot.waitUntil(lambda: section.export.dialog is None)
    assert list(tmp_path.glob("*.csv*")) == []
    qtbot.mouseClick(section.refresh_button, Qt.MouseButton.LeftButton)  # and the list goes on working
    qtbot.waitUntil(lambda: section._thread is None)
    assert section.rows.rowCount() >= 1


def test_a_filter_that_fits_none_of_what_is_loaded_says_that_there_is_more(opened, qtbot, plant):
    plant.ledger.page = 2
    section = opened(*(entry(n) for n in range(1, 6))).ledger
    qtbot.keyClicks(section.search, "zzz")
    assert section.empty.sentence.text() == "None of the newest 2 fits. Load older to look further."
    assert section.older_button.isVisible()


def test_what_a_newer_server_knows_is_shown_as_it_came(opened):
    section = opened(entry(kind="merge", choice="ask_later", type="tool", lost=("colour",))).ledger
    assert whats(section) == [("Alex Nyström", "merge")]
    section.table.setCurrentIndex(section.rows.index(0, 0))
    assert "ask_later" in section.sentence.text()

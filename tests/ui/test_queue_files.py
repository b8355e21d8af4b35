"""*Waiting to sync*: what waits goes into a file, comes out of one, and onto paper."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from maintenance_desktop.domain.values import write_time
from maintenance_desktop.services.carrying import CarryingService
from maintenance_desktop.services.status import Connection
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.queue_paper import QueuePaper
from maintenance_desktop.ui.queue_texts import QueueTexts
from maintenance_desktop.ui.settings import Settings
from maintenance_desktop.ui.values import ValueTexts
from tests.ui.asking import ORDER, conflicted_edit
from tests.ui.fakes import NOW, SAM, account, believable_plant, workspace


@pytest.fixture
def page(qtbot, tmp_path) -> MorePage:
    plant = believable_plant()
    page = MorePage(workspace(plant), Settings(tmp_path / "s.ini"))
    page.plant, page.settings_path = plant, tmp_path
    qtbot.addWidget(page)
    page.show()
    page.show_section(page.queue)
    page.resize(1000, 700)
    qtbot.waitExposed(page)
    return page


@pytest.fixture
def queue(page):
    records = page._workspace.records
    records.update(page.plant.record("work_order", ORDER), {"priority": "critical"})
    new = records.create("work_order", {"title": "Oil leak <b>at</b> gearbox", "description": "Long\ntext"})
    records.create("labor", {"work_order_id": new, "hours": 2})
    page.refresh()
    return page.queue


def exports(queue, qtbot, path):
    qtbot.mouseClick(queue.export_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(queue.files.question.verb_button, Qt.MouseButton.LeftButton)
    chosen(queue, path)


def chosen(queue, path):
    dialog = queue.files.file_dialog
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_what_waits_is_exported_and_can_be_undone_no_more(page, queue, qtbot, tmp_path):
    queue.table.select(page.plant.edits[0].id)
    exports(queue, qtbot, tmp_path / "waiting.json")
    assert queue.file_note.text() == f"Exported to {tmp_path / 'waiting.json'}. Changes: 3."
    assert (tmp_path / "waiting.json").exists()
    assert not queue.undo_button.isEnabled()
    assert "exported file" in queue.note.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_no_key_exports_by_accident(page, queue, qtbot, key):
    qtbot.mouseClick(queue.export_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(queue.files.question, key)
    assert queue.files.file_dialog is None
    assert not any(edit.is_frozen for edit in page.plant.edits)


def test_a_folder_that_is_gone_is_told(page, queue, qtbot, tmp_path):
    exports(queue, qtbot, tmp_path / "gone" / "waiting.json")
    assert "cannot be written" in queue.file_note.text()
    assert not any(edit.is_frozen for edit in page.plant.edits)


def test_an_import_shows_what_is_in_it_first(page, queue, qtbot, tmp_path):
    exports(queue, qtbot, tmp_path / "waiting.json")
    kept, page.plant.edits = page.plant.edits[0], page.plant.edits[:1]
    page.refresh()
    qtbot.mouseClick(queue.import_button, Qt.MouseButton.LeftButton)
    chosen(queue, tmp_path / "waiting.json")
    dialog = queue.files.import_dialog
    assert dialog.heading.text() == "Waiting work of Alex Nyström"
    assert "Changes in it: 3, new here: 2." in dialog.sentence.text()
    lines = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert lines[0].startswith("✓ Here already: WO-1042 Replace drive-end bearing: Priority")
    assert "2 h on" in lines[2]
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert page.plant.edits == [kept]
    before = page._workspace.sync.requests
    with qtbot.waitSignal(page.undone):
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert queue.file_note.text() == "Changes imported: 2. Here already: 1."
    assert queue.table.rows.rowCount() == 3
    assert page._workspace.sync.requests == before + 1


def test_esc_imports_nothing_and_a_known_file_says_so(page, queue, qtbot, tmp_path):
    exports(queue, qtbot, tmp_path / "waiting.json")
    qtbot.mouseClick(queue.import_button, Qt.MouseButton.LeftButton)
    chosen(queue, tmp_path / "waiting.json")
    dialog = queue.files.import_dialog
    assert "here already; there is nothing to import" in dialog.sentence.text()
    assert not dialog.import_button.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert len(page.plant.edits) == 3


@pytest.mark.parametrize("spoil", [lambda data: data[:-40], lambda data: b"holiday.jpg"])
def test_a_file_that_is_none_is_told(page, queue, qtbot, tmp_path, spoil):
    exports(queue, qtbot, tmp_path / "waiting.json")
    (tmp_path / "bad.json").write_bytes(spoil((tmp_path / "waiting.json").read_bytes()))
    qtbot.mouseClick(queue.import_button, Qt.MouseButton.LeftButton)
    chosen(queue, tmp_path / "bad.json")
    assert queue.files.import_dialog is None
    assert "file" in queue.file_note.text()


def test_the_work_of_somebody_else_is_told(page, queue, qtbot, tmp_path):
    sam = account(person=SAM, name="Sam Ode")
    CarryingService(sam, page.plant, lambda: NOW).export(tmp_path / "sam.json")
    qtbot.mouseClick(queue.import_button, Qt.MouseButton.LeftButton)
    chosen(queue, tmp_path / "sam.json")
    assert "This is the work of Sam Ode" in queue.file_note.text()


def test_with_nothing_waiting_only_an_import_is_possible(page):
    page.refresh()
    assert not page.queue.export_button.isEnabled()
    assert not page.queue.paper_button.isEnabled()
    assert page.queue.import_button.isEnabled()
    assert page.queue.import_button.isVisible()


def test_everything_in_the_queue_is_on_the_paper(page, queue):
    page.plant.edits.append(conflicted_edit())
    values = ValueTexts(page.plant, lambda: NOW)
    paper = QueuePaper(account(), values, QueueTexts(values, Connection.OFFLINE))
    html = paper.html(page.plant.queue(), write_time(NOW))
    for part in (
        "Alex Nyström, for North plant",
        "Changes: 4.",
        "1. WO-1042 ",
        "Oil leak &lt;b&gt;at&lt;/b&gt; gearbox",
        "Long<br>text",
        "Critical",
        "2 h",
        "Waits until the server can be reached",
        "Dana Ortiz changed it",
    ):
        assert part in html, part


def test_the_paper_is_a_pdf_with_as_many_pages_as_it_takes(page, queue, qtbot, tmp_path):
    for number in range(60):
        page._workspace.records.create("work_order", {"title": f"Pump {number}", "description": "word " * 90})
    page.refresh()
    qtbot.mouseClick(queue.paper_button, Qt.MouseButton.LeftButton)
    chosen(queue, tmp_path / "list.pdf")
    QApplication.processEvents()
    data = (tmp_path / "list.pdf").read_bytes()
    assert data.startswith(b"%PDF-")
    assert data.count(b"/Type /Page\n") > 5
    assert queue.file_note.text() == f"Saved as {tmp_path / 'list.pdf'}."

from __future__ import annotations

import logging

import pytest

from maintenance_desktop import logs


@pytest.fixture
def root_logger(monkeypatch):
    """The root logger as it was, whatever a test adds to it."""
    root, opened = logging.getLogger(), []
    before, level = list(root.handlers), root.level
    monkeypatch.setattr(logs.faulthandler, "enable", opened.append)
    yield root
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for file in opened:
        file.close()


def test_what_is_logged_stands_in_the_file(root_logger, tmp_path):
    path = logs.start_logging(tmp_path / "logs")
    logging.getLogger("maintenance_desktop.somewhere").info("the round ended")
    assert path == tmp_path / "logs" / "maintenance-desktop.log"
    line = path.read_text(encoding="utf-8")
    assert "INFO MainThread maintenance_desktop.somewhere: the round ended" in line


def test_a_mistake_is_logged_with_its_place_and_without_what_it_quotes(root_logger, tmp_path):
    path = logs.start_logging(tmp_path)
    try:
        raise KeyError("Replace DE bearing")
    except KeyError:
        logging.getLogger("maintenance_desktop").exception("that was a bug")
    written = path.read_text(encoding="utf-8")
    assert "that was a bug" in written
    assert "test_logs.py" in written
    assert "KeyError" in written
    assert "bearing" not in written


def test_calls_of_libraries_stay_out_of_the_log(root_logger, tmp_path):
    path = logs.start_logging(tmp_path)
    logging.getLogger("urllib3.connectionpool").info("GET /v1/changes?since=secret")
    assert path.read_text(encoding="utf-8") == ""


def test_the_log_does_not_grow_for_ever(root_logger, tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_SIZE", 1_000)
    logs.start_logging(tmp_path)
    for number in range(200):
        logging.getLogger("maintenance_desktop").info("round %d", number)
    files = sorted(tmp_path.glob("maintenance-desktop.log*"))
    assert len(files) == 4
    assert all(file.stat().st_size <= 1_000 for file in files)


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_start(root_logger, tmp_path):
    (tmp_path / "logs").write_text("a file where the folder should be")
    before = list(root_logger.handlers)
    assert logs.start_logging(tmp_path / "logs") is None
    assert root_logger.handlers == before


def test_the_tail_is_the_end_of_the_log(tmp_path):
    path = tmp_path / "log"
    path.write_text("x" * 10_000 + "the end", encoding="utf-8")
    assert logs.tail(path).endswith("the end")
    assert len(logs.tail(path)) == 8_000


def test_without_a_log_the_tail_is_empty(tmp_path):
    assert logs.tail(None) == ""
    assert logs.tail(tmp_path / "nothing.log") == ""

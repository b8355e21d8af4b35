from __future__ import annotations

import csv
import errno

import pytest

from maintenance_desktop import disk
from maintenance_desktop.services.list_file import ListFile, NotExported


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_a_list_is_there_when_it_is_whole(tmp_path):
    path = tmp_path / "list.csv"
    file = ListFile(path, ("No.", "Title"))
    file.write([("WO-1", "Öl, two\nlines"), ("WO-2", "漏れ")])
    assert not path.exists()
    file.finish()
    assert read(path) == [["No.", "Title"], ["WO-1", "Öl, two\nlines"], ["WO-2", "漏れ"]]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert file.written == 2
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "'quoted"])
def test_no_text_is_a_formula(tmp_path, text):
    file = ListFile(tmp_path / "list.csv", ("Title",))
    file.write([(text,)])
    file.finish()
    assert read(tmp_path / "list.csv")[1] == ["'" + text]


def test_what_is_abandoned_leaves_nothing_and_what_was_there_stays(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("older")
    file = ListFile(path, ("Title",))
    file.write([("a",)])
    file.abandon()
    file.write([("b",)])
    file.finish()
    assert path.read_text() == "older"
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv"]


class FullStream:
    """A file on a disk that has no room: what is buffered fails as it is written out."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self):
        self._stream.close()
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_left(tmp_path):
    file = ListFile(tmp_path / "list.csv", ("Title",))
    file._stream = FullStream(file._stream)
    file._lines = csv.writer(file._stream)
    with pytest.raises(NotExported, match="The disk is full, so the list was not exported"):
        file.write([("a",)])
    assert not file.is_open
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_very_end_is_told_too(tmp_path, monkeypatch):
    def full(finished, path):
        raise OSError(errno.ENOSPC, "No space left on device")

    file = ListFile(tmp_path / "list.csv", ("Title",))
    monkeypatch.setattr(disk, "replace_file", full)
    with pytest.raises(NotExported, match="disk is full"):
        file.finish()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_another_program_holds_is_named(tmp_path, monkeypatch):
    def held(finished, path):
        raise PermissionError(errno.EACCES, "Access is denied")

    path = tmp_path / "list.csv"
    path.write_text("older")
    file = ListFile(path, ("Title",))
    monkeypatch.setattr(disk, "replace_file", held)
    with pytest.raises(NotExported, match=r"list\.csv cannot be replaced"):
        file.finish()
    assert path.read_text() == "older"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotExported, match=r"cannot be written\. Choose another one"):
        ListFile(tmp_path / "gone" / "list.csv", ("Title",))

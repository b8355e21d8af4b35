"""Files of every layout there ever was open in this program, and end up like a new one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from maintenance_desktop.storage.work import WorkFile
from maintenance_desktop.storage.work_schema import MIGRATIONS, split

LAYOUTS = Path(__file__).parent / "layouts"


def schema(path) -> list:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        ).fetchall()


@pytest.mark.parametrize("number", range(1, len(MIGRATIONS) + 1))
def test_a_file_of_each_layout_becomes_like_a_new_one_and_keeps_its_rows(tmp_path, number):
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as file:
        file.executescript((LAYOUTS / f"work-{number}.sql").read_text())
    WorkFile(tmp_path / "new.db").close()
    work = WorkFile(old)
    edits = work.edits()
    assert [(edit.kind.value, edit.state.value) for edit in edits] == [
        ("update", "conflicted"), ("create", "queued"),
    ]  # fmt: skip
    assert edits[0].server.record["description"] == "Bob"
    assert [row[0] for row in work.database.rows("SELECT ending FROM history ORDER BY n")] == ["applied"] * 2
    assert work.meta("provisional_number") == "1"
    work.close()
    assert schema(old) == schema(tmp_path / "new.db")


def test_a_script_is_split_into_its_statements():
    assert split("CREATE TABLE a (\n  b\n);\nINSERT INTO a\nVALUES (';');\n") == [
        "CREATE TABLE a (\n  b\n);",
        "INSERT INTO a\nVALUES (';');",
    ]

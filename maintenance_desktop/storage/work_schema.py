"""The layout of `work.db` and its numbered migrations; each step is frozen SQL and is never changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from maintenance_desktop.domain.trouble import ProfileTrouble
from maintenance_desktop.storage.database import Database
from maintenance_desktop.storage.looking import layout_of

_FIRST: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE edit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    type TEXT NOT NULL,
    record_id TEXT NOT NULL,
    parent_id TEXT,
    state TEXT NOT NULL,
    base_version INTEGER,
    base TEXT,
    patch TEXT NOT NULL,
    mine TEXT NOT NULL,
    made_at TEXT NOT NULL,
    first_sent_at TEXT NOT NULL,
    after_ids TEXT NOT NULL,
    overwrites TEXT,
    server TEXT,
    refusal TEXT
);
CREATE INDEX edit_record ON edit (record_id, seq);
CREATE INDEX edit_parent ON edit (parent_id);
CREATE TABLE history (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    edit_id TEXT NOT NULL UNIQUE,
    record_id TEXT NOT NULL,
    ending TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    message TEXT NOT NULL,
    subject TEXT NOT NULL,
    edit TEXT NOT NULL,
    theirs TEXT,
    result TEXT,
    result_version INTEGER,
    replaced_by TEXT NOT NULL
);
CREATE INDEX history_record ON history (record_id);
CREATE VIEW pending AS
SELECT last.*, (
    SELECT max(CASE every.state WHEN 'conflicted' THEN 3 WHEN 'refused' THEN 2 ELSE 1 END)
    FROM edit AS every WHERE every.record_id = last.record_id
) AS rank
FROM edit AS last
WHERE last.seq = (SELECT max(newest.seq) FROM edit AS newest WHERE newest.record_id = last.record_id);
"""

_DECISIONS: Final = """
ALTER TABLE edit ADD COLUMN origin TEXT;
ALTER TABLE edit ADD COLUMN doubts TEXT NOT NULL DEFAULT '[]';
CREATE TABLE notice (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    told_at TEXT NOT NULL,
    content TEXT NOT NULL,
    answered_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX history_ending ON history (ending, n);
INSERT INTO meta SELECT 'choices_told', coalesce(max(n), 0) FROM history;
DROP VIEW pending;
CREATE VIEW pending AS
SELECT last.*, (
    SELECT max(
        CASE every.state WHEN 'conflicted' THEN 3 WHEN 'held' THEN 3 WHEN 'refused' THEN 2 ELSE 1 END
    )
    FROM edit AS every WHERE every.record_id = last.record_id
) AS rank
FROM edit AS last
WHERE last.seq = (SELECT max(newest.seq) FROM edit AS newest WHERE newest.record_id = last.record_id);
"""

MIGRATIONS: Final[tuple[str, ...]] = (_FIRST, _DECISIONS)
"""Step n leads from layout n to layout n + 1."""


def migrate(work: Database, backup: Callable[[int], Path]) -> None:
    """Bring `work.db` to this program's layout, after a copy of the file. Raises ProfileTrouble.

    `backup` copies the file as it is and is told the layout it has.
    """
    ((found,),) = work.rows("PRAGMA user_version")
    _refuse_newer(found)
    if 0 < found < len(MIGRATIONS):
        backup(found)
    for number in range(found, len(MIGRATIONS)):
        with work.write() as db:
            for statement in split(MIGRATIONS[number]):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number + 1}")


def check_age(path: Path) -> None:
    """Before the file is opened for writing: one of a newer program stays as it is, with its journal.

    Raises ProfileTrouble.
    """
    _refuse_newer(layout_of(path))


def _refuse_newer(layout: int) -> None:
    if layout > len(MIGRATIONS):
        raise ProfileTrouble(
            "This profile was last used by a newer version of the program. Nothing was changed; "
            "please install that version again to go on."
        )


def split(script: str) -> list[str]:
    """The statements of a script, one by one, so that they run in one transaction."""
    found, statement = [], ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement.strip())
            statement = ""
    return found

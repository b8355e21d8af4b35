"""A file that is filled at once and one that is kept change by change have the same in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from random import Random

import pytest

from maintenance_desktop.domain.cache_filling import CacheFilling, Line, UnreadableRecord
from maintenance_desktop.domain.cache_layout import OTHER, TABLES, columns, finishing, statements
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.records import PRIORITIES, STATUSES
from maintenance_desktop.domain.wire import decode, encode_text
from maintenance_desktop.storage.database import Database
from maintenance_desktop.storage.keeping import Keeper
from tests.services.fakes import new_id

NOON = "2026-11-22T12:00:00.000Z"


def records(seed) -> list[Line]:
    pick = Random(seed)
    assets = [new_id() for _ in range(4)]
    orders = [new_id() for _ in range(30)]

    def line(kind, record_id, fields) -> Line:
        return Line(kind, record_id, pick.randrange(1, 9), NOON, new_id(), encode_text(fields))

    found = [line("person", new_id(), {"name": "Zoë", "username": "zoe", "active": True})]
    found.append(line("meter", new_id(), {"name": "A type of a newer server"}))
    for number, order in enumerate(orders):
        found.append(
            line(
                "work_order",
                order,
                {
                    "number": pick.choice([f"WO-{number}", f"{number}", None, "odd"]),
                    "title": pick.choice(["Pump leaks", "Bearing hot", None]),
                    "description": pick.choice(["under the flange", None]),
                    "status": pick.choice([*STATUSES, "odd", None]),
                    "priority": pick.choice([*PRIORITIES, "odd", None]),
                    "asset_id": pick.choice([*assets, new_id(), None]),
                    "due_at": pick.choice([NOON, "tomorrow", None]),
                    "created_at": pick.choice([NOON, "2026-01-01T00:00:00.000Z"]),
                    "estimated_hours": pick.choice([1, None]),
                    "unknown": [1, {"a": "b"}],
                },
            )
        )
    found += [line("labor", new_id(), {"work_order_id": pick.choice(orders), "hours": 2}) for _ in range(9)]
    found += [
        line("comment", new_id(), {"work_order_id": pick.choice(orders), "text": "x"}) for _ in range(9)
    ]
    found += [line("asset", one, {"tag": one[:4], "name": "Pump"}) for one in assets]
    pick.shuffle(found)
    return found


def content(file) -> dict:
    """What is in a file, by ids: which row a record stands at says nothing."""
    name = {
        table: dict(file.execute(f"SELECT n, id FROM {table}").fetchall())
        for table in ("asset", "location", "person", "work_order")
    }
    found = {}
    for table in (*TABLES, OTHER):
        own = columns(table)
        cells = "".join(f", {column}" for column in own)
        for record_id, kind, version, body, *values in file.execute(
            f"SELECT id, type, version, body{cells} FROM {table}"
        ):
            named = dict(zip(own, values, strict=True))
            if table == "work_order":
                for column in ("asset", "location", "person"):
                    named[column] = name[column].get(named[column])
            found[record_id] = (kind, version, body and decode(body), named)
    found["tally"] = sorted(file.execute("SELECT * FROM tally WHERE count > 0").fetchall())
    found["words"] = sorted(word for (word,) in file.execute("SELECT word FROM word"))
    for text in ("pump", "leaks", "flange", "bearing hot", "odd"):
        hits = file.execute(
            "SELECT rowid FROM work_order_search WHERE work_order_search MATCH ?", (f'"{text}"*',)
        )
        found[text] = sorted(name["work_order"][n] for (n,) in hits)
    is_sound = "INSERT INTO work_order_search (work_order_search, rank) VALUES ('integrity-check', 1)"
    file.execute(is_sound)
    return found


def filled(path, lines, *, at_once) -> dict:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        filling = CacheFilling(file)
        filling.begin()
        for start in range(0, len(lines), at_once):
            filling.add(lines[start : start + at_once])
            if start % 2:  # another process goes on
                filling = CacheFilling(file)
                filling.go_on()
        filling.finish("c")
        return content(file)


def kept(path, lines, *, at_once) -> dict:
    database = Database(path, {})
    with database.write() as db:
        for statement in (*statements(), *finishing()):
            db.execute(statement)
    for start in range(0, len(lines), at_once):
        with database.write() as db:
            Keeper(db).keep(
                [
                    Change(one.type, one.id, one.version, one.body and decode(one.body), one.changed_at)
                    for one in lines[start : start + at_once]
                ]
            )
    database.close()
    with closing(sqlite3.connect(path)) as file:
        return content(file)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_both_ways_end_the_same(tmp_path, seed, at_once):
    lines = records(seed)
    newer = [one._replace(version=one.version + 1, body=two.body) for one, two in _pairs(lines, seed)]
    older = [one._replace(version=1, body='{"title": "Old", "status": "open"}') for one in lines[::5]]
    gone = [one._replace(version=99, body=None) for one in lines[::7]]
    story = [*lines, *newer, *older, *gone]
    once = filled(tmp_path / "filled.db", story, at_once=at_once)
    change_by_change = kept(tmp_path / "kept.db", story, at_once=at_once)
    words = once.pop("words"), change_by_change.pop("words")
    assert once == change_by_change
    assert set(words[0]) <= set(words[1])  # a word that nothing has any more does no harm


def _pairs(lines, seed):
    """Records with another record's content, of the same type."""
    pick = Random(seed)
    for one in lines[::3]:
        yield one, pick.choice([two for two in lines if two.type == one.type])


@pytest.mark.parametrize(
    "body",
    ['{"title": 5}', '{"status": []}', '{"estimated_hours": "2"}', '{"estimated_hours": 1e30}', "[]", "{"],
)
def test_a_record_of_another_shape_is_refused_and_leaves_nothing(tmp_path, body):
    with closing(sqlite3.connect(tmp_path / "f.db", isolation_level=None)) as file:
        filling = CacheFilling(file)
        filling.begin()
        with pytest.raises(UnreadableRecord):
            filling.add([Line("work_order", "a", 1, "", "", "{}"), Line("work_order", "b", 1, "", "", body)])
        assert file.execute("SELECT count(*) FROM work_order").fetchone() == (0,)
        filling.add([Line("work_order", "a", 1, "", "", "{}")])

"""Builders: people, records and edits against a store, in the words of the tests."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

from maintenance_desktop.hub.changes import read_page
from maintenance_desktop.hub.edits import apply_edit
from maintenance_desktop.hub.people import add_person

PASSWORD = "correct horse"
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += timedelta(**by)


def new_id():
    return str(uuid.uuid4())


def edit(
    kind, record_type, record_id, record=None, base=None, *, edit_id=None, made_at="2026-11-22T09:30:00Z"
):
    """One edit as it travels."""
    return {
        "id": edit_id or new_id(),
        "kind": kind,
        "type": record_type,
        "record_id": record_id,
        "base_version": base,
        "record": record or {},
        "made_at": made_at,
    }


def lines(page):
    """A page's lines as data: the total, the records, the cursor."""
    parsed = [json.loads(line) for line in b"".join(page.chunks()).decode().splitlines()]
    return parsed[0], parsed[1:-1], parsed[-1]


def read_everything(store, cursor=None, limit=5000):
    """Everything that can be read from a cursor on: the record lines and the last cursor."""
    found = []
    while True:
        _, page, end = lines(read_page(store, cursor, limit))
        found += page
        cursor = end["cursor"]
        if not end["more"]:
            return found, cursor


class World:
    """A store with people in it: `dana` and `bob` are technicians, then one of each other role."""

    def __init__(self, store, clock):
        self.store = store
        self.clock = clock
        self.dana = add_person(store, "dana", name="Dana Ortiz", role="technician", password=PASSWORD)
        self.bob = add_person(store, "bob", name="Bob Lee", role="technician", password=PASSWORD)
        self.planner = add_person(store, "pia", name="Pia Plan", role="planner", password=PASSWORD)
        self.admin = add_person(store, "ada", name="Ada Min", role="admin", password=PASSWORD)
        self.requester = add_person(store, "rob", name="Rob Quest", role="requester", password=PASSWORD)

    def push(self, person, one, sent_at=None):
        return apply_edit(self.store, person, one, sent_at or self.clock())

    def create(self, record_type, record, by=None, record_id=None, **more):
        """Create a record and answer its id."""
        record_id = record_id or new_id()
        result = self.push(by or self.planner, edit("create", record_type, record_id, record, **more))
        assert result["outcome"] == "applied", result
        return record_id

    def update(self, record_type, record_id, base, record, by=None, **more):
        return self.push(by or self.planner, edit("update", record_type, record_id, record, base, **more))

    def delete(self, record_type, record_id, base, by=None):
        return self.push(by or self.planner, edit("delete", record_type, record_id, None, base))

    def work_order(self, by=None, **fields):
        return self.create("work_order", {"title": "Pump leaks", "status": "open"} | fields, by)

    def asset(self, tag, **fields):
        return self.create("asset", {"tag": tag, "name": "Pump", "status": "running"} | fields)

    def labor(self, work_order_id, hours=1, by=None, **fields):
        content = {
            "work_order_id": work_order_id,
            "person_id": self.dana,
            "hours": hours,
            "labor_type": "regular",
        }
        return self.create("labor", content | fields, by or self.dana)

    def read_all(self, cursor=None, limit=5000):
        """Everything that can be read from a cursor on: the record lines and the last cursor."""
        return read_everything(self.store, cursor, limit)

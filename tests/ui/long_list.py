"""A list of any length that is made up as it is read, and told to change."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import Found
from maintenance_desktop.ui.row_model import Column
from maintenance_desktop.ui.sights import Source


@dataclass(frozen=True)
class Thing:
    id: str
    name: str


def things(count):
    return [Thing(str(n), f"thing {n}") for n in range(count)]


class LongList:
    """Keeps its things, remembers what was read, and can be made to wait or to fail."""

    def __init__(self, count):
        self.things = things(count)
        self.reads = []
        self.places_asked = 0
        self.is_bounded = False
        self.is_broken = False
        self.may_read = threading.Event()
        self.may_read.set()

    def source(self):
        return Source(self.rows, self.found, self.position)

    def rows(self, offset, limit):
        self._wait()
        self.reads.append((offset, limit))
        return self.things[offset : offset + limit]

    def found(self):
        self._wait()
        return Found(len(self.things), self.is_bounded)

    def position(self, record_id):
        self.places_asked += 1
        return next((at for at, thing in enumerate(self.things) if thing.id == record_id), None)

    def _wait(self):
        assert self.may_read.wait(10)
        if self.is_broken:
            raise StorageTrouble("The disk reported an error.")


def columns():
    return (
        Column("name", "Name", text=lambda thing: thing.name, width=0),
        Column("", "Length", text=lambda thing: str(len(thing.name)), key="length"),
    )

"""A real hub that ends over one edit each time: it is started again, and everything else gets through."""

from __future__ import annotations

import sys
from unittest.mock import patch

from maintenance_desktop.domain.planning import Waiting
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services.status import Connection
from tests.hub_process import HubProcess
from tests.person import Person
from tests.services.long_queue import breaking_hub

TITLES = [breaking_hub.ENDS, "Pump leaks", "Fan rattles"]


def test_an_edit_over_which_the_hub_ends_is_done_once_and_holds_nobody_up(tmp_path):
    def syncs() -> Connection:
        connection = dana.syncs().connection
        if connection is Connection.OFFLINE:
            hub.kill()
            hub.start_again()
        return connection

    with patch("tests.hub_process._HUB", [sys.executable, breaking_hub.__file__]):
        hub = HubProcess.start(tmp_path / "hub")
        hub.add_person("dana", "Dana Ortiz")
        dana = Person.signs_in(hub.url, "dana", tmp_path / "dana")
        dana.syncs()
        for title in TITLES:
            dana.records.create("work_order", {"title": title})
        while dana.reader.tally().waiting > 1:
            syncs()
        assert Connection.ONLINE in (syncs(), syncs())
        (item,) = dana.reader.queue()
        assert (item.edit.mine["title"], item.waiting) == (breaking_hub.ENDS, Waiting.SERVER)
        hub.stop()
    with hub.start_again():  # without the bug
        while dana.reader.queue():
            assert dana.syncs().connection is Connection.ONLINE
        rows = dana.reader.work_orders(WorkOrderQuery())
        assert sorted(row.title for row in rows) == sorted(TITLES)
        assert dana.endings() == ["applied"] * 3
        dana.leaves()

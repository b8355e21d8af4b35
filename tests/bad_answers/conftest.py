from __future__ import annotations

import pytest

from maintenance_desktop import disk
from maintenance_desktop.storage import database


@pytest.fixture(autouse=True)
def _no_power_cut(monkeypatch):
    """No power is cut here, so nothing has to reach the disk."""
    monkeypatch.setitem(disk.DURABLE, "synchronous", "off")
    monkeypatch.setitem(database.READING, "synchronous", "off")
    monkeypatch.setattr(disk, "is_durable", lambda connection: True)

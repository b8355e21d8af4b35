"""Real work orders of five excavators, where that data lies beside the project: in, and found again."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from maintenance_desktop.domain.views import AssetQuery, WorkOrderQuery
from tests.hub_process import HubProcess
from tests.person import Person

DATA = Path(__file__).parents[3] / "shared" / "data" / "excavators.csv"
ROWS = 2_000  # more would only take longer
TYPES = {"PM01": "corrective", "PM02": "preventive"}

pytestmark = pytest.mark.skipif(
    not DATA.is_file(), reason="the real data is not part of the project: ../shared/data/excavators.csv"
)


@pytest.fixture
def orders():
    """The real rows, under the names the import knows."""
    with DATA.open(encoding="utf-8", newline="") as stream:
        return [
            {
                "title": row["OriginalShorttext"],
                "asset_tag": f"EX-{row['Asset']}",
                "status": "completed",
                "work_type": TYPES.get(row["PMType"], ""),
                "created_at": f"{row['BscStartDate']}T00:00:00Z",
                "description": f"Cost {row['Cost']} AUD",
            }
            for row in islice(csv.DictReader(stream), ROWS)
        ]


@pytest.fixture
def hub(target, tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    database = target if isinstance(target, str) else None
    with HubProcess.start(tmp_path / "hub", database) as hub:
        hub.add_person("ada", "Ada Min", "admin")
        yield hub


def _write(file, rows):
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return str(file)


def test_real_work_orders_are_imported_once_and_found_by_the_client(hub, orders, tmp_path):
    tags = sorted({row["asset_tag"] for row in orders})
    assets = _write(tmp_path / "assets.csv", [{"tag": tag, "name": f"Excavator {tag[-1]}"} for tag in tags])
    file = _write(tmp_path / "orders.csv", orders)
    done = hub.run("import", "assets", assets)
    assert done.returncode == 0, done.stdout
    for said in (f"{len(orders)} added", f"0 added, 0 changed, {len(orders)} unchanged"):
        done = hub.run("import", "work-orders", file)
        assert (done.returncode, said in done.stdout) == (0, True), done.stdout + done.stderr

    ada = Person.signs_in(hub.url, "ada", tmp_path / "ada")
    try:
        ada.syncs()
        assert ada.reader.count_assets(AssetQuery(text="excavator")) == len(tags)
        assert ada.reader.count_work_orders(WorkOrderQuery()) == len(orders)
        found = ada.reader.work_orders(WorkOrderQuery(text="bucket teeth"), 0, len(orders))
        assert Counter(row.title for row in found) >= Counter(
            row["title"] for row in orders if "BUCKET TEETH" in row["title"].upper()
        )
        exact = ada.reader.work_orders(WorkOrderQuery(text="L/H BUCKET CYL LEAKING EX-A"), 0, 10)
        assert any((row.title, row.asset_tag) == ("L/H BUCKET CYL LEAKING.", "EX-A") for row in exact)
        assert {row.created_at[:10] for row in exact} <= {row["created_at"][:10] for row in orders}
    finally:
        ada.leaves()

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex

from maintenance_desktop.domain.views import AssetRow
from maintenance_desktop.ui.asset_list import AssetTree
from maintenance_desktop.ui.asset_tree import AssetTreeModel, TreeOrder
from maintenance_desktop.ui.settings import Settings
from tests.ui.fakes import CONVEYOR, HALL_1, HALL_2, MOTOR, PUMP, believable_plant, record_id


@pytest.fixture
def plant():
    plant = believable_plant()
    plant.has("asset", MOTOR, tag="M-204", name="Feed pump motor", status="down", parent_id=PUMP)
    return plant


def outline(model, above=QModelIndex(), depth=0, most=8) -> list[str]:  # noqa: B008 - an invalid index
    lines = []
    for row in range(model.rowCount(above)):
        index = model.index(row, 0, above)
        lines.append("  " * depth + str(model.data(index)))
        if depth < most:
            lines += outline(model, index, depth + 1, most)
    return lines


@pytest.mark.parametrize("order", list(TreeOrder))
def test_it_is_a_sound_model(plant, qtmodeltester, order):
    model = AssetTreeModel(plant, order)
    qtmodeltester.check(model)


def test_by_location(plant):
    assert outline(AssetTreeModel(plant)) == [
        "Hall 1 (H1)",
        "  C-11 Infeed conveyor",
        "Hall 2 (H2)",
        "  P-204 Feed pump",
        "    M-204 Feed pump motor",
    ]


def test_by_what_they_are_part_of(plant):
    assert outline(AssetTreeModel(plant, TreeOrder.PARENT)) == [
        "P-204 Feed pump",
        "  M-204 Feed pump motor",
        "C-11 Infeed conveyor",
    ]


def test_an_asset_never_stands_below_itself(plant, monkeypatch):
    pump, motor = AssetRow(PUMP, "P-204", "Feed pump"), AssetRow(MOTOR, "M-204", "Motor")
    below = {None: [pump], PUMP: [motor], MOTOR: [pump, motor]}
    monkeypatch.setattr(plant, "assets_below", lambda parent: below.get(parent, []))
    assert outline(AssetTreeModel(plant, TreeOrder.PARENT)) == ["P-204 Feed pump", "  M-204 Motor"]


def test_a_location_whose_parent_is_missing_stands_at_the_root(plant):
    plant.has("location", record_id(13), name="Annex", code="", parent_id=record_id(404))
    assert "Annex" in outline(AssetTreeModel(plant))


def test_branches_are_read_only_when_they_are_opened(plant, monkeypatch):
    asked = []
    real = plant.assets_below
    monkeypatch.setattr(plant, "assets_below", lambda parent: asked.append(parent) or real(parent))
    model = AssetTreeModel(plant)
    model.rowCount()
    assert asked == []


def test_markup_in_a_name_stays_text(plant):
    plant.has("asset", CONVEYOR, tag="C-11", name="<b>Infeed</b>", location_id=HALL_1)
    model = AssetTreeModel(plant)
    index = model.find((HALL_1, CONVEYOR))
    assert model.data(index) == "C-11 <b>Infeed</b>"
    assert "&lt;b&gt;" in model.data(index, 3)


def test_the_tree_keeps_its_place_when_assets_change(plant, qtbot, tmp_path):
    tree = AssetTree(plant, Settings(tmp_path / "s.ini"))
    qtbot.addWidget(tree)
    tree.look()
    tree.setExpanded(tree.tree.find((HALL_2, PUMP)), True)
    tree.setCurrentIndex(tree.tree.find((HALL_2, PUMP, MOTOR)))
    chosen = []
    tree.asset_chosen.connect(chosen.append)
    plant.has("asset", record_id(24), tag="A-1", name="Agitator", status="running", location_id=HALL_2)
    plant.server_changes("asset", MOTOR, name="New motor")
    tree.refresh()
    assert tree.asset_id() == MOTOR
    assert tree.isExpanded(tree.tree.find((HALL_2, PUMP)))
    assert tree.tree.data(tree.currentIndex()) == "M-204 New motor"
    assert tree.tree.find((HALL_2, record_id(24))).isValid()
    assert chosen == []


def test_nothing_is_read_again_when_nothing_changed(plant, qtbot, tmp_path):
    tree = AssetTree(plant, Settings(tmp_path / "s.ini"))
    qtbot.addWidget(tree)
    tree.look()
    with qtbot.assertNotEmitted(tree.tree.modelReset):
        tree.refresh()


def test_a_tree_that_nobody_looks_at_reads_nothing(plant, qtbot, tmp_path, monkeypatch):
    asked = []
    for name in ("assets_at", "assets_below", "locations", "count_assets"):
        real = getattr(plant, name)
        monkeypatch.setattr(
            plant, name, lambda *given, name=name, real=real: asked.append(name) or real(*given)
        )
    tree = AssetTree(plant, Settings(tmp_path / "s.ini"))
    qtbot.addWidget(tree)
    assert asked == []
    tree.look()
    assert "assets_at" in asked


def test_in_a_large_plant_a_location_is_not_looked_into_before_it_is_opened(plant, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.ui.asset_tree._LARGE", 1)
    asked = []
    real = plant.assets_at
    monkeypatch.setattr(plant, "assets_at", lambda place: asked.append(place) or real(place))
    model = AssetTreeModel(plant)
    assert model.hasChildren(model.find((HALL_1,)))
    assert HALL_1 not in asked

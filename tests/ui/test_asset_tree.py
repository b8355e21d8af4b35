from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QModelIndex

from maintenance_desktop.domain.views import AssetRow
from maintenance_desktop.ui.asset_branches import (
    ROOT,
    TreeOrder,
    first_look,
    look_again,
    look_below,
    look_for,
)
from maintenance_desktop.ui.asset_list import AssetTree
from maintenance_desktop.ui.asset_tree import AssetTreeModel
from maintenance_desktop.ui.settings import Settings
from tests.ui.fakes import CONVEYOR, HALL_1, HALL_2, MOTOR, PUMP, believable_plant, record_id
from tests.ui.fakes import workspace as make_workspace
from tests.ui.waiting import settle


@pytest.fixture
def plant():
    plant = believable_plant()
    plant.has("asset", MOTOR, tag="M-204", name="Feed pump motor", status="down", parent_id=PUMP)
    return plant


@pytest.fixture
def make_tree(qtbot, plant, tmp_path):
    def make() -> AssetTree:
        tree = AssetTree(plant, make_workspace(plant).reading, Settings(tmp_path / "s.ini"))
        qtbot.addWidget(tree)
        return tree

    return make


@pytest.fixture
def tree(make_tree, qtbot):
    tree = make_tree()
    tree.look()
    settle(qtbot, tree)
    return tree


def read(plant, order=TreeOrder.LOCATION, most=8) -> AssetTreeModel:
    """A tree with everything that is in it, as if somebody had opened every branch."""
    model = AssetTreeModel()
    model.show(order, first_look(plant, order).branches)
    model.branch_wanted.connect(lambda path: model.add(look_below(plant, order, [path]).branches))
    open_all(model, QModelIndex(), most)
    return model


def open_all(model, above, most) -> None:
    if model.canFetchMore(above):
        model.fetchMore(above)
    for row in range(model.rowCount(above) if most else 0):
        open_all(model, model.index(row, 0, above), most - 1)


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
    qtmodeltester.check(read(plant, order))


@pytest.mark.parametrize("order", list(TreeOrder))
def test_it_is_sound_while_branches_join(plant, qtmodeltester, order):
    wanted = []
    model = AssetTreeModel()
    model.branch_wanted.connect(wanted.append)
    qtmodeltester.check(model)
    model.show(order, {ROOT: first_look(plant, order).branches[ROOT]})
    while wanted:
        model.add(look_below(plant, order, [wanted.pop()]).branches)
    open_all(model, QModelIndex(), 8)
    assert outline(model) == outline(read(plant, order))


def test_by_location(plant):
    assert outline(read(plant)) == [
        "Hall 1 (H1)",
        "  C-11 Infeed conveyor",
        "Hall 2 (H2)",
        "  P-204 Feed pump",
        "    M-204 Feed pump motor",
    ]


def test_by_what_they_are_part_of(plant):
    assert outline(read(plant, TreeOrder.PARENT)) == [
        "P-204 Feed pump",
        "  M-204 Feed pump motor",
        "C-11 Infeed conveyor",
    ]


def test_an_asset_never_stands_below_itself(plant, monkeypatch):
    pump, motor = AssetRow(PUMP, "P-204", "Feed pump"), AssetRow(MOTOR, "M-204", "Motor")
    below = {None: [pump], PUMP: [motor], MOTOR: [pump, motor]}
    monkeypatch.setattr(plant, "assets_below", lambda parent: below.get(parent, []))
    assert outline(read(plant, TreeOrder.PARENT)) == ["P-204 Feed pump", "  M-204 Motor"]


def test_a_location_whose_parent_is_missing_stands_at_the_root(plant):
    plant.has("location", record_id(13), name="Annex", code="", parent_id=record_id(404))
    assert "Annex" in outline(read(plant))


def test_branches_are_read_only_when_they_are_opened(plant, make_tree, qtbot):
    plant.has("location", record_id(14), name="Cellar", code="", parent_id=HALL_2)
    plant.has("asset", record_id(25), tag="S-1", name="Sump", status="running", location_id=record_id(14))
    tree = make_tree()
    tree.look()
    settle(qtbot, tree)
    assert not tree.tree.find((HALL_2, record_id(14), record_id(25))).isValid()
    cellar = tree.tree.find((HALL_2, record_id(14)))
    assert tree.tree.hasChildren(cellar)
    tree.expand(cellar)
    qtbot.waitUntil(lambda: tree.tree.find((HALL_2, record_id(14), record_id(25))).isValid())


def test_a_branch_that_is_empty_when_it_is_opened_has_nothing_below_it(plant, make_tree, qtbot, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.ui.asset_branches._LARGE", 1)
    plant.has("location", record_id(14), name="Cellar", code="", parent_id=HALL_2)
    tree = make_tree()
    tree.look()
    settle(qtbot, tree)
    cellar = tree.tree.find((HALL_2, record_id(14)))
    assert tree.tree.hasChildren(cellar)
    tree.expand(cellar)
    qtbot.waitUntil(lambda: not tree.tree.hasChildren(tree.tree.find((HALL_2, record_id(14)))))


def test_markup_in_a_name_stays_text(plant):
    plant.has("asset", CONVEYOR, tag="C-11", name="<b>Infeed</b>", location_id=HALL_1)
    model = read(plant)
    index = model.find((HALL_1, CONVEYOR))
    assert model.data(index) == "C-11 <b>Infeed</b>"
    assert "&lt;b&gt;" in model.data(index, 3)


def test_the_tree_keeps_its_place_when_assets_change(plant, tree, qtbot):
    tree.setExpanded(tree.tree.find((HALL_2, PUMP)), True)
    settle(qtbot, tree)
    tree.setCurrentIndex(tree.tree.find((HALL_2, PUMP, MOTOR)))
    chosen = []
    tree.asset_chosen.connect(chosen.append)
    plant.has("asset", record_id(24), tag="A-1", name="Agitator", status="running", location_id=HALL_2)
    plant.server_changes("asset", MOTOR, name="New motor")
    tree.refresh()
    settle(qtbot, tree)
    assert tree.asset_id() == MOTOR
    assert tree.isExpanded(tree.tree.find((HALL_2, PUMP)))
    assert tree.tree.data(tree.currentIndex()) == "M-204 New motor"
    assert tree.tree.find((HALL_2, record_id(24))).isValid()
    assert chosen == []


def test_nothing_is_shown_again_when_nothing_changed(tree, qtbot):
    with qtbot.assertNotEmitted(tree.tree.modelReset), qtbot.waitSignal(tree.refreshed):
        tree.refresh()


def test_what_changes_while_it_is_read_is_read_once_more(plant, tree, qtbot):
    tree.refresh()
    plant.server_changes("asset", PUMP, name="New pump")
    tree.refresh()
    settle(qtbot, tree)
    assert tree.tree.data(tree.tree.find((HALL_2, PUMP))) == "P-204 New pump"


def test_a_tree_that_nobody_looks_at_reads_nothing(plant, make_tree, qtbot, monkeypatch):
    asked = []
    for name in ("assets_at", "assets_below", "locations", "count_assets"):
        real = getattr(plant, name)
        monkeypatch.setattr(
            plant, name, lambda *given, name=name, real=real: asked.append(name) or real(*given)
        )
    tree = make_tree()
    assert asked == []
    tree.look()
    settle(qtbot, tree)
    assert "assets_at" in asked


def test_nothing_is_read_on_the_thread_of_the_window(plant, make_tree, qtbot, monkeypatch):
    threads = set()
    for name in ("assets_at", "assets_below", "locations", "count_assets"):
        real = getattr(plant, name)
        monkeypatch.setattr(
            plant, name, lambda *given, real=real: threads.add(threading.current_thread()) or real(*given)
        )
    tree = make_tree()
    tree.look()
    settle(qtbot, tree)
    tree.expandAll()
    tree.refresh()
    settle(qtbot, tree)
    tree.go_to(MOTOR)
    tree.show_order(TreeOrder.PARENT)
    settle(qtbot, tree)
    assert tree.asset_id() == MOTOR
    assert threads
    assert threading.main_thread() not in threads


def test_who_goes_elsewhere_while_an_asset_is_looked_for_stays_there(tree, qtbot):
    tree.go_to(MOTOR)
    tree.setCurrentIndex(tree.tree.find((HALL_1, CONVEYOR)))
    settle(qtbot, tree)
    assert tree.asset_id() == CONVEYOR


def test_in_a_large_plant_a_location_is_not_looked_into_before_it_is_opened(plant, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.ui.asset_branches._LARGE", 1)
    asked = []
    real = plant.assets_at
    monkeypatch.setattr(plant, "assets_at", lambda place: asked.append(place) or real(place))
    look = look_below(plant, TreeOrder.LOCATION, [ROOT])
    assert [twig.is_end for twig in look.branches[ROOT]] == [False, False]
    assert HALL_1 not in asked


def test_a_second_look_tells_what_is_different(plant):
    known = first_look(plant, TreeOrder.LOCATION).branches
    assert look_again(plant, TreeOrder.LOCATION, known).branches == {}
    plant.server_changes("asset", PUMP, name="New pump")
    assert list(look_again(plant, TreeOrder.LOCATION, known).branches) == [(HALL_2,)]


def test_an_asset_is_found_with_the_branches_on_the_way_to_it(plant):
    look = look_for(plant, TreeOrder.LOCATION, MOTOR, {})
    assert look.place == (HALL_2, PUMP, MOTOR)
    assert list(look.branches) == [ROOT, (HALL_2,), (HALL_2, PUMP)]
    assert look_for(plant, TreeOrder.LOCATION, "gone", {}).place == ROOT

"""Exporting and importing are cut off at any moment: everything is on the server once all the same."""

from __future__ import annotations

import copy
import shutil

from tests.person import Person
from tests.services.fakes import FakeLine, joins
from tests.storage.test_survival import camera, reopened

__all__ = ["camera"]


def saves_something(person, order) -> None:
    person.changes(order, title="Pump drips")
    person.logs_hours(order, 2)
    person.changes(order, description="Under the flange")
    person.logs_hours(person.records.create("work_order", {"title": "Second pump"}), 3)
    person.changes(order, status="completed")


def is_there_once(hub, order) -> None:
    record = hub.record(order)
    assert sorted(labor["hours"] for labor in hub.of_type("labor")) == [2, 3]
    assert (record["title"], record["description"]) == ("Pump drips", "Under the flange")
    assert record["status"] == "completed"
    assert [row["title"] for row in hub.of_type("work_order")].count("Second pump") == 1


def test_an_import_can_be_cut_off_at_any_moment(camera, monkeypatch, tmp_path):
    order = camera.hub.has("work_order", title="Pump leaks", description="As found")
    camera.is_off = True
    first, file = joins(camera.hub, "dana", tmp_path / "first"), tmp_path / "waiting.json"
    first.syncs()
    saves_something(first, order)
    first.carrying.export(file)
    first.leaves()
    second = joins(camera.hub, "dana", camera.folder)
    second.syncs()
    camera.is_off = False
    second.carrying.bring(second.carrying.read(file))
    second.syncs()
    second.leaves()
    monkeypatch.undo()
    assert len(camera.moments) > 5
    for number, moment in enumerate(camera.moments):
        shutil.copytree(tmp_path / "first", tmp_path / f"first-{number}")
        away = Person(FakeLine(moment.hub, "dana"), tmp_path / f"first-{number}", seed=number)
        again = reopened(moment)
        pending = again.reader.queue()
        brought = again.carrying.bring(again.carrying.read(file))
        assert len(brought.edits) in (0, len(away.reader.queue())), number
        assert not pending or not brought.edits, number
        for person in (away, again) if number % 2 else (again, away):
            for _ in range(3):
                assert person.syncs().needs_you == (), number
            assert person.reader.queue() == [], number
        is_there_once(moment.hub, order)
        away.leaves()
        again.leaves()


def test_an_export_can_be_cut_off_at_any_moment(camera, monkeypatch, tmp_path):
    order = camera.hub.has("work_order", title="Pump leaks", description="As found")
    camera.is_off = True
    first = joins(camera.hub, "dana", camera.folder)
    first.syncs()
    saves_something(first, order)
    camera.is_off = False
    first.carrying.export(camera.folder / "waiting.json")
    camera.shoot()
    first.leaves()
    monkeypatch.undo()
    seen = set()
    for moment in camera.moments:
        again = reopened(moment)
        edits = again.profile.outbox.pending()
        is_written = (moment.folder / "waiting.json").exists()
        seen.add((is_written, all(edit.is_frozen for edit in edits)))
        if is_written:
            elsewhere = joins(copy.deepcopy(moment.hub), "dana", moment.folder / "elsewhere")
            brought = elsewhere.carrying.bring(elsewhere.carrying.read(moment.folder / "waiting.json"))
            assert len(brought.edits) == len(edits)
            elsewhere.leaves()
        for _ in range(3):
            again.syncs()
        is_there_once(moment.hub, order)
        again.leaves()
    assert {(False, False), (True, True)} <= seen
    assert (True, False) not in seen  # what is in a file is never still open to change

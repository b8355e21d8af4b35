from __future__ import annotations

import csv
import gzip
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.hub.backup import backup, backup_into, restore
from maintenance_desktop.hub.changes import read_page
from maintenance_desktop.hub.errors import Problem, SetupError
from maintenance_desktop.hub.export import export
from maintenance_desktop.hub.importing import import_file
from maintenance_desktop.hub.sessions import sign_in
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.hub.tables import guard, read_cell, unguard, write_cell

from .world import PASSWORD, edit, new_id, read_everything

ODD_TEXTS = [
    "=1+1",
    "+49 30",
    "-5",
    "@SUM(A1)",
    "'quoted",
    "'=x",
    "\ttab",
    'a "quoted", text',
    "two\r\nlines",
    "<b>",
    "עברית 💧",
]


def _write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _counts(result):
    return result.added, result.changed, result.unchanged, len(result.mistakes)


def _records(world, record_type):
    return [line["record"] for line in world.read_all()[0] if line["type"] == record_type]


def test_a_round_trip_through_a_file_is_exact(world, tmp_path):
    hall = world.create("location", {"name": "Hall", "code": "H1"})
    line = world.asset("=L1", name="Line", location_id=hall)
    for n, text in enumerate(ODD_TEXTS):
        world.asset(f"P-{n}", name=text.strip(), notes=text, parent_id=line)
        world.work_order(
            title=text, description=text, asset_id=line, estimated_hours=Decimal("2.5"), problem=""
        )
    done = world.work_order(assigned_to=world.bob)
    world.update("work_order", done, 1, {"status": "completed"}, world.dana)
    world.update("work_order", done, 2, {"status": "closed"})
    before = {line["id"]: line for line in world.read_all()[0]}
    for kind in ("people", "assets", "work-orders"):
        count = export(world.store, kind, tmp_path / f"{kind}.csv")
        result = import_file(world.store, kind, tmp_path / f"{kind}.csv", person_id=world.admin)
        assert _counts(result) == (0, 0, count, 0)
    assert {line["id"]: line for line in world.read_all()[0]} == before


def test_an_export_goes_into_another_hub_whole(world, tmp_path, hub_hasher, clock):
    line = world.asset("L1")
    world.asset("P1", parent_id=line, notes="=cmd|' /C calc'!A0")
    world.work_order(asset_id=line, downtime_minutes=5)
    other = HubStore.open(tmp_path / "other", clock=clock, hasher=hub_hasher)
    try:
        for kind in ("people", "assets", "work-orders"):
            export(world.store, kind, tmp_path / "out.csv")
            result = import_file(other, kind, tmp_path / "out.csv", person_id=None)
            assert not result.mistakes
            export(other, kind, tmp_path / "again.csv")
            assert _lines(tmp_path / "again.csv") == _lines(tmp_path / "out.csv")
    finally:
        other.close()


def test_no_cell_of_an_export_is_a_formula(world, tmp_path):
    for n, text in enumerate(ODD_TEXTS):
        world.asset(f"P-{n}", name="x", notes=text)
    export(world.store, "assets", tmp_path / "assets.csv")
    with (tmp_path / "assets.csv").open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@given(st.text())
def test_guarding_is_undone_exactly(text):
    assert unguard(guard(text)) == text


def test_text_from_elsewhere_keeps_its_apostrophe():
    assert unguard("'s Hertogenbosch") == "'s Hertogenbosch"


def test_bad_rows_are_reported_with_line_and_field_and_the_others_go_in(world, tmp_path):
    file = _write(
        tmp_path / "assets.csv",
        "tag,name,status,location_code,installed_on,criticality,parent_tag,colour",
        "A-1,Pump,running,,2020-01-31,a,,red",
        "A-2,,running,,,,,",
        'A-3,"Two',
        'lines",broken,,,,,',
        "A-4,Fan,running,H9,,,,",
        "A-5,Fan,running,,yesterday,,,",
        ",Fan,running,,,,,",
        "A-6,Fan,,,,,A-1,",
        "",
        "A-7,Fan,,,,,A-99,",
        "A-8,Fan,,,,,A-8,",
    )
    result = import_file(world.store, "assets", file, person_id=world.admin)
    assert _counts(result)[:3] == (2, 0, 0)
    assert [(mistake.line, mistake.field) for mistake in result.mistakes] == [
        (3, "name"),
        (4, "status"),
        (6, "location_code"),
        (7, "installed_on"),
        (8, "tag"),
        (11, "parent_tag"),
        (12, "parent_tag"),
    ]
    found = {record["tag"]: record for record in _records(world, "asset")}
    assert set(found) == {"A-1", "A-6"}
    assert found["A-6"]["status"] == "running"


def test_the_same_file_twice_adds_nothing(world, tmp_path):
    world.asset("P-1")
    file = _write(
        tmp_path / "orders.csv",
        "number,title,asset_tag,status,created_at,created_by,assigned_to,estimated_hours",
        "WO-7,Old one,P-1,completed,2020-01-01T08:00:00Z,bob,dana,2.50",
        ",Dated,P-1,open,2021-01-01T08:00:00Z,,,",
        ",Dated,,open,2021-01-01T08:00:00Z,,,",
        ",Nameless,,,,,,",
        ",Nameless,,,,,,",
    )
    assert _counts(import_file(world.store, "work-orders", file, person_id=world.admin)) == (5, 0, 0, 0)
    before = world.read_all()[0]
    assert _counts(import_file(world.store, "work-orders", file, person_id=world.admin)) == (0, 0, 5, 0)
    assert world.read_all()[0] == before
    old = next(record for record in _records(world, "work_order") if record["number"] == "WO-7")
    assert (old["created_at"], old["created_by"]) == ("2020-01-01T08:00:00.000Z", world.bob)
    assert old["completed_by"] is None
    numbers = {record["number"] for record in _records(world, "work_order")}
    assert numbers == {"WO-7", "WO-1001", "WO-1002", "WO-1003", "WO-1004"}


def test_two_orders_of_one_day_with_the_same_words_are_two_orders(world, tmp_path):
    world.asset("P-1")
    file = _write(
        tmp_path / "orders.csv",
        "title,asset_tag,created_at,estimated_hours",
        "Replace teeth,P-1,2021-01-01T08:00:00Z,1",
        "Replace teeth,P-1,2021-01-01T08:00:00Z,2",
        "Replace teeth,P-1,2021-01-01T08:00:00Z,2",
        "Replace teeth,,2021-01-01T08:00:00Z,2",
    )
    for dry_run in (True, False):
        result = import_file(world.store, "work-orders", file, person_id=world.admin, dry_run=dry_run)
        assert _counts(result) == (4, 0, 0, 0)
    assert sorted(record["estimated_hours"] for record in _records(world, "work_order")) == [1, 2, 2, 2]
    before = world.read_all()[0]
    assert _counts(import_file(world.store, "work-orders", file, person_id=world.admin)) == (0, 0, 4, 0)
    assert world.read_all()[0] == before


def test_the_same_file_adds_nothing_after_people_worked_with_it(world, tmp_path):
    file = _write(
        tmp_path / "orders.csv",
        "title,created_at",
        "Tpyo,2021-01-01T08:00:00Z",
        "Not wanted,2021-01-01T08:00:00Z",
    )
    import_file(world.store, "work-orders", file, person_id=world.admin)
    ids = {row["record"]["title"]: row["id"] for row in world.read_all()[0] if row["type"] == "work_order"}
    world.delete("work_order", ids["Not wanted"], 1)
    result = world.update("work_order", ids["Tpyo"], 1, {"title": "Typo"})
    assert result["outcome"] == "applied"
    assert _counts(import_file(world.store, "work-orders", file, person_id=world.admin)) == (0, 1, 1, 0)
    assert [record["title"] for record in _records(world, "work_order")] == ["Tpyo"]


def test_references_may_stand_under_their_fields_own_names(world, tmp_path):
    hall = world.create("location", {"name": "Hall", "code": "H"})
    line = world.asset("L-1")
    assets = _write(tmp_path / "a.csv", "tag,name,parent_id,location_id", f"P-1,Pump,{line},{hall}")
    assert _counts(import_file(world.store, "assets", assets, person_id=world.admin)) == (1, 0, 0, 0)
    found = {record["tag"]: record for record in _records(world, "asset")}
    assert (found["P-1"]["parent_id"], found["P-1"]["location_id"]) == (line, hall)
    orders = _write(tmp_path / "o.csv", "title,asset_id,asset_tag", f"One,{line},", "Two,,L-1", "No,x,")
    result = import_file(world.store, "work-orders", orders, person_id=world.admin)
    assert [(mistake.line, mistake.field) for mistake in result.mistakes] == [(4, "asset_tag")]
    assert [record["asset_id"] for record in _records(world, "work_order")] == [line, line]


def test_a_changed_file_changes_what_is_there(world, tmp_path):
    world.asset("P-1", notes="Keep")
    file = _write(tmp_path / "assets.csv", "tag,name", "P-1,New name", "P-1,Newer name")
    assert _counts(import_file(world.store, "assets", file, person_id=world.admin)) == (0, 2, 0, 0)
    (record,) = _records(world, "asset")
    assert (record["name"], record["notes"]) == ("Newer name", "Keep")
    _, cursor = world.read_all()
    assert world.read_all(cursor)[0] == []


def test_people_come_without_a_password(world, tmp_path):
    file = _write(
        tmp_path / "people.csv", "username,name,role,active", "new,New One,planner,no", "DANA,Dana,,yes"
    )
    assert _counts(import_file(world.store, "people", file)) == (1, 1, 0, 0)
    found = {record["username"]: record for record in _records(world, "person")}
    assert found["new"]["active"] is False
    assert found["DANA"]["role"] == "technician"


def test_a_dry_run_tells_the_same_and_writes_nothing(world, tmp_path):
    file = _write(tmp_path / "assets.csv", "tag,name", "P-1,Pump", "P-2,", "P-1,Pump")
    before = world.read_all()
    assert _counts(import_file(world.store, "assets", file, person_id=world.admin, dry_run=True)) == (
        1,
        0,
        1,
        1,
    )
    assert world.read_all() == before


def test_a_number_of_a_deleted_work_order_stays_its_own(world, tmp_path):
    world.delete("work_order", world.work_order(), 1)
    file = _write(tmp_path / "orders.csv", "number,title", "WO-1001,Again")
    (mistake,) = import_file(world.store, "work-orders", file, person_id=world.admin).mistakes
    assert (mistake.line, mistake.field) == (2, "number")


def test_two_locations_of_one_name_are_not_guessed(world, tmp_path):
    for _ in range(2):
        world.create("location", {"name": "Hall", "code": "H"})
    file = _write(tmp_path / "assets.csv", "tag,name,location_code", "P-1,Pump,H")
    (mistake,) = import_file(world.store, "assets", file, person_id=world.admin).mistakes
    assert "more than one" in mistake.message


def test_a_part_may_stand_before_its_whole(world, tmp_path):
    file = _write(tmp_path / "a.csv", "tag,name,parent_tag", "C,c,B", "B,b,A", "A,a,", "X,x,Y", "Y,y,X")
    for dry_run in (True, False):
        result = import_file(world.store, "assets", file, person_id=world.admin, dry_run=dry_run)
        assert _counts(result)[:3] == (3, 0, 0)
        assert [mistake.line for mistake in result.mistakes] == [5, 6]


def test_progress_is_told_after_each_batch(world, tmp_path):
    file = _write(tmp_path / "a.csv", "tag,name", *(f"P-{n},Pump" for n in range(1_050)))
    progress = []
    import_file(world.store, "assets", file, person_id=world.admin, on_progress=progress.append)
    assert progress == [500, 1000, 1050]
    assert len(_records(world, "asset")) == 1_050


@pytest.mark.parametrize("content", [b"", b"colour,size\n", b"tag,name\n\xff\xfe,x\n", b'tag,name\n"a"b,x\n'])
def test_a_file_that_is_no_table_is_refused_in_a_sentence(world, tmp_path, content):
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(SetupError, match=r"bad\.csv"):
        import_file(world.store, "assets", file, person_id=world.admin)


def test_files_that_cannot_be_opened(world, tmp_path):
    for call in (
        lambda: import_file(world.store, "assets", tmp_path / "none.csv"),
        lambda: export(world.store, "assets", tmp_path / "no" / "dir.csv"),
        lambda: backup(world.store, tmp_path / "no" / "dir"),
        lambda: restore(world.store, tmp_path / "none"),
    ):
        with pytest.raises(SetupError):
            call()


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("1e400", Decimal("1e400")), ("x", "x"), ("NaN", None), ("2.50", Decimal("2.5"))],
)
def test_number_cells(text, value):
    read = read_cell(SPECS["work_order"].field("estimated_hours"), text)
    assert read == value or (text == "NaN" and read.is_nan())
    assert write_cell(Decimal("2.5")) == "2.5"


def test_a_backup_brings_everything_back_into_any_database_under_a_new_epoch(
    world, tmp_path, hub_hasher, clock
):
    work = world.work_order()
    labor = world.labor(work)
    gone = world.work_order()
    world.delete("work_order", gone, 1)
    found, cursor = world.read_all()
    facts = world.store.facts()
    token_count = sign_in(world.store, "dana", PASSWORD, address="a")
    backup(world.store, tmp_path / "hub.backup")
    assert (tmp_path / "hub.backup").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("hub.backup*")] == ["hub.backup"]

    other = HubStore.open(tmp_path / "other", clock=clock, hasher=hub_hasher)
    try:
        restore(other, tmp_path / "hub.backup")
        assert _same(read_everything(other)[0], found)
        assert other.facts().instance == facts.instance
        assert other.facts().epoch != facts.epoch
        with pytest.raises(Problem):
            read_page(other, cursor, 10)
        assert sign_in(other, "dana", PASSWORD, address="a")["person"] == token_count["person"]
    finally:
        other.close()
    world.update("work_order", work, 1, {"title": "Lost"})
    restore(world.store, tmp_path / "hub.backup")
    assert _same(world.read_all()[0], found)
    restored = world.update("work_order", gone, 2, {"title": "Back"})
    assert restored["record"]["number"] == "WO-1002"
    assert labor in {line["id"] for line in found}


def test_an_edit_applied_before_the_backup_is_still_known_after_it(world, tmp_path):
    once = edit("create", "work_order", new_id(), {"title": "A", "status": "open"})
    world.push(world.dana, once)
    backup(world.store, tmp_path / "b")
    restore(world.store, tmp_path / "b")
    assert world.push(world.dana, once)["replayed"]


def test_a_damaged_backup_changes_nothing(world, tmp_path):
    world.work_order()
    backup(world.store, tmp_path / "good")
    whole = (tmp_path / "good").read_bytes()
    lines = gzip.decompress(whole).decode().splitlines(keepends=True)
    before, facts = world.read_all()[0], world.store.facts()
    bad = {
        "cut": whole[:-20],
        "text": b"hello",
        "short": gzip.compress("".join(lines[:-1]).encode()),
        "other": gzip.compress(json.dumps(["something", "1"]).encode()),
        "fewer": gzip.compress("".join(lines[:5] + lines[6:]).encode()),
        "not-json": gzip.compress(("".join(lines[:2]) + "{\n").encode()),
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SetupError, match=name):
            restore(world.store, tmp_path / name)
    assert (world.read_all()[0], world.store.facts()) == (before, facts)


def _lines(file):
    return sorted(file.read_text(encoding="utf-8-sig").splitlines())


def _same(one, other):
    return sorted(one, key=lambda line: line["id"]) == sorted(other, key=lambda line: line["id"])


def test_of_many_backups_the_newest_stay(world, clock, tmp_path):
    (tmp_path / "maintenance-hub-notes.txt").write_text("not a backup")
    made = []
    for _ in range(4):
        file, count = backup_into(world.store, tmp_path, keep=2)
        made.append(file)
        clock.move(days=1)
    assert count > 0
    assert made[0].name == "maintenance-hub-20261122T100000Z.backup.gz"
    assert sorted(tmp_path.glob("*.gz")) == made[2:]
    assert (tmp_path / "maintenance-hub-notes.txt").exists()
    restore(world.store, made[-1])


def test_a_backup_that_fails_deletes_no_older_one(world, clock, tmp_path):
    old, _ = backup_into(world.store, tmp_path, keep=1)
    clock.move(days=1)
    (tmp_path / "maintenance-hub-20261123T100000Z.backup.gz.unfinished").mkdir()
    with pytest.raises(SetupError, match="cannot be written"):
        backup_into(world.store, tmp_path, keep=1)
    assert old.exists()
    with pytest.raises(SetupError, match="--keep 0"):
        backup_into(world.store, tmp_path, keep=0)

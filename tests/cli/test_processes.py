"""The mission's examples by `maintenance-cli` as real processes, against a real hub."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from maintenance_desktop.cli import main
from maintenance_desktop.cli.desk import now
from maintenance_desktop.storage.profiles import Profile
from tests.cli.conftest import PASSWORD, Shell


@pytest.fixture
def ada(hub, tmp_path):
    """The person whose commands are processes."""
    return Shell.of("ada", tmp_path, hub)


def make(dana, ada, **fields):
    """A work order of Dana's that both know: its id and number."""
    record_id = dana.records.create("work_order", fields)
    dana.syncs()
    ada("sync")
    return record_id, dana.sees(record_id).fields["number"]


def both_change(hub, ada, dana):
    """Ada works offline; Dana changes the same work order meanwhile. Its id, its number, the conflict."""
    record_id, number = make(dana, ada, title="Pump leaks", priority="low", description="Drips")
    hub.stop()
    saved = ada.json("update", number, "--title", "Pump leaks at the seal", code=4)
    assert (saved["connection"], saved["waiting"], saved["mark"]) == ("offline", 1, "waiting")
    assert ada.record(number)["title"] == "Pump leaks at the seal"
    hub.start_again()
    dana.changes(record_id, priority="critical", description="Gushes")
    dana.syncs()
    assert ada.json("sync", code=3)["conflicts"] == 1
    (asked,) = ada.json("notifications")
    assert (asked["kind"], asked["number"], asked["changed_by_name"]) == ("conflict", number, "Dana Ortiz")
    fields = {one["name"]: (one["base"], one["mine"], one["theirs"]) for one in asked["fields"]}
    assert fields == {
        "title": ("Pump leaks", "Pump leaks at the seal", "Pump leaks"),
        "priority": ("low", "low", "critical"),
        "description": ("Drips", "Drips", "Gushes"),
    }
    return record_id, number, asked


def seen_by(dana, record_id):
    dana.syncs()
    fields = dana.sees(record_id).fields
    return fields["title"], fields["priority"], fields["description"]


def test_overwrite_makes_the_other_persons_changes_revert(hub, ada, dana):
    record_id, _, asked = both_change(hub, ada, dana)
    ada("overwrite", asked["id"])
    assert ada.json("notifications") == []
    assert seen_by(dana, record_id) == ("Pump leaks at the seal", "low", "Drips")
    assert [one["ending"] for one in ada.json("history")] == ["applied_by_overwrite", "replaced"]


def test_discard_keeps_what_the_other_person_did(hub, ada, dana):
    record_id, number, asked = both_change(hub, ada, dana)
    ada("discard", asked["id"])
    assert ada.record(number)["description"] == "Gushes"
    assert seen_by(dana, record_id) == ("Pump leaks", "critical", "Gushes")
    (ended,) = ada.json("history")
    assert (ended["ending"], ended["mine"]["title"]) == ("discarded", "Pump leaks at the seal")


def test_overwrite_in_a_race_asks_again(hub, ada, dana):
    record_id, number, asked = both_change(hub, ada, dana)
    dana.changes(record_id, priority="high")
    dana.syncs()
    ada("overwrite", asked["id"], code=3)
    (again,) = ada.json("notifications")
    assert again["id"] != asked["id"]
    assert (again["version"], again["record_id"]) == (asked["version"] + 1, record_id)
    assert "high" in {one["theirs"] for one in again["fields"]}
    ada("overwrite", number)
    assert seen_by(dana, record_id) == ("Pump leaks at the seal", "low", "Drips")


def test_hours_on_a_work_order_that_was_completed_meanwhile(hub, ada, dana):
    record_id, number = make(dana, ada, title="Grease the bearing")
    hub.stop()
    ada("log-hours", number, "2.5", "--note", "waited for the crane", code=4)
    hub.start_again()
    dana.changes(record_id, status="completed")
    dana.syncs()
    assert ada.json("sync", code=3)["errors"] == 1
    (asked,) = ada.json("notifications")
    assert (asked["kind"], asked["type"], asked["code"]) == ("error", "labor", "work_order_finished")
    assert asked["number"] == number
    assert asked["message"].startswith(f"Dana Ortiz completed {number} ")
    assert asked["message"].endswith(", so 2.5 h were not added.")
    ada("acknowledge", asked["id"])
    assert ada.json("notifications") == []
    (ended,) = ada.json("history")
    assert (ended["ending"], ended["mine"]["hours"], ended["mine"]["note"]) == (
        "acknowledged",
        2.5,
        "waited for the crane",
    )
    dana.syncs()
    assert dana.reader.children("labor", record_id) == []


@pytest.mark.parametrize(("answer", "title"), [("overwrite", "Mine"), ("discard", None)])
def test_deleted_by_another_while_i_changed_it(hub, ada, dana, answer, title):
    record_id, number = make(dana, ada, title="Old belt")
    hub.stop()
    ada("update", number, "--title", "Mine", code=4)
    hub.start_again()
    dana.records.delete(dana.sees(record_id))
    dana.syncs()
    ada("sync", code=3)
    (asked,) = ada.json("notifications")
    assert asked["deleted"]
    assert "Dana Ortiz deleted" in asked["message"]
    ada(answer, asked["id"])
    dana.syncs()
    found = dana.reader.record("work_order", record_id)
    assert (found.fields["title"], found.fields["number"]) == (title, number) if title else found is None
    ada("show", number, code=0 if title else 1)


def test_work_saved_offline_goes_out_in_order_when_the_server_is_back(hub, ada, dana):
    hub.stop()
    created = ada.json("create", "--title", "Oil on the floor", code=4)
    assert created["number"] == "New-1"
    ada("log-hours", "new-1", "0,5", code=4)
    ada("complete", "New-1", "--notes", "cleaned", code=4)
    assert [one["type"] for one in ada.json("queue")] == ["work_order", "labor", "work_order"]
    assert "does not answer" in ada("sync", code=4).err
    hub.start_again()
    assert ada.json("sync")["applied"] == 3
    dana.syncs()
    found = dana.sees(created["id"])
    assert (found.fields["status"], found.fields["completion_notes"]) == ("completed", "cleaned")
    (labor,) = dana.reader.children("labor", created["id"])
    assert str(labor.fields["hours"]) == "0.5"


def test_without_keyring_nothing_secret_is_written_and_each_command_signs_in_afresh(hub, ada):
    for path in ada.folder.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes()
            assert b"token" not in path.read_bytes().lower() or path.suffix == ".db"
    del ada.environment["MAINTENANCE_PASSWORD"]
    assert "Sign in" in ada("sync", code=1).err
    saved = ada("create", "--title", "Kept", "--json", code=4)
    assert saved.json["connection"] == "sign_in_required"
    wrong = ada("sync", code=1, MAINTENANCE_PASSWORD="wrong")
    assert "wrong" in wrong.err
    assert ada.json("queue")[0]["title"] == "Kept"
    ada("sync", MAINTENANCE_PASSWORD=PASSWORD)
    assert ada.json("queue") == []


def test_commands_at_the_same_time_wait_for_each_other(hub, ada):
    titles = [f"Side by side {n}" for n in range(2)]
    with ThreadPoolExecutor() as pool:
        for made in [pool.submit(ada, "create", "--title", title) for title in titles]:
            made.result()
    found = ada.json("list", "work-orders", "--search", "Side by side")
    assert sorted(one["title"] for one in found) == titles


def test_no_folder_is_made_where_nobody_signed_in(tmp_path):
    assert main(["--profile", str(tmp_path / "nobody"), "sync"]) == 1
    assert not (tmp_path / "nobody").exists()


def test_a_second_program_on_the_profile_is_told_so(hub, terminal, monkeypatch):
    monkeypatch.setattr("maintenance_desktop.cli.desk.PATIENCE", 0)
    monkeypatch.setattr("maintenance_desktop.cli.connecting.PATIENCE", 0)
    monkeypatch.setenv("MAINTENANCE_PASSWORD", PASSWORD)
    profile = Profile(terminal.folder, now())
    try:
        for words in (["list", "work-orders"], ["sync"], ["create", "--title", "x"]):
            refused = terminal(*words, code=1)
            assert "open in another window" in refused.err
            assert refused.out == ""
        assert "another window" in terminal("sign-in", hub.url, "ada", code=1).err
    finally:
        profile.close()
    assert terminal.json("queue") == []


def test_a_terminal_that_can_show_nothing_loses_nothing(hub, ada):
    title = "Öl läuft aus – 油漏れ <b>😀"
    made = ada("create", "--title", title, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="1")
    number = made.out.split(":")[0]
    assert ada.record(number)["title"] == title
    listed = ada("list", "work-orders", PYTHONIOENCODING="ascii:strict")
    assert "l l" in listed.out
    as_json = ada("list", "work-orders", "--json", PYTHONIOENCODING="ascii:strict")
    assert as_json.json[0]["title"] == title


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
def test_an_argument_that_is_no_text_is_wrong_usage(ada):
    command = [
        sys.executable,
        "-m",
        "maintenance_desktop.cli",
        "--profile",
        str(ada.folder),
        "create",
        "--title",
    ]
    done = subprocess.run(
        [*(word.encode() for word in command), b"\xff\xfe"],
        capture_output=True,
        env=ada.environment,
        check=False,
    )
    assert done.returncode == 2
    assert b"UTF-8" in done.stderr


def test_a_reader_that_goes_away_early_is_no_error(ada):
    command = [
        sys.executable,
        "-m",
        "maintenance_desktop.cli",
        "--profile",
        str(ada.folder),
        "list",
        "assets",
    ]
    listing = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ada.environment)
    listing.stdout.close()
    assert listing.stderr.read() == b""
    assert listing.wait() == 0
    listing.stderr.close()


def test_the_installed_command_is_the_same_program():
    command = Path(sys.executable).with_name("maintenance-cli")
    if not command.exists():
        pytest.skip("not installed as a command")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("maintenance-cli ")


def test_people_who_type_a_password(hub, tmp_path):
    shell = Shell(tmp_path / "typed")
    signed = shell("sign-in", hub.url, "ben", "--password-stdin", "--json", stdin=PASSWORD + "\n")
    assert json.loads(signed.out) == {
        "name": "Ben Haddad",
        "role": "technician",
        "server": "Maintenance",
        "kept": False,
    }
    assert "keyring" in signed.err
    assert "no terminal" in shell("sign-in", hub.url, "ben", code=1).err
    assert shell("sign-in", hub.url, "ben", "--password-stdin", stdin="nope\n", code=1).err

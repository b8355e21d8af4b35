from __future__ import annotations

import io
import json
import sys

import pytest

from maintenance_desktop.cli import program
from maintenance_desktop.cli.desk import now
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.storage import saving
from maintenance_desktop.storage.profiles import Profile
from tests.cli.conftest import PASSWORD, Terminal
from tests.person import TokensInMemory


def plant(dana):
    """A location, an asset in it and its tag."""
    location = dana.records.create("location", {"name": "Hall 2", "code": f"H{now().timestamp()}"})
    tag = f"P-{now().timestamp()}"
    dana.records.create(
        "asset", {"tag": tag, "name": "Feed pump", "status": "running", "location_id": location}
    )
    dana.syncs()
    return tag


def test_a_work_order_from_its_creation_to_its_end(terminal, dana):
    tag = plant(dana)
    terminal("sync")
    made = terminal.json(
        "create",
        *(
            "--title",
            "Pump leaks",
            "--asset",
            tag.lower(),
            "--assigned-to",
            "me",
            "--requested-by",
            "Dana Ortiz",
        ),
        *("--due-at", "2026-12-01T10:00:00Z", "--estimated-hours", "2,5", "--downtime-minutes", "30"),
    )
    number = made["number"]
    assert made["connection"] == "online"
    assert made["waiting"] == 0
    assert terminal("log-hours", number, "1:20", "--started-at", "2026-11-22 08:00", "--person", "ben").out
    terminal("comment", number, "seal is worn")
    terminal("comment", tag, "noisy again")
    terminal("update", tag, "--status", "down", "--notes", "see work order")
    terminal("update", number, "--due-at", "", "--priority", "high")
    terminal(
        "complete", number, "--notes", "new seal", "--problem", "leak", "--cause", "wear", "--remedy", "seal"
    )

    shown = terminal.json("show", number.lower())
    record = shown["record"]
    assert (record["status"], record["priority"], record["due_at"]) == ("completed", "high", None)
    assert (record["remedy"], record["completion_notes"], record["estimated_hours"]) == (
        "seal",
        "new seal",
        2.5,
    )
    assert [one["record"]["hours"] for one in shown["labor"]] == [1.3333]
    assert [one["record"]["text"] for one in shown["comments"]] == ["seal is worn"]
    assert (shown["mark"], shown["pending"]) == ("", [])
    asset = terminal.json("show", tag)
    assert asset["record"]["status"] == "down"
    assert asset["totals"] == {"hours": 1.3333, "open_work_orders": 0, "finished_work_orders": 1}
    dana.syncs()
    assert (
        dana.sees(made["id"]).fields["assigned_to"] == terminal.json("show", number)["record"]["created_by"]
    )

    text = terminal("show", number).out
    for part in ("Pump leaks", tag, "Ada Lindqvist", "Dana Ortiz", "1.3333 h  Ben Haddad", "seal is worn"):
        assert part in text
    assert "1.3333 h booked" in terminal("show", tag).out
    endings = {one["ending"] for one in terminal.json("history", "--search", "leaks")}
    assert endings == {"applied"}
    assert "applied" in terminal("history", "--limit", "2").out


def test_lists_are_filtered_and_say_what_they_leave_out(terminal, dana):
    tag = plant(dana)
    terminal("sync")
    mine = terminal.json("create", "--title", f"Mine {tag}", "--assigned-to", "me", "--due-at", "2001-01-01")
    other = terminal.json("create", "--title", f"Other {tag}", "--status", "on_hold")

    def numbers(*words):
        return {row["number"] for row in terminal.json("list", "work-orders", "--search", tag, *words)}

    assert numbers() == {mine["number"], other["number"]}
    assert numbers("--mine") == numbers("--overdue") == {mine["number"]}
    assert numbers("--status", "on_hold,cancelled") == {other["number"]}
    assert numbers("--status", "unfinished", "--status", "closed") == {mine["number"], other["number"]}
    assert len(terminal.json("list", "work-orders", "--limit", "1")) == 1
    listed = terminal("list", "work-orders", "--limit", "1")
    assert f"Other {tag}" in listed.out
    assert "--limit 0 shows all" in listed.err
    (asset,) = terminal.json("list", "assets", "--search", tag, "--status", "running")
    assert (asset["tag"], asset["location_name"]) == (tag, "Hall 2")
    assert tag in terminal("list", "assets").out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["list"],
        ["list", "people"],
        ["list", "work-orders", "--status", "sleeping"],
        ["list", "assets", "--status", "open"],
        ["list", "assets", "--mine"],
        ["list", "work-orders", "--limit", "-1"],
        ["create"],
        ["create", "--titel", "x"],
        ["create", "--tit", "x"],
        ["create", "--title", "x", "--tag", "P-1"],
        ["create", "--title", "x", "--estimated-hours", "many"],
        ["create", "--title", "x", "--estimated-hours", "1e999999999"],
        ["create", "--title", "x", "--due-at", "soon"],
        ["log-hours", "WO-1"],
    ],
)
def test_wrong_usage_does_nothing(terminal, words):
    typed = terminal(*words, code=2)
    assert typed.out == ""
    assert typed.err
    assert terminal.json("queue") == []


def test_fields_of_another_kind_of_record_are_wrong_usage(terminal, dana):
    tag = plant(dana)
    terminal("sync")
    assert "no field title" in terminal("update", tag, "--title", "x", code=2).err
    assert "at least one field" in terminal("update", tag, code=2).err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create", "--title", " "], "title: This is needed."),
        (["create", "--title", "x" * 10_000], "title: At most 200 characters; this has 10000."),
        (["create", "--title", "x", "--priority", "urgent"], "priority: Choose one of"),
        (["create", "--title", "x", "--asset", "no such tag"], "There is no asset called “no such tag”"),
        (["create", "--title", "x", "--location", "nowhere"], "There is no location"),
        (["create", "--title", "x", "--assigned-to", "nobody"], "There is no person"),
        (["create", "--title", "x", "--status", "closed"], "status: "),
        (["show", "WO-999999"], "There is no work order or asset “WO-999999”"),
        (["complete", "P-1"], "There is no work order “P-1”"),
        (["overwrite", "WO-1"], "Nothing about “WO-1” needs an answer"),
        (["acknowledge", "x"], "needs an answer"),
        (["undo", "x"], "nothing was undone"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(terminal, words, sentence):
    typed = terminal(*words, "--json", code=1)
    assert typed.err.startswith("maintenance-cli: ")
    assert sentence in typed.err
    assert typed.out == ""
    assert terminal.json("queue") == []


@pytest.mark.parametrize("hours", ["0", "24.5", "-2", "0.00001"])
def test_hours_that_nobody_can_have_worked(terminal, hours):
    number = terminal.json("create", "--title", "Long day")["number"]
    assert "hours: " in terminal("log-hours", number, hours, code=1).err


def test_saving_what_is_like_that_already(terminal):
    number = terminal.json("create", "--title", "Same", "--priority", "low")["number"]
    assert "like that already" in terminal("update", number, "--priority", "low").out
    assert len(terminal.json("history", "--search", number)) == 1


def conflict(terminal, dana):
    """A conflict of Ada's with Dana: its id and number."""
    made = terminal.json("create", "--title", "Belt slips", "--priority", "low")
    dana.syncs()
    dana.changes(made["id"], priority="high")
    dana.syncs()
    terminal("update", made["number"], "--title", "Belt slips badly", code=3)
    (asked,) = terminal.json("notifications")
    return asked["id"], made["number"]


def test_a_save_that_meets_a_conflict_says_so(terminal, dana):
    edit_id, number = conflict(terminal, dana)
    text = terminal("notifications").out
    assert "Dana Ortiz changed" in text
    assert f"overwrite {edit_id}" in text
    assert "priority" in text
    assert "changed by somebody else too" in terminal("show", number).out
    (waiting,) = terminal.json("queue")
    assert (waiting["state"], waiting["waiting"]) == ("conflicted", "needs_answer")
    assert waiting["patch"] == {"title": {"before": "Belt slips", "after": "Belt slips badly"}}
    assert number in terminal("queue").out
    assert "1 to decide" in terminal("sync", code=3).out
    assert "only be acknowledged" not in terminal("discard", number).err
    assert terminal("notifications").out == "Nothing needs you.\n"


def test_an_answer_to_what_is_no_longer_on_screen_is_refused(terminal, dana):
    edit_id, _ = conflict(terminal, dana)
    assert "Look at it again" in terminal("overwrite", edit_id, "--version", "1", code=1).err
    assert "This is not an error" in terminal("acknowledge", edit_id, code=1).err
    terminal("overwrite", edit_id, "--version", "2")


def test_an_overwrite_that_the_server_would_refuse_is_not_tried(terminal, dana):
    made = terminal.json("create", "--title", "Closed meanwhile")
    dana.syncs()
    dana.changes(made["id"], status="completed")
    dana.syncs()
    dana.changes(made["id"], status="closed")
    dana.syncs()
    terminal("update", made["number"], "--priority", "high", code=3)
    assert "closed" in terminal("overwrite", made["number"], code=1).err
    assert "overwrite" not in terminal("notifications").out.replace("closed", "")
    terminal("discard", made["number"])


def test_an_error_is_not_answered_like_a_conflict(terminal, dana, hub):
    made = terminal.json("create", "--title", "Done soon")
    dana.syncs()
    hub.stop()
    terminal("log-hours", made["number"], "2", code=4)
    terminal("log-hours", made["number"], "3", code=4)
    hub.start_again()
    dana.changes(made["id"], status="completed")
    dana.syncs()
    said = terminal("sync", code=3)
    assert "so 2 h were not added." in said.err
    for command in ("overwrite", "discard"):
        edit_id = terminal.json("notifications")[0]["id"]
        assert "This is not a conflict" in terminal(command, edit_id, code=1).err
    assert "2 questions are about" in terminal("acknowledge", made["number"], code=1).err
    assert "acknowledge" in terminal("notifications").out
    terminal("acknowledge", edit_id, code=3)
    assert terminal("acknowledge", made["number"]).out.startswith(made["number"])


def test_what_was_never_sent_can_be_undone(terminal, hub):
    hub.stop()
    made = terminal.json("create", "--title", "By mistake", code=4)
    hours = terminal.json("log-hours", made["number"], "1", code=4)
    assert hours["number"] == made["number"]
    first, second = (one["id"] for one in terminal.json("queue"))
    ended = terminal("undo", first, "--json", code=4)
    assert ended.json["ended"] == [first, second]
    assert "1 change." in ended.err
    assert terminal("queue").out == "Nothing waits.\n"
    assert "There is no work order" in terminal("show", made["number"], code=1).err


def test_signing_out_keeps_what_waits(terminal, hub):
    hub.stop()
    terminal("create", "--title", "Waits", code=4)
    assert "next sign-in: 1 change." in terminal("sign-out").err
    hub.start_again()
    assert "Sign in" in terminal("sync", code=1).err
    assert len(terminal.json("queue")) == 1


def test_signing_in_again_renews_the_profile_of_the_same_person_only(terminal, hub, monkeypatch):
    terminal("create", "--title", "Waits")
    monkeypatch.setenv("MAINTENANCE_PASSWORD", PASSWORD)
    terminal("sign-out")
    assert "Ada Lindqvist" in terminal("sign-in", hub.url, "ada").out
    refused = terminal("sign-in", hub.url, "ben", code=1)
    assert "not the account of Ada Lindqvist" in refused.err
    terminal("sync")


def test_a_token_that_died_is_renewed_by_the_password_in_the_environment(terminal, monkeypatch):
    for account in terminal.tokens.tokens:
        terminal.tokens.tokens[account] = "dead"
    assert "sign in" in terminal("sync", code=1).err.lower()
    monkeypatch.setenv("MAINTENANCE_PASSWORD", PASSWORD)
    terminal("sync")
    assert "dead" not in terminal.tokens.tokens.values()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://hub.plant.example", "not protected"),
        ("ftp://hub", "https://"),
        ("my hub", "not the address"),
        ("http://127.0.0.1:1", "does not answer"),
    ],
)
def test_servers_that_nobody_can_sign_in_to(tmp_path, capsys, monkeypatch, url, sentence):
    monkeypatch.setenv("MAINTENANCE_PASSWORD", PASSWORD)
    terminal = Terminal(tmp_path / "new", capsys)
    assert sentence in terminal("sign-in", url, "ada", code=1).err
    assert not (tmp_path / "new").exists()


def test_a_profile_that_nobody_signed_in_to(tmp_path, capsys):
    terminal = Terminal(tmp_path, capsys)
    assert "Nobody has signed in" in terminal("queue", code=1).err


def test_a_password_can_be_typed(tmp_path, capsys, hub, monkeypatch):
    class Keyboard(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Keyboard())
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD if "ben" in prompt else "")
    terminal = Terminal(tmp_path / "ben", capsys)
    assert terminal.json("sign-in", hub.url, "ben")["kept"]
    assert terminal.json("sync")["complete"]


def test_a_profile_whose_account_file_is_broken_is_renewed_by_signing_in(terminal, hub, monkeypatch):
    (terminal.folder / "profile.json").write_text("{")
    assert "Sign in again" in terminal("queue", code=1).err
    monkeypatch.setenv("MAINTENANCE_PASSWORD", PASSWORD)
    terminal("sign-in", hub.url, "ada")
    assert terminal.json("queue") == []


def test_without_a_profile_the_only_one_of_this_computer_is_meant(terminal, capsys, monkeypatch):
    assert program.main(["queue"], TokensInMemory()) == 2
    assert "--profile" in capsys.readouterr().err
    root = program.data_folder()
    (root / "profiles").mkdir(parents=True)
    terminal.folder.rename(root / "profiles" / "one")
    assert program.main(["queue", "--json"], terminal.tokens) == 0
    assert capsys.readouterr().out == "[]\n"


def test_a_full_disk_saves_nothing_and_says_so(terminal, monkeypatch):
    def full(*_):
        raise StorageTrouble("The disk is full, so this could not be saved.")

    monkeypatch.setattr(saving.EditSaver, "save", full)
    assert "The disk is full" in terminal("create", "--title", "x", code=1).err


def test_ctrl_c_stops_without_a_traceback(terminal, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("maintenance_desktop.cli.desk.Desk.sync", interrupted)
    typed = terminal("create", "--title", "x", code=130)
    assert "What was saved before is kept" in typed.err
    monkeypatch.undo()
    assert len(terminal.json("queue")) == 1


def test_options_stand_before_or_after_the_command(terminal, capsys):
    for words in (
        ["--json", "--profile", str(terminal.folder), "queue"],
        ["queue", "--json", "--profile", str(terminal.folder)],
    ):
        assert program.main(words, terminal.tokens) == 0
        assert json.loads(capsys.readouterr().out) == []


def test_a_damaged_cache_is_downloaded_again(terminal):
    terminal("create", "--title", "Before the damage")
    (cache,) = terminal.folder.glob("cache-*.db")
    cache.write_bytes(b"not a database" * 1000)
    for rest in terminal.folder.glob("cache-*.db-*"):
        rest.unlink()
    terminal("sync")
    assert "Before the damage" in terminal("list", "work-orders", "--limit", "0").out


def test_notices_about_the_profile_are_told(terminal, monkeypatch):
    monkeypatch.setattr(
        "maintenance_desktop.cli.desk.Profile",
        lambda path, at, **rest: _with_notice(Profile(path, at, **rest)),
    )
    assert "was damaged" in terminal("queue").err


def _with_notice(profile):
    profile.notices.append("The file was damaged.")
    return profile

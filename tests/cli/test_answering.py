"""The answers that lose nothing, the carried queue and the preview, by commands against a real hub."""

from __future__ import annotations

import pytest

from tests.cli.conftest import PASSWORD, Terminal
from tests.person import TokensInMemory


@pytest.fixture
def make(terminal, dana):
    """Makes a work order of Dana's that both know: its id and number."""

    def made(**fields):
        record_id = dana.records.create("work_order", fields)
        dana.syncs()
        terminal("sync")
        return record_id, dana.sees(record_id).fields["number"]

    return made


@pytest.fixture
def conflict(hub, terminal, dana, make):
    """Both changed the title; Ada the priority too, Dana the description."""
    record_id, number = make(title="Pump leaks", priority="low", description="Drips")
    hub.stop()
    terminal("update", number, "--title", "Pump leaks at the seal", "--priority", "high", code=4)
    hub.start_again()
    dana.changes(record_id, title="Pump gushes", description="Gushes")
    dana.syncs()
    terminal("sync", code=3)
    (asked,) = terminal.json("notifications")
    return record_id, number, asked


@pytest.fixture
def refused(hub, terminal, dana, make):
    """Hours on a work order that Dana completed meanwhile."""
    record_id, number = make(title="Grease the bearing", priority="high")
    hub.stop()
    terminal("log-hours", number, "2.5", "--note", "waited for the crane", code=4)
    hub.start_again()
    dana.changes(record_id, status="completed")
    dana.syncs()
    terminal("sync", code=3)
    (asked,) = terminal.json("notifications")
    return record_id, number, asked


def seen_by(dana, record_id):
    dana.syncs()
    fields = dana.sees(record_id).fields
    return fields["title"], fields["priority"], fields["description"]


def test_combine_names_what_both_changed_and_then_keeps_both(terminal, dana, conflict):
    record_id, _, asked = conflict
    assert asked["answers"] == ["overwrite", "discard", "combine"]
    assert asked["overlaps"] == ["title"]
    assert "--field title=mine|theirs" in terminal("notifications").out
    refused = terminal("combine", asked["id"], code=1)
    assert "both changed: title." in refused.err
    assert "--field title=mine" in refused.err
    assert len(terminal.json("notifications")) == 1
    for wrong in ("title", "title=yours", "cause=mine"):
        terminal("combine", asked["id"], "--field", wrong, code=2)
    terminal("combine", asked["id"], "--field", "title=theirs")
    assert seen_by(dana, record_id) == ("Pump gushes", "high", "Gushes")
    assert terminal.json("history")[0]["ending"] == "applied_by_combine"


def test_restore_brings_back_what_was_overwritten(terminal, dana, conflict):
    record_id, _, asked = conflict
    terminal("overwrite", asked["id"])
    assert seen_by(dana, record_id) == ("Pump leaks at the seal", "high", "Drips")
    entry = terminal.json("history")[0]
    terminal("restore", entry["id"], "--side", "theirs")
    assert seen_by(dana, record_id)[2] == "Gushes"
    terminal("restore", "018f0000-0000-7000-8000-000000000000", code=1)


def test_restore_brings_back_what_was_discarded(terminal, dana, conflict):
    record_id, _, asked = conflict
    terminal("discard", asked["id"])
    (entry,) = terminal.json("history")
    assert "no version of theirs" in terminal("restore", entry["id"], "--side", "theirs", code=1).err
    terminal("restore", entry["id"])
    assert seen_by(dana, record_id)[:2] == ("Pump leaks at the seal", "high")


def test_resend_once_it_is_open_again(terminal, dana, refused):
    record_id, number, asked = refused
    assert asked["answers"] == ["acknowledge", "resend", "follow-up", "ask-to-reopen"]
    assert "unfinished" in terminal("resend", asked["id"], code=1).err
    dana.changes(record_id, status="open")
    dana.syncs()
    terminal("sync", code=3)
    terminal("resend", asked["id"], "--hours", "2")
    (labor,) = terminal.json("show", number)["labor"]
    assert (labor["record"]["hours"], labor["record"]["note"]) == (2, "waited for the crane")
    assert terminal.json("notifications") == []


def test_refused_hours_go_on_a_follow_up_work_order(terminal, dana, refused):
    _, number, asked = refused
    made = terminal.json("follow-up", asked["id"], "--title", "Bearing once more")
    shown = terminal.json("show", made["number"])
    assert (shown["record"]["title"], shown["record"]["priority"]) == ("Bearing once more", "high")
    assert [one["record"]["hours"] for one in shown["labor"]] == [2.5]
    (comment,) = terminal.json("show", number)["comments"]
    assert "“Bearing once more”" in comment["record"]["text"]
    assert terminal.json("notifications") == []


def test_ask_to_reopen_has_the_hours_in_it(terminal, dana, refused):
    _, number, asked = refused
    assert terminal.json("ask-to-reopen", asked["id"])["ended"] == [asked["id"]]
    (comment,) = terminal.json("show", number)["comments"]
    assert comment["record"]["text"].startswith(f"Please reopen {number}. Still to be booked: 2.5 h")
    assert "waited for the crane" in comment["record"]["text"]


def test_the_wrong_answer_is_turned_away(terminal, conflict):
    _, _, asked = conflict
    for command in ("acknowledge", "resend", "follow-up", "ask-to-reopen", "send-anyway"):
        assert "notifications" in terminal(command, asked["id"], code=1).err


def test_held_work_is_listed_with_its_answers(hub, terminal, make):
    _, number = make(title="Grease it")
    hub.stop()
    terminal("log-hours", number, "1", "--started-at", "2026-11-22 08:00", code=4)
    (waiting,) = terminal.json("queue")
    _hold(terminal, waiting["id"], waiting["record_id"])
    (asked,) = terminal.json("notifications")
    assert (asked["kind"], asked["answers"]) == ("held", ["send-anyway", "undo"])
    assert "These hours overlap hours that are booked already: WO-7 Other" in asked["message"]
    assert f"send-anyway {asked['id']}" in terminal("notifications").out
    hub.start_again()
    terminal("sync", code=3)
    terminal("send-anyway", asked["id"])
    assert [one["record"]["hours"] for one in terminal.json("show", number)["labor"]] == [1]


def test_the_preview_tells_what_will_become_of_each(hub, terminal, dana, make):
    _, number = make(title="Belt slips")
    hub.stop()
    assert terminal.json("preview")["edits"] == []
    terminal("create", "--title", "Something quite new", code=4)
    terminal("log-hours", number, "1", code=4)
    told = terminal.json("preview")
    assert (told["through"], told["needs_you"], told["refused"]) == (2, 0, 0)
    assert {one["prospect"] for one in told["edits"]} == {"through"}
    assert "2 will go through" in terminal("preview").out
    assert len(terminal.json("queue")) == 2


def test_the_queue_is_carried_to_another_computer(hub, terminal, dana, make, tmp_path, capsys):
    _, number = make(title="Carry me")
    assert "Nothing waits" in terminal("export-queue", str(tmp_path / "none.json"), code=1).err
    hub.stop()
    terminal("log-hours", number, "1.5", code=4)
    terminal("comment", number, "seal is worn", code=4)
    file = tmp_path / "waiting.json"
    exported = terminal.json("export-queue", str(file))
    assert len(exported["edits"]) == 2
    assert "is there already" in terminal("export-queue", str(file), code=1).err
    hub.start_again()
    other = _at_another_computer(hub, tmp_path, capsys)
    imported = other.json("import-queue", str(file))
    assert (imported["imported"], imported["waiting"]) == (exported["edits"], 0)
    again = other.json("import-queue", str(file))
    assert (again["imported"], again["known"]) == ([], 2)
    terminal("sync")
    shown = terminal.json("show", number)
    assert [one["record"]["hours"] for one in shown["labor"]] == [1.5]
    assert [one["record"]["text"] for one in shown["comments"]] == ["seal is worn"]
    file.write_bytes(file.read_bytes()[:-20])
    assert "damaged or was cut off" in other("import-queue", str(file), code=1).err
    assert "cannot be read" in other("import-queue", str(tmp_path / "gone.json"), code=1).err


def _at_another_computer(hub, tmp_path, capsys) -> Terminal:
    tokens = TokensInMemory()
    folder = tmp_path / "ada at another"
    made = Terminal(folder, capsys, tokens)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAINTENANCE_PASSWORD", PASSWORD)
        made("sign-in", hub.url, "ada")
    made("sync")
    return made


def _hold(terminal, edit_id, record_id):
    from maintenance_desktop.cli.desk import now
    from maintenance_desktop.domain.edits import Doubt
    from maintenance_desktop.storage.profiles import Profile

    profile = Profile(terminal.folder, now())
    profile.outbox.hold({edit_id: [Doubt("overlapping_hours", "labor", record_id, "WO-7", "Other")]})
    profile.close()


def test_what_others_overwrote_is_told_until_it_is_acknowledged(terminal, dana, make):
    record_id, number = make(title="Pump leaks", priority="low", description="Drips")
    dana.changes(record_id, priority="high")
    terminal("update", number, "--description", "Seized, locked out")
    dana.syncs()
    dana.overwrites()
    dana.syncs()
    terminal("sync")  # it is nothing to decide
    (told,) = terminal.json("notifications")
    assert (told["kind"], told["number"], told["answers"]) == ("notice", number, ["acknowledge"])
    assert told["fields"] == [{"name": "description", "mine": "Seized, locked out", "theirs": "Drips"}]
    assert told["message"].startswith(f"Dana Ortiz overwrote your change to {number} (")
    shown = terminal("notifications").out
    assert "Seized, locked out" in shown
    assert f"  restore {told['history_id']} --side mine" in shown
    terminal("restore", told["history_id"], "--side", "mine")
    dana.syncs()
    assert dana.sees(record_id).fields["description"] == "Seized, locked out"
    terminal("acknowledge", told["id"])
    assert terminal.json("notifications") == []
    terminal("acknowledge", told["id"], code=1)

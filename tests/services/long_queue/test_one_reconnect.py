"""5,000 changes of three days, 200 of them doomed in every way there is: one round sees to all of them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from maintenance_desktop.domain.values import read_time
from maintenance_desktop.services.status import Connection
from tests.postgres import postgres_server
from tests.services.long_queue.expecting import (
    answers_everything,
    assert_each_is_explained,
    assert_nothing_is_lost,
    assert_the_counts_add_up,
    assert_the_hub_did_each_once,
    assert_what_was_sent_is_what_was_saved,
    history,
    versions_here,
)
from tests.services.long_queue.patience import only_with_time, with_patience
from tests.services.long_queue.plant import Plant, breaking_hub, dana_at


def assert_all_is_well(plant, database, tmp_path):
    with breaking_hub(plant, database) as hub, dana_at(plant, hub.url) as dana:
        saved, versions = dana.profile.outbox.pending(), versions_here(dana)
        well = len(saved) - len(plant.doomed)
        fates = Counter(fate.how for fate in plant.doomed.values())
        told = []
        dana.round.on_progress = told.append
        result = dana.syncs()

        assert (result.connection, result.applied) == (Connection.ONLINE, well)
        assert Counter(entry.ending.value for entry in history(dana)) == {"applied": well}
        assert set(result.needs_you) == {item.edit.id for item in dana.reader.notifications()}
        assert result.put_off == fates["put off"]
        assert_each_is_explained(dana, plant)
        assert_the_counts_add_up(dana, plant)
        assert_nothing_is_lost(dana, saved)
        assert_what_was_sent_is_what_was_saved(dana, saved)
        assert_the_hub_did_each_once(dana, saved, hub.url, tmp_path / "auditor", versions)
        assert_its_times_are_those_of_the_three_days(dana, saved)
        assert_progress_was_true(told, answered=well + len(result.needs_you), left=fates["put off"] + 1)

        assert dana.syncs().applied == 0
        assert_each_is_explained(dana, plant)
        hub.stop()
        hub.start_again()  # without the bug
        assert dana.syncs().applied == fates["put off"] + fates["follows"]
        answers_everything(dana)
        assert dana.reader.queue() == []
        assert_nothing_is_lost(dana, saved)
        return Counter(entry.ending.value for entry in history(dana))


def assert_its_times_are_those_of_the_three_days(dana, saved):
    made = [read_time(edit.made_at) for edit in saved]
    assert timedelta(days=2) < max(made) - min(made) < timedelta(days=3)
    for entry in history(dana):
        if entry.edit.type == "work_order" and entry.edit.kind == "create":
            late = read_time(entry.result["created_at"]) - read_time(entry.edit.made_at)
            assert abs(late) < timedelta(minutes=5)


def assert_progress_was_true(told, answered, left):
    pushed = [one for one in told if one.what == "push"]
    assert 50 < len(pushed) <= 101  # often enough to see it move, and not once for each edit
    assert [one.done for one in pushed] == sorted({one.done for one in pushed})
    assert all(one.done <= one.total for one in pushed)
    assert answered - pushed[-1].done < answered / 100 + 1
    assert pushed[-1].total == answered + left  # what waits for the person is not still to be sent


@with_patience
def test_the_other_4800_get_through_in_one_round_and_each_doomed_one_is_explained(whole_plant, tmp_path):
    assert (len(whole_plant.seconds), len(whole_plant.doomed)) == (5_000, 200)
    endings = assert_all_is_well(whole_plant, None, tmp_path)
    assert endings == {
        "applied": 4_806,  # with those that a hub without its bug took
        "acknowledged": 96,
        "discarded": 58 + 10 + 5,  # five wanted to complete what Pia had completed: asked after the Okay
        "ended_with_parent": 25,
    }


@only_with_time
@with_patience
def test_the_same_on_postgresql(tmp_path):
    with postgres_server() as server:
        database = server.url(server.new_database())
        assert_all_is_well(Plant.make(tmp_path / "plant", database=database), database, tmp_path)

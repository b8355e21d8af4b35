"""The copy of the server: only what is newer gets in, and switching files holds nobody up."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from maintenance_desktop.domain.cache_filling import Line
from maintenance_desktop.domain.outcomes import Change
from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.domain.wire import encode_text
from maintenance_desktop.storage import cache as cache_module
from maintenance_desktop.storage.profiles import Profile, create_profile
from tests.services.fakes import account_of, cached, new_id


def change(record_id, version, title, **more) -> Change:
    record = None if title is None else {"title": title, "status": "open"}
    return Change("work_order", record_id, version, record, **more)


def is_open(folder) -> bool:
    """Whether anybody has the one database in a folder open: the last one to close takes its journal away."""
    return any(folder.glob("*-wal"))


@pytest.fixture
def in_other_thread(dana):
    def runs(work) -> None:
        thread = threading.Thread(target=lambda: (work(), dana.profile.close_thread()), daemon=True)
        thread.start()
        thread.join(30)
        assert not thread.is_alive()

    return runs


def test_an_older_copy_never_replaces_a_newer_one(dana):
    cache, one = dana.profile.cache, new_id()
    assert cache.put([change(one, 5, "New")]) == {one}
    assert cache.put([change(one, 4, "Old")]) == set()
    assert dana.sees(one).fields["title"] == "New"
    assert dana.reader.work_orders(WorkOrderQuery(text="old")) == []


def test_what_was_deleted_does_not_come_back_by_an_older_answer(dana):
    cache, one = dana.profile.cache, new_id()
    cache.put([change(one, 5, "Here"), change(one, 6, None)])
    assert cache.put([change(one, 5, "Here")]) == set()
    assert dana.reader.record("work_order", one) is None
    assert dana.reader.count_work_orders(WorkOrderQuery(text="here")) == 0
    assert cache.put([change(one, 7, "Back")]) == {one}
    assert dana.reader.count_work_orders(WorkOrderQuery(text="back")) == 1


def test_what_was_deleted_before_the_download_began_does_not_stay_by_an_old_answer(dana):
    cache, here, gone = dana.profile.cache, new_id(), new_id()
    cache.start_again()
    cache.put([change(gone, 1, "Gone")])
    cache.put([change(here, 3, "Here", changed_at="2026-11-22T10:00:00.000Z")], "c1", complete=True)
    assert dana.reader.record("work_order", gone) is None
    assert dana.reader.count_work_orders(WorkOrderQuery(text="gone")) == 0
    assert dana.sees(here).fields["title"] == "Here"
    cache.put([change(gone, 1, "Answered later")])
    cache.put([], "c2", complete=True)
    assert dana.sees(gone).fields["title"] == "Answered later"


@pytest.mark.parametrize("was_restarted", [False, True])
def test_what_only_answers_told_of_is_gone_once_a_large_download_is_complete(dana, was_restarted):
    cache, before, after, told, here = dana.profile.cache, new_id(), new_id(), new_id(), new_id()
    when = "2026-11-22T10:00:00.000Z"
    cache.begin_loading()
    cache.put([change(before, 1, "Answered before"), change(told, 1, "Told")])
    body = encode_text({"title": "Here", "status": "completed"})
    cache.load([Line("work_order", here, 3, when, "", body)], "c1")
    cache.finish_loading("c2")
    cache.put([change(after, 1, "Answered after")])
    assert dana.sees(before).fields["title"] == "Answered before"
    if was_restarted:
        cache._answered.clear()
    cache.put([change(told, 1, "Told", changed_at=when)], "c3", complete=True)
    assert dana.reader.record("work_order", before) is None
    assert dana.reader.record("work_order", after) is None
    assert {dana.sees(one).fields["title"] for one in (told, here)} == {"Told", "Here"}


def test_who_changed_it_is_filled_in_once_the_stream_tells(dana):
    cache, one = dana.profile.cache, new_id()
    cache.put([change(one, 5, "New")])
    assert cache.put([change(one, 5, "New", changed_at="2026-11-22T10:00:00.000Z")]) == {one}
    assert cache.put([change(one, 5, "New", changed_at="2026-11-22T10:00:00.000Z")]) == set()
    assert dana.sees(one).changed_at == "2026-11-22T10:00:00.000Z"


def test_the_cursor_comes_with_its_rows(hub, dana):
    cache = dana.profile.cache
    before = cache.cursor()
    cache.put([change(new_id(), 1, "A")])
    assert cache.cursor() == before
    cache.put([], "c9", complete=True)
    assert cache.cursor() == "c9"


def test_a_second_new_download_begins_with_another_file(hub, dana):
    cache = dana.profile.cache
    shown = cache.path
    cache.start_again()
    cache.put([change(new_id(), 1, "A")], "half")
    cache.start_again()
    assert (cache.path, cache.cursor()) == (shown, None)
    cache.put([], "all", complete=True)
    assert cache.path != shown


def test_a_first_download_begins_again_in_sight(hub, people):
    dana = people("dana")
    dana.profile.cache.replace_damaged()
    shown = dana.profile.cache.path
    dana.profile.cache.start_again()
    assert dana.profile.cache.path != shown
    dana.syncs()
    assert cached(dana) == hub.content()


def test_a_save_that_finds_damage_and_a_download_that_ends_do_not_wait_for_each_other(dana):
    cache, work = dana.profile.cache, dana.profile._work
    problems = []

    def saves():
        try:
            for _ in range(30):
                with work.database.write():
                    cache.replace_damaged()
        except Exception as error:
            problems.append(error)
        finally:
            dana.profile.close_thread()

    thread = threading.Thread(target=saves, daemon=True)
    thread.start()
    for number in range(30):
        cache.start_again()
        cache.put([change(new_id(), 1, "A")], f"c{number}", complete=True)
    thread.join(30)
    assert not thread.is_alive()
    assert problems == []


def test_whoever_looks_next_gives_back_the_file_that_another_thread_replaced(dana, in_other_thread):
    cache = dana.profile.cache
    assert cache.is_complete()
    journal = cache.path.with_name(f"{cache.path.name}-wal")
    in_other_thread(cache.replace_damaged)
    assert journal.exists()
    assert dana.reader.count_work_orders(WorkOrderQuery()) == 0
    assert not journal.exists()


def test_a_download_that_is_begun_anew_gives_back_the_file_of_the_one_before(dana):
    cache = dana.profile.cache
    cache.start_again()
    cache.put([change(new_id(), 1, "A")], "half")
    journals = set(cache.path.parent.glob("cache-*-wal"))
    cache.start_again()
    assert len(journals & set(cache.path.parent.glob("cache-*-wal"))) == 1


def test_a_profile_that_cannot_be_opened_leaves_nothing_open(hub, tmp_path, monkeypatch):
    create_profile(tmp_path, account_of(hub, "dana"))
    monkeypatch.setattr(cache_module, "statements", lambda: ["CREATE TABLE", "no SQL"])
    with pytest.raises(StorageTrouble):
        Profile(tmp_path, datetime(2026, 11, 22, tzinfo=UTC))
    assert not is_open(tmp_path)

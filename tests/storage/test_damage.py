"""Full disks, folders without rights, damaged files: said in a sentence, and nothing is lost unsaid."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from maintenance_desktop.disk import DURABLE
from maintenance_desktop.domain.trouble import ProfileTrouble, StorageTrouble
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.storage import mending, work_schema
from maintenance_desktop.storage.database import Damaged, Database
from maintenance_desktop.storage.profiles import (
    Profile,
    create_profile,
    list_profiles,
    profile_folder,
    read_account,
)
from tests.person import Person
from tests.services.fakes import account_of, cached

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "dana"


@pytest.fixture
def order(hub):
    for number in range(60):
        hub.has("work_order", title=f"Pump {number}", description="words " * 60)
    return hub.has("work_order", title="Pump leaks", status="open")


@pytest.fixture
def left(people, folder, hub, order):
    """Dana's folder after a day with three saves that wait."""
    dana = people("dana", folder)
    for hours in (1, 2, 3):
        dana.logs_hours(order, hours)
    dana.leaves()
    return folder


def comes_back(hub, folder) -> Person:
    return Person(hub.line("dana"), folder)


def hours_in_queue(person) -> list:
    return [item.edit.mine["hours"] for item in person.reader.queue()]


def spoil(path, start, garbage=b"\xde\xad\xbe\xef" * 1024) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(garbage)


class TestFullDisk:
    def test_a_save_on_a_full_disk_says_so_and_saves_nothing(self, order, dana):
        file = dana.profile._work.database
        ((pages,),) = file.rows("PRAGMA page_count")
        file.rows(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageTrouble, match="disk is full"):
            fills_the_disk(dana)
        titles = [item.edit.mine["title"] for item in dana.reader.queue()]
        file.rows("PRAGMA max_page_count = 1000000")
        dana.records.create("work_order", {"title": "After"})
        assert [item.edit.mine["title"] for item in dana.reader.queue()] == [*titles, "After"]
        dana.syncs()
        assert dana.reader.queue() == []

    def test_a_write_that_fails_in_the_middle_saves_nothing(self, order, dana, monkeypatch):
        dana.changes(order, title="Pump drips")

        def fails(*args, **kwargs):
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr("maintenance_desktop.storage.saving.end_edit", fails)
        with pytest.raises(StorageTrouble):
            dana.changes(order, status="on_hold")
        assert dana.sees(order).edits[0].patch == {"title": "Pump drips"}


class TestRights:
    @pytest.fixture
    def nobody(self):
        """Rights mean nothing to root, so the test gives up being root for a while."""
        if os.geteuid() != 0:
            return contextmanager(lambda: iter([None]))

        @contextmanager
        def as_nobody():
            os.seteuid(65534)
            try:
                yield
            finally:
                os.seteuid(0)

        return as_nobody

    def test_a_folder_without_rights_is_said(self, hub, left, nobody):
        left.chmod(0o555)
        try:
            with nobody(), pytest.raises((ProfileTrouble, StorageTrouble), match=r"cannot be written"):
                Profile(left, NOW)
        finally:
            left.chmod(0o755)
        assert hours_in_queue(comes_back(hub, left)) == [1, 2, 3]

    def test_a_profile_in_a_folder_without_rights_is_said(self, hub, tmp_path, nobody):
        (tmp_path / "here").mkdir(mode=0o555)
        with nobody(), pytest.raises(ProfileTrouble, match="cannot be written"):
            create_profile(tmp_path / "here" / "dana", account_of(hub, "dana"))

    def test_a_file_that_cannot_be_written_is_said(self, order, dana):
        dana.profile._work.database.rows("PRAGMA query_only = 1")
        with pytest.raises(StorageTrouble, match="cannot be written"):
            dana.changes(order, title="Pump drips")
        dana.profile._work.database.rows("PRAGMA query_only = 0")
        assert dana.reader.queue() == []

    def test_another_program_on_the_file_is_said(self, order, dana):
        dana.profile._work.database.rows("PRAGMA busy_timeout = 1")
        with closing(sqlite3.connect(dana.profile._work.database.path)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageTrouble, match="Another program holds"):
                dana.changes(order, title="Pump drips")
            other.rollback()
        dana.changes(order, title="Pump drips")


def fills_the_disk(person) -> None:
    for _ in range(200):
        person.records.create("work_order", {"title": "More", "description": "x" * 19_000})


def header(path):
    spoil(path, 0)


def middle(path):
    size = path.stat().st_size
    spoil(path, size // 3 // 4096 * 4096, b"\xde\xad\xbe\xef" * (size // 3 // 4))


def inside_the_texts(path):
    content = path.read_bytes()
    path.write_bytes(
        content.replace(b'"status":', b'"stat\xff\x00":').replace(b'"hours":', b'"ho\xff\x00s":')
    )


def truncated(path):
    os.truncate(path, path.stat().st_size // 2)


def emptied(path):
    os.truncate(path, 0)


def another_layout(path):
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE meta SET value = '99' WHERE key = 'layout'")
        file.commit()


def gone(path):
    path.unlink()


class TestDamagedCache:
    @pytest.mark.parametrize(
        "harm", [header, middle, inside_the_texts, truncated, emptied, another_layout, gone]
    )
    def test_it_is_downloaded_again_and_the_work_is_untouched(self, hub, left, order, harm):
        (cache,) = left.glob("cache-*.db")
        harm(cache)
        dana = comes_back(hub, left)
        assert hours_in_queue(dana) == [1, 2, 3]
        dana.sees(dana.reader.queue()[0].edit.record_id, "labor")
        dana.backend.is_offline = True
        dana.syncs()
        assert hours_in_queue(dana) == [1, 2, 3]
        dana.backend.is_offline = False
        for _ in range(2):
            dana.reader.record("work_order", order)
            dana.syncs()
        assert hours_in_queue(dana) == []
        assert dana.reader.count_work_orders(WorkOrderQuery(text="leaks")) == 1
        assert cached(dana) == hub.content()
        assert len(hub.of_type("labor")) == 3
        dana.leaves()

    @pytest.mark.parametrize("harm", [header, middle])
    def test_damage_while_the_program_runs_is_noticed_by_whoever_reads(self, hub, people, order, harm):
        dana = people("dana")
        dana.logs_hours(order, 1)
        dana.profile.close_thread()
        told = []
        dana.profile.cache.when_replaced = lambda: told.append(1)
        harm(dana.profile.cache.path)
        dana.reader.work_orders(WorkOrderQuery(text="pump"))
        dana.reader.work_orders(WorkOrderQuery())
        dana.reader.record("work_order", order)
        assert told
        assert not dana.profile.cache.is_complete()
        assert hours_in_queue(dana) == [1]
        dana.syncs()
        assert cached(dana) == hub.content()


class TestDamagedWork:
    @pytest.mark.parametrize("harm", [header, truncated, inside_the_texts])
    def test_it_is_set_aside_said_and_never_deleted(self, hub, left, harm):
        harm(left / "work.db")
        content = (left / "work.db").read_bytes()
        dana = comes_back(hub, left)
        (notice,) = dana.profile.notices
        (aside,) = left.glob("work-damaged-*.db")
        assert aside.name in notice
        assert aside.read_bytes() == content
        assert dana.profile._work.meta("notice") == ""
        dana.syncs()
        assert dana.reader.queue() == []
        dana.leaves()
        again = comes_back(hub, left)
        assert again.profile.notices == []
        again.leaves()

    def test_what_can_be_read_is_in_the_queue_again(self, hub, people, folder, order):
        dana = people("dana", folder)
        for hours in range(1, 21):
            dana.records.create("labor", {"work_order_id": order, "hours": hours, "note": "n" * 3000})
        dana.changes(order, title="Pump drips")
        queue = [item.edit for item in dana.reader.queue()]
        dana.leaves()
        with closing(sqlite3.connect(folder / "work.db")) as file:
            size = file.execute("PRAGMA page_size").fetchone()[0]
        middle_page = (folder / "work.db").stat().st_size // size // 2 * size
        spoil(folder / "work.db", middle_page, b"\xde\xad\xbe\xef" * (size // 4))
        again = comes_back(hub, folder)
        found = [item.edit for item in again.reader.queue()]
        assert len(found) >= 15
        assert all(edit in queue for edit in found)
        assert f"{len(found)} waiting changes could be read" in again.profile.notices[0]
        again.syncs()
        assert hub.record(order)["title"] == "Pump drips"
        assert len(hub.of_type("labor")) == len(found) - 1
        again.leaves()

    def test_history_is_saved_too(self, hub, left, order):
        dana = comes_back(hub, left)
        dana.syncs()
        dana.logs_hours(order, 4)
        dana.leaves()
        spoil(left / "work.db", 24, b"\xff" * 4)
        with closing(sqlite3.connect(left / "work.db")) as file:
            root = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'edit_parent'").fetchone()[0]
        spoil(left / "work.db", (root - 1) * 4096)
        again = comes_back(hub, left)
        assert hours_in_queue(again) == [4]
        assert again.endings() == ["applied"] * 3
        again.leaves()

    def test_a_journal_beside_an_emptied_file_is_kept(self, hub, left):
        emptied(left / "work.db")
        (left / "work.db-wal").write_bytes(b"precious")
        dana = comes_back(hub, left)
        assert "was gone" in dana.profile.notices[0]
        (journal,) = left.glob("work-damaged-*.db-wal")
        assert journal.read_bytes() == b"precious"
        dana.leaves()

    def test_a_file_that_is_gone_is_said(self, hub, left):
        (left / "work.db").unlink()
        dana = comes_back(hub, left)
        assert "was gone" in dana.profile.notices[0]
        assert dana.syncs().connection.value == "online"
        dana.leaves()

    @pytest.mark.parametrize("step", range(1, 6))
    def test_mending_can_be_cut_off_between_any_two_steps(self, hub, left, monkeypatch, step):
        spoil(left / "work.db", 24, b"\xff" * 4)
        with closing(sqlite3.connect(left / "work.db")) as file:
            root = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'edit_parent'").fetchone()[0]
        spoil(left / "work.db", (root - 1) * 4096)
        steps = iter(range(step))

        class Killed(BaseException):
            pass

        def cut(name):
            whole = getattr(mending, name)

            def counted(*args):
                if next(steps, None) is None:
                    raise Killed
                return whole(*args)

            monkeypatch.setattr(mending, name, counted)

        for name in ("WorkFile", "salvage", "_set_aside", "_remove", "_take_over"):
            cut(name)
        with pytest.raises(Killed):
            Profile(left, NOW)
        monkeypatch.undo()
        dana = comes_back(hub, left)
        assert hours_in_queue(dana) == [1, 2, 3]
        assert "could be read from it" in dana.profile.notices[0]
        assert len(list(left.glob("work-damaged-*.db"))) == 1
        dana.leaves()

    def test_what_was_read_is_not_moved_without_its_journal(self, hub, left, monkeypatch):
        header(left / "work.db")
        whole, held = mending.salvage, []

        def held_open(damaged, fresh):
            found = whole(damaged, fresh)
            other = sqlite3.connect(fresh.database.path)
            held.append(other)
            other.execute("BEGIN")
            other.execute("SELECT * FROM meta").fetchall()
            fresh.database.rows("PRAGMA busy_timeout = 1")
            return found

        monkeypatch.setattr(mending, "salvage", held_open)
        with pytest.raises(StorageTrouble, match="Another program holds"):
            Profile(left, NOW)
        monkeypatch.undo()
        held[0].close()
        assert not list(left.glob("work-damaged-*"))
        dana = comes_back(hub, left)
        assert "could be read from it" in dana.profile.notices[0]
        dana.leaves()

    def test_a_second_damage_in_the_same_second_keeps_both(self, hub, left):
        for _ in range(2):
            header(left / "work.db")
            Profile(left, NOW).close()
        assert len(list(left.glob("work-damaged-*.db"))) == 2

    def test_damage_while_the_program_runs_is_said_and_the_cache_stays(self, hub, left, order):
        dana = comes_back(hub, left)
        dana.profile.close_thread()
        header(left / "work.db")
        with pytest.raises(Damaged, match="damaged"):
            dana.reader.queue()
        result = dana.syncs()
        assert (result.connection.value, result.problem) == (
            "local_trouble",
            "A data file on this computer is damaged.",
        )
        dana.profile.close_thread()
        dana.leaves()


class TestLayouts:
    def test_a_newer_layout_is_refused_and_left_alone(self, hub, left):
        with closing(sqlite3.connect(left / "work.db")) as file:
            file.execute("PRAGMA user_version = 99")
        before = (left / "work.db").read_bytes()
        with pytest.raises(ProfileTrouble, match="newer version"):
            Profile(left, NOW)
        assert (left / "work.db").read_bytes() == before
        assert not list(left.glob("work-*.db"))

    def test_a_migration_copies_the_file_first_and_keeps_every_row(self, hub, left, monkeypatch):
        step = "ALTER TABLE edit ADD COLUMN colour TEXT;\nUPDATE edit SET colour = 'red';\n"
        steps = (*work_schema.MIGRATIONS, step)
        monkeypatch.setattr(work_schema, "MIGRATIONS", steps)
        monkeypatch.setattr("maintenance_desktop.storage.work.MIGRATIONS", steps)
        dana = comes_back(hub, left)
        assert hours_in_queue(dana) == [1, 2, 3]
        assert dana.profile._work.database.rows("SELECT DISTINCT colour FROM edit") == [("red",)]
        dana.leaves()
        with closing(sqlite3.connect(left / f"work-layout-{len(steps) - 1}.backup.db")) as copy:
            assert copy.execute("SELECT count(*) FROM edit").fetchone() == (3,)
            assert copy.execute("PRAGMA user_version").fetchone() == (len(steps) - 1,)

    def test_a_migration_that_fails_leaves_the_old_layout(self, hub, left, monkeypatch):
        steps = (*work_schema.MIGRATIONS, "ALTER TABLE edit ADD COLUMN colour TEXT;\nSELECT nonsense;\n")
        monkeypatch.setattr(work_schema, "MIGRATIONS", steps)
        with pytest.raises(StorageTrouble):
            Profile(left, NOW)
        monkeypatch.undo()
        dana = comes_back(hub, left)
        assert hours_in_queue(dana) == [1, 2, 3]
        dana.leaves()


class TestProfiles:
    def test_a_profile_is_open_once(self, dana):
        with pytest.raises(ProfileTrouble, match="open in another window or in maintenance-cli"):
            Profile(dana.profile.path, NOW)

    def test_a_profile_can_be_opened_after_it_was_closed(self, hub, left):
        for _ in range(2):
            comes_back(hub, left).leaves()

    def test_a_profile_that_could_not_be_opened_is_not_locked(self, hub, left):
        (left / "profile.json").write_text("{}")
        with pytest.raises(ProfileTrouble, match="Sign in again"):
            Profile(left, NOW)
        create_profile(left, account_of(hub, "dana"))
        assert hours_in_queue(comes_back(hub, left)) == [1, 2, 3]

    def test_nobody_signed_in_yet(self, tmp_path):
        with pytest.raises(ProfileTrouble, match="Nobody has signed in"):
            read_account(tmp_path)

    def test_another_person_does_not_get_the_folder(self, hub, left):
        with pytest.raises(ProfileTrouble, match="belongs to Dana Ortiz on North"):
            create_profile(left, account_of(hub, "bob"))
        assert read_account(left).username == "dana"

    def test_work_of_another_person_is_not_opened(self, hub, left):
        (left / "profile.json").unlink()
        create_profile(left, account_of(hub, "bob"))
        with pytest.raises(ProfileTrouble, match="another person or another server"):
            Profile(left, NOW)
        (left / "profile.json").unlink()
        create_profile(left, account_of(hub, "dana"))
        assert hours_in_queue(comes_back(hub, left)) == [1, 2, 3]

    def test_a_new_name_or_address_of_the_same_person_is_kept(self, hub, left):
        profile = Profile(left, NOW)
        profile.keep_account(replace(profile.account, name="Dana Miller", role="planner"))
        with pytest.raises(ProfileTrouble, match="belongs to Dana Miller"):
            profile.keep_account(account_of(hub, "bob"))
        profile.close()
        assert (read_account(left).name, read_account(left).role) == ("Dana Miller", "planner")

    def test_all_profiles_are_listed_with_what_waits(self, hub, people, tmp_path, order):
        for username in ("dana", "bob"):
            person = people(username, profile_folder(tmp_path, account_of(hub, username)))
            person.logs_hours(order, 1)
            person.leaves()
        (tmp_path / "profiles" / "unreadable").mkdir()
        create_profile(tmp_path / "profiles" / "new", account_of(hub, "pia"))
        found = list_profiles(tmp_path)
        assert [(one.account.name, one.waiting) for one in found] == [
            ("Bob Lee", 1), ("Dana Ortiz", 1), ("Pia Plan", 0)
        ]  # fmt: skip
        header(found[0].path / "work.db")
        assert list_profiles(tmp_path)[0].waiting == 0


class TestDatabase:
    def test_an_unknown_error_is_a_sentence_too(self, tmp_path):
        file = Database(tmp_path / "a.db", DURABLE)
        with pytest.raises(StorageTrouble, match="disk reported an error"):
            file.rows("nonsense")
        file.close()

    def test_a_crash_inside_of_a_transaction_leaves_nothing(self, tmp_path):
        file = Database(tmp_path / "a.db", DURABLE)
        file.execute("CREATE TABLE a (b)")
        with suppress(KeyError), file.write() as db:
            db.execute("INSERT INTO a VALUES (1)")
            raise KeyError
        assert file.rows("SELECT * FROM a") == []
        file.close()

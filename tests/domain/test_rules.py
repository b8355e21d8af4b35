"""Values, transitions, roles and what a save is checked for: the server's own rules, told in time."""

from __future__ import annotations

import uuid
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maintenance_desktop.domain.cache_layout import TABLES, columns
from maintenance_desktop.domain.checks import Account, problems
from maintenance_desktop.domain.edits import EditKind
from maintenance_desktop.domain.identity import new_id
from maintenance_desktop.domain.lifecycle import is_allowed, transition_problem
from maintenance_desktop.domain.records import SPECS, STATUSES, known_writable, parent_of
from maintenance_desktop.domain.trouble import InvalidInput
from maintenance_desktop.domain.values import (
    InvalidValue,
    canonical,
    canonical_fields,
    is_record_id,
    is_storable_text,
    missing_field,
    read_time,
    shortest,
    write_time,
)
from maintenance_desktop.domain.views import Problem, RecordView, Tally
from maintenance_desktop.domain.wire import UnreadableJson, decode, encode, encode_text

ID = "0190a000-0000-7000-8000-000000000001"


def field(name, record_type="work_order"):
    return SPECS[record_type].field(name)


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "stored"),
        [
            ("2026-11-22T10:42:00Z", "2026-11-22T10:42:00.000Z"),
            ("2026-11-22 10:42:00.123456z", "2026-11-22T10:42:00.123Z"),
            ("2026-11-22T10:42:00.5+02:00", "2026-11-22T08:42:00.500Z"),
            ("2026-11-22t10:42:00-01:30", "2026-11-22T12:12:00.000Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ],
    )
    def test_any_rfc_3339_time_has_one_stored_form(self, text, stored):
        assert canonical(field("due_at"), text) == stored

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "today",
            "2026-11-22",
            "2026-11-22T10:42",
            "2026-13-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            7,
        ],
    )
    def test_anything_else_is_no_time(self, text):
        with pytest.raises(InvalidValue, match="not a date and time"):
            canonical(field("due_at"), text)

    @given(st.datetimes(timezones=st.just(timezone(timedelta(hours=1)))))
    def test_what_is_written_reads_as_it_was_to_the_millisecond(self, moment):
        assume(moment.toordinal() > 2)
        cut = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        assert read_time(write_time(moment)) == cut

    def test_a_date_is_a_date(self):
        installed = field("installed_on", "asset")
        assert canonical(installed, "2026-11-22") == "2026-11-22"
        for wrong in ("2026-02-30", "20261122", "22.11.2026", 5):
            with pytest.raises(InvalidValue, match="not a date"):
                canonical(installed, wrong)


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "stored"), [(2, "2"), (2.5, "2.5"), (Decimal("2.50"), "2.5"), (Decimal("24.0"), "24")]
    )
    def test_a_number_has_its_shortest_form(self, value, stored):
        assert encode_text(canonical(field("hours", "labor"), value)) == stored

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (0, "more than 0"), (-1, "more than 0"), (24.5, "at most 24"),
            (Decimal("0.00001"), "four decimal"), (True, "is a number"),
            ("2", "is a number"), (float("nan"), "is a number"),
            (Decimal("Infinity"), "is a number"), (10**12, "too large"), (Decimal("1e999999"), "too large"),
        ],
    )  # fmt: skip
    def test_what_hours_cannot_be(self, value, said):
        with pytest.raises(InvalidValue, match=said):
            canonical(field("hours", "labor"), value)

    def test_whole_numbers(self):
        minutes = field("downtime_minutes")
        assert canonical(minutes, Decimal("90.0")) == 90
        assert canonical(minutes, 2**53 - 1) == 2**53 - 1
        for value, said in ((1.5, "whole number"), (-1, "at least 0"), (2**53, "too large")):
            with pytest.raises(InvalidValue, match=said):
                canonical(minutes, value)

    def test_the_shortest_form_of_zeros(self):
        assert (shortest(Decimal("2000")), str(shortest(Decimal("0.1000")))) == (2000, "0.1")


class TestTexts:
    def test_the_longest_title_fits_and_one_more_does_not(self):
        assert canonical(field("title"), "🔧" * 200) == "🔧" * 200
        with pytest.raises(InvalidValue, match="At most 200 characters; this has 10000"):
            canonical(field("title"), "x" * 10_000)

    @pytest.mark.parametrize("text", ["<b>bold</b>", "=1+1", "‏مضخة", "é̂", "  padded  ", "a\nb"])
    def test_anything_people_write_is_kept_as_it_is(self, text):
        assert canonical(field("title"), text) == text

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ("", "needed"), ("  ", "needed"), (None, "needed"), (5, "text"),
            ("a\0b", "cannot be stored"), ("\ud800", "cannot be stored"),
        ],
    )  # fmt: skip
    def test_what_a_title_cannot_be(self, value, said):
        with pytest.raises(InvalidValue, match=said):
            canonical(field("title"), value)

    def test_storable(self):
        assert is_storable_text("🔧")
        assert not is_storable_text("\udfff")

    def test_choices_references_and_booleans(self):
        assert canonical(field("status"), "open") == "open"
        assert canonical(field("asset_id"), ID) == ID
        assert canonical(field("active", "person"), False) is False
        assert canonical(field("cause"), None) is None
        for name, value, said in (
            ("status", "urgent", "Choose one of"),
            ("status", 3, "Choose one of"),
            ("asset_id", "P-1", "name a record"),
        ):
            with pytest.raises(InvalidValue, match=said):
                canonical(field(name), value)
        with pytest.raises(InvalidValue, match="yes or no"):
            canonical(field("active", "person"), 1)

    @pytest.mark.parametrize("text", [ID.upper(), ID.replace("-", ""), f"{{{ID}}}", "", None, 5])
    def test_an_id_has_one_form(self, text):
        assert is_record_id(ID)
        assert not is_record_id(text)


class TestRecords:
    def test_only_known_writable_fields_are_sent(self):
        fields = {"title": "a", "number": "WO-1", "created_at": "x", "shoe_size": 43}
        assert known_writable("work_order", fields) == {"title": "a"}
        assert canonical_fields("work_order", fields) == {"title": "a"}
        assert SPECS["work_order"].field("shoe_size") is None

    def test_parents(self):
        assert parent_of("labor", {"work_order_id": "w"}) == "w"
        assert parent_of("comment", {"work_order_id": None, "asset_id": "a"}) == "a"
        assert parent_of("asset", {"parent_id": "a"}) is None

    def test_what_is_missing(self):
        assert missing_field("work_order", {"title": "a"}) == "status"
        assert missing_field("work_order", {"title": "a", "status": "open"}) is None
        assert missing_field("comment", {"text": "a"}) == "work_order_id"
        assert missing_field("comment", {"text": "a", "asset_id": "x"}) is None
        assert (
            missing_field("comment", {"text": "a", "asset_id": "x", "work_order_id": "w"}) == "work_order_id"
        )

    def test_every_table_of_the_cache_but_work_orders_has_fields_of_its_records(self):
        for table in set(TABLES) - {"work_order"}:
            assert all(SPECS[table].field(name) for name in columns(table))

    @given(st.datetimes(timezones=st.just(UTC)), st.integers())
    def test_ids_are_version_7_and_in_order_of_time(self, now, seed):
        random = Random(seed)
        made = new_id(now, random)
        assert is_record_id(made)
        assert uuid.UUID(made).version == 7
        if 1970 <= now.year < 9000:
            assert made < new_id(now + timedelta(seconds=1), random)


class TestTransitions:
    @pytest.mark.parametrize("role", ["technician", "planner", "admin", "requester"])
    @pytest.mark.parametrize("sent", STATUSES)
    @pytest.mark.parametrize("stored", [None, *STATUSES])
    def test_only_what_the_contract_allows(self, stored, sent, role):
        unfinished = {"open", "in_progress", "on_hold"}
        is_supervisor = role in {"planner", "admin"}
        allowed = (
            stored == sent
            or (stored is None and sent != "closed")
            or (stored in unfinished and sent in unfinished | {"completed", "cancelled"})
            or (stored == "completed" and is_supervisor and sent in unfinished | {"closed"})
            or (stored == "cancelled" and is_supervisor and sent in unfinished)
        )
        assert (transition_problem(stored, sent, role) is None) is allowed

    @pytest.mark.parametrize(
        ("role", "action", "record_type", "is_own", "allowed"),
        [
            ("admin", "delete", "person", False, True),
            ("planner", "update", "person", False, False),
            ("planner", "delete", "work_order", False, True),
            ("technician", "create", "work_order", False, True),
            ("technician", "delete", "work_order", True, False),
            ("technician", "update", "asset", False, True),
            ("technician", "create", "asset", False, False),
            ("technician", "create", "labor", False, True),
            ("technician", "update", "labor", False, False),
            ("technician", "delete", "labor", True, True),
            ("requester", "create", "comment", False, True),
            ("requester", "update", "work_order", True, False),
            ("nobody", "create", "comment", True, False),
        ],
    )
    def test_who_may_do_what(self, role, action, record_type, is_own, allowed):
        assert is_allowed(role, action, record_type, is_own=is_own) is allowed


class TestChecks:
    def account(self, role="technician"):
        return Account("i", ID, "Dana", "dana", role, "http://localhost")

    def view(self, record_type="work_order", version=1, **fields):
        return RecordView(record_type, "r1", {"title": "a", "status": "open", **fields}, version)

    def check(self, kind, record_type, fields, seen=None, role="technician", work_order=None):
        found = problems(kind, record_type, fields, seen, self.account(role), work_order)
        return [(one.field, one.message) for one in found]

    def test_a_good_record_has_no_problem(self):
        assert self.check(EditKind.CREATE, "work_order", {"title": "a", "status": "open"}) == []

    def test_each_bad_field_is_told(self):
        found = self.check(EditKind.CREATE, "work_order", {"title": "", "status": "open", "due_at": "soon"})
        assert [name for name, _ in found] == ["title", "due_at"]

    def test_what_a_newer_server_sent_is_not_judged_until_it_is_changed(self):
        seen = self.view(priority="urgent")
        assert self.check(EditKind.UPDATE, "work_order", {**seen.fields, "title": "b"}, seen) == []
        assert self.check(EditKind.UPDATE, "work_order", {**seen.fields, "priority": "soon"}, seen)

    def test_a_status_that_cannot_be_is_told_at_its_field(self):
        seen = self.view(status="closed")
        ((name, said),) = self.check(EditKind.UPDATE, "work_order", {**seen.fields, "status": "open"}, seen)
        assert (name, said) == ("status", "This work order is closed, and a closed one stays as it is.")

    def test_hours_of_a_finished_work_order(self):
        done = self.view(status="completed", number="WO-7")
        ((_, said),) = self.check(EditKind.CREATE, "labor", {}, work_order=done.fields)
        assert "WO-7 is completed" in said

    def test_a_role_that_may_not(self):
        ((_, said),) = self.check(EditKind.CREATE, "asset", {})
        assert said == "Your role (technician) does not allow this."

    def test_deleting_needs_no_good_fields(self):
        assert self.check(EditKind.DELETE, "work_order", {"title": ""}, self.view(), "planner") == []

    @pytest.mark.parametrize(
        ("record_type", "fields", "version", "is_own"),
        [
            ("comment", {"written_by": ID}, 1, True),
            ("comment", {"written_by": "other"}, 1, False),
            ("comment", {"written_by": "other"}, None, True),
            ("labor", {"person_id": ID}, 1, True),
        ],
    )
    def test_ones_own_children_can_be_deleted(self, record_type, fields, version, is_own):
        seen = RecordView(record_type, "r1", fields, version)
        assert (self.check(EditKind.DELETE, record_type, fields, seen) == []) is is_own


class TestWire:
    def test_numbers_are_exact_and_text_is_utf_8(self):
        assert decode(b'{"hours": 0.1}') == {"hours": Decimal("0.1")}
        assert encode({"hours": Decimal("0.1"), "title": "é"}) == '{"hours":0.1,"title":"é"}'.encode()

    @pytest.mark.parametrize(
        "data", [b"", b"<html>", b'{"a": 1', b"\xff\xfe", b'"\\ud800"' + b"x", b"[" * 100_000]
    )
    def test_anything_else_is_unreadable(self, data):
        with pytest.raises(UnreadableJson):
            decode(data)


def test_invalid_input_reads_as_its_sentences():
    error = InvalidInput([Problem("title", "This is needed."), Problem("hours", "This is a number.")])
    assert str(error) == "This is needed. This is a number."
    assert [one.field for one in error.problems] == ["title", "hours"]


def test_a_tally_adds_up_what_needs_an_answer():
    assert Tally(5, 2, 1).needs_you == 3

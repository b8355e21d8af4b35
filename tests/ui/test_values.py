from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from maintenance_desktop.ui.times import clock_text, date_text
from maintenance_desktop.ui.values import ValueTexts, fill, quoted
from tests.ui.fakes import ALEX, PUMP, believable_plant, in_days, record_id

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def values(qapp):
    return ValueTexts(believable_plant(), lambda: NOON)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("status", "in_progress", "In progress"),
        ("status", "from_a_newer_server", "from_a_newer_server"),
        ("assigned_to", ALEX, "Alex Nyström"),
        ("asset_id", PUMP, "P-204 Feed pump"),
        ("estimated_hours", Decimal("2.5"), "2.5 h"),
        ("downtime_minutes", 30, "30"),
        ("title", "<b>x</b>", "<b>x</b>"),
        ("description", None, "–"),
        ("description", "", "–"),
        ("unknown_field", True, "True"),
    ],
)
def test_values_are_told_in_words(values, name, value, text):
    assert values.text("work_order", name, value) == text


def test_other_types_too(values):
    assert values.text("person", "active", True) == "Yes"
    assert values.text("person", "active", False) == "No"
    assert values.text("asset", "installed_on", "2019-04-02") == date_text("2019-04-02")
    assert values.text("torque_log", "curve", "x-17") == "x-17"


def test_a_record_that_is_not_known_here_is_told_by_its_id(values):
    missing = record_id(404404)
    assert missing[-6:] in values.text("work_order", "assigned_to", missing)


def test_a_reference_is_looked_up_once(values, monkeypatch):
    assert values.text("work_order", "assigned_to", ALEX) == "Alex Nyström"
    monkeypatch.setattr(values._references, "name", lambda *_: "changed")
    assert values.text("work_order", "assigned_to", ALEX) == "Alex Nyström"


def test_times_inside_a_sentence(values):
    today = NOON.replace(hour=10, minute=30).astimezone(UTC).isoformat()
    clock = clock_text(today)
    assert values.when(today) == f"today at {clock}"
    assert values.at(today) == f"at {clock}"
    assert values.when(in_days(-1)).startswith("yesterday at ")
    assert values.when(in_days(-60)).startswith("on ")
    assert values.at(in_days(-60)) == values.when(in_days(-60))
    assert values.when("") == values.when("not a time") == ""


def test_short_values_fit_into_a_sentence(values):
    assert values.short("work_order", "title", "word " * 100).startswith("“word word")
    assert len(values.short("work_order", "title", "x" * 10_000)) < 60
    assert values.short("work_order", "status", "open") == "Open"
    assert values.short("work_order", "due_at", None) == "no Due"


def test_places_are_filled_all_at_once():
    assert fill("%2 on %1", "%2", "x") == "x on %2"


def test_quotes_are_cut_to_one_line():
    assert quoted("a\nb") == "“a b”"
    assert quoted("x" * 100) == f"“{'x' * 48}…”"

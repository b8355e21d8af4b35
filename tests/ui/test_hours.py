from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale

from maintenance_desktop.ui import hours as hours_of
from maintenance_desktop.ui.hours import HoursWriting


@pytest.fixture
def as_clock(monkeypatch):
    monkeypatch.setattr(HoursWriting, "as_clock", True)


@pytest.mark.parametrize(
    ("typed", "hours"),
    [("1.5", "1.5"), ("1,5", "1.5"), ("1:30", "1.5"), ("90 min", "1.5"), ("2h", "2"), ("0:20", "0.3333")],
)
def test_hours_are_read_as_people_write_them(typed, hours):
    assert hours_of.typed_hours(typed) == Decimal(hours)


@pytest.mark.parametrize("typed", ["", "one", "1:75", "1.5.2", "NaN", "inf"])
def test_what_are_no_hours_is_none(typed):
    assert hours_of.typed_hours(typed) is None


def test_hours_have_two_decimals(qapp):
    assert hours_of.hours_text(Decimal("1.5")) == "1.50"
    QLocale.setDefault(QLocale("de_DE"))
    assert hours_of.hours_text(2) == "2,00"


@pytest.mark.usefixtures("as_clock")
@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (2, "2:00"),
        ("1.5", "1:30"),
        ("0.3333", "0:20"),
        ("1.999", "2:00"),
        ("-0.25", "−0:15"),
        ("100", "100:00"),
    ],
)
def test_hours_are_written_as_on_a_clock_where_that_is_set(qapp, hours, text):
    assert hours_of.hours_text(Decimal(hours)) == text
    assert hours_of.short_hours_text(Decimal(hours)) == text


def test_hours_in_a_sentence_have_the_places_they_need(qapp):
    assert hours_of.short_hours_text(Decimal("2.50")) == "2.5"


@pytest.mark.parametrize("value", [None, True, "a few"])
@pytest.mark.parametrize("on", [True, False])
def test_what_are_no_hours_is_shown_as_it_came(qapp, monkeypatch, value, on):
    monkeypatch.setattr(HoursWriting, "as_clock", on)
    shown = "" if value is None else str(value)
    assert hours_of.hours_text(value) == hours_of.short_hours_text(value) == shown

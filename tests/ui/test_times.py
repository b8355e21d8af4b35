from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale

from maintenance_desktop.ui import times

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)


def wire(**delta):
    return times.wire_time(NOW + timedelta(**delta))


def test_near_times_are_told_by_their_day(qapp):
    clock = times.clock_text(wire())
    assert times.relative_text(wire(), NOW) == f"today {clock}"
    assert times.relative_text(wire(days=-1), NOW) == f"yesterday {clock}"
    assert times.relative_text(wire(days=-3), NOW) == f"Thu {clock}"
    assert times.relative_text(wire(days=-30), NOW).startswith("23/10/2026")


def test_what_is_late_counts_days_and_what_is_done_does_not(qapp):
    assert times.due_text(wire(days=-2), NOW) == "−2 d"
    assert times.due_text(wire(days=-2), NOW, is_finished=True) == "Fri"
    assert times.due_text(wire(days=1), NOW) == "tomorrow"


def test_what_is_not_a_time_is_shown_as_it_came(qapp):
    assert times.relative_text("soon", NOW) == "soon"
    assert times.date_text("next spring") == "next spring"
    assert times.relative_text(None, NOW) == ""


@pytest.mark.parametrize("name", ["en_US", "en_GB", "de_DE", "fr_FR", "ja_JP", "C"])
def test_a_time_can_be_read_back_in_every_locale(qapp, name):
    QLocale.setDefault(QLocale(name))
    at_the_minute = NOW.replace(second=0, microsecond=0)
    shown = times.date_time_text(times.wire_time(at_the_minute))
    assert times.typed_moment(shown, NOW) == at_the_minute


def test_days_can_be_typed_in_words(qapp):
    assert times.typed_date("tomorrow", NOW.date()) == NOW.date() + timedelta(days=1)
    assert times.typed_date("+3", NOW.date()) == NOW.date() + timedelta(days=3)
    assert times.typed_date("mon", NOW.date()) == NOW.date() + timedelta(days=1)
    assert times.typed_date("2026-12-01", NOW.date()).isoformat() == "2026-12-01"
    assert times.typed_date("whenever", NOW.date()) is None


def test_a_day_with_a_clock_is_a_moment(qapp):
    when = times.typed_moment("tomorrow 14:00", NOW)
    assert (when.date() - NOW.date()).days == 1
    assert (when.hour, when.minute) == (14, 0)
    assert times.typed_moment("tomorrow 25:00", NOW) is None


def test_numbers_have_the_places_they_need_and_no_more(qapp):
    assert times.number_text(2) == "2"
    assert times.number_text(Decimal("2.50")) == "2.5"
    assert times.number_text(Decimal("1E+3")) == "1000"


def test_where_no_language_is_set_dates_are_written_plainly(qapp):
    QLocale.setDefault(QLocale.c())
    assert times.date_text("2026-11-22") == "2026-11-22"

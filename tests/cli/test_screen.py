from __future__ import annotations

from decimal import Decimal

import pytest

from maintenance_desktop.cli import program, screen
from maintenance_desktop.cli.fields import FieldReader, number
from maintenance_desktop.cli.reply import Stopped
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.records import Field, FieldKind
from maintenance_desktop.domain.views import LocationRow, PersonRow
from maintenance_desktop.services.status import Progress

ANA = Account("instance", "person", "Ana", "ana", "technician", "https://hub.example")


def test_columns_are_aligned_whatever_script_they_hold():
    text = screen.table(("A", "B"), [("x", "1"), ("漏れ", "2"), ("e\u0301", "3")])
    assert text.splitlines() == ["A     B", "x     1", "漏れ  2", "e\u0301     3"]


def test_no_text_can_steer_the_terminal():
    assert screen.one_line("a\x1b[2Jb\nc\u202ed") == "a [2Jb c d"
    assert screen.one_line("👩\u200d🔧 ok") == "👩\u200d🔧 ok"


@pytest.mark.parametrize(("wire", "shown"), [("", ""), (None, ""), ("yesterday", "yesterday"), (5, "5")])
def test_a_time_that_is_none_is_shown_as_it_came(wire, shown):
    assert screen.local_time(wire) == shown


def test_a_time_is_shown_in_the_zone_of_this_computer():
    assert len(screen.local_time("2026-11-22T10:42:00.000Z")) == len("2026-11-22 10:42")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("2", "2"), ("2.5", "2.5"), ("2,5", "2.5"), (" 1:30 ", "1.5"), ("0:20", "0.3333"), ("1:00", "1")],
)
def test_numbers_are_typed_with_a_point_a_comma_or_as_a_clock(typed, value):
    assert number("hours", typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["", "x", "1:75", "NaN", "Infinity", "1e99", "--"])
def test_what_is_no_number(typed):
    with pytest.raises(Stopped, match="is not a number"):
        number("hours", typed)


class Plant:
    def people(self):
        return [PersonRow("1", "Ana", "ana"), PersonRow("2", "Jo", "jo1"), PersonRow("3", "Jo", "jo2")]

    def locations(self):
        return [LocationRow("4", "Hall", "H1"), LocationRow("5", "Hall", "H2")]


@pytest.fixture
def fields():
    return FieldReader(Plant(), ANA)


def test_people_and_places_are_named_as_people_name_them(fields):
    person, place = (Field("x", FieldKind.REFERENCE, refers_to=kind) for kind in ("person", "location"))
    assert fields.value(person, "me") == "person"
    assert fields.value(person, "ANA") == "1"
    assert fields.value(place, "h2") == "5"
    assert fields.value(person, "0190a000-0000-7000-8000-000000000001").startswith("0190")
    for field, name in ((person, "Jo"), (place, "hall")):
        with pytest.raises(Stopped, match="is the name of 2"):
            fields.value(field, name)


def test_values_of_every_kind(fields):
    assert fields.value(Field("x", FieldKind.BOOLEAN), "Yes") is True
    assert fields.value(Field("x", FieldKind.DATE), "2026-11-22") == "2026-11-22"
    assert fields.value(Field("x", FieldKind.TIME), "2026-11-22T10:00:00+01:00") == "2026-11-22T09:00:00.000Z"
    assert fields.value(Field("x"), " as it is ") == " as it is "
    assert fields.value(Field("x"), "  ") is None
    with pytest.raises(Stopped, match="yes or no"):
        fields.value(Field("x", FieldKind.BOOLEAN), "perhaps")
    with pytest.raises(Stopped, match="not a date and time"):
        fields.value(Field("x", FieldKind.TIME), "9999-12-31 23:59:59-23:00x")


def test_progress_is_shown_on_a_terminal_only(capsys, monkeypatch):
    program._show_progress(Progress("download", 5, 10))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    program._show_progress(Progress("download", 5, 10))
    program._show_progress(Progress("push", 5, None))
    assert capsys.readouterr().err == "\rdownload: 5 of 10 \rpush: 5 "

from __future__ import annotations

from maintenance_desktop.domain.records import SPECS, FieldKind
from maintenance_desktop.domain.views import Mark
from maintenance_desktop.ui import words


def test_every_field_and_choice_has_a_word():
    for record_type, spec in SPECS.items():
        for field in spec.fields:
            assert words.field_word(record_type, field.name) != field.name
            if field.kind is FieldKind.CHOICE:
                for choice in field.choices:
                    assert words.choice_word(record_type, field.name, choice) != choice


def test_what_a_newer_server_sends_is_shown_as_it_came():
    assert words.status_word("frozen") == "frozen"
    assert words.field_word("work_order", "torque_curve") == "torque_curve"
    assert words.type_word("permit") == "permit"


def test_each_mark_has_a_shape_of_its_own():
    signs = {words.mark_sign(mark) for mark in Mark}
    assert len(signs) == len(Mark)
    assert all(words.mark_word(mark) for mark in Mark if mark is not Mark.NONE)

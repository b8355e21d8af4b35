"""Whole rounds against a server whose answers are bent: nothing is lost, nothing is believed too early."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_desktop.backends import stream, transport
from maintenance_desktop.services import pull
from tests.bad_answers.bends import bends, endless, pages_without_end, stops
from tests.bad_answers.hub_on_a_wire import HubOnAWire
from tests.bad_answers.laptop import PATIENCE, Template, made
from tests.thorough import tries

_numbers = itertools.count()

scripts = st.fixed_dictionaries(
    {},
    optional={
        "edits": st.lists(bends(of_edits=True), min_size=1, max_size=3),
        "changes": st.lists(bends(), min_size=1, max_size=2),
    },
)
scripts_from_the_start = st.fixed_dictionaries(
    {"info": st.lists(bends(), min_size=1, max_size=2)},
    optional={"edits": st.lists(bends(of_edits=True), max_size=1)},
)


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Template:
    return made(tmp_path_factory.mktemp("laptop") / "profile")


@pytest.fixture(scope="module")
def server():
    found = HubOnAWire()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("copies")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """What takes a moment to send is large here, and twenty times is for ever."""
    monkeypatch.setattr(stream, "_LONGEST_LINE", 200_000)
    monkeypatch.setattr(transport, "_LARGEST_BODY", 1_000_000)
    monkeypatch.setattr(pull, "_IN_VAIN", 20)


def goes_through(template, server, folder, script, rounds=2):
    laptop = template.copied(server, folder / str(next(_numbers)))
    try:
        server.bends = {call: list(coming) for call, coming in script.items()}
        for _ in range(rounds):
            began = time.monotonic()
            laptop.person.syncs()
            assert time.monotonic() - began < PATIENCE
            laptop.every_edit_has_the_fate_it_was_told()
        laptop.everything_can_be_looked_at()
        laptop.work_goes_on()
        laptop.comes_to_rest()
    finally:
        laptop.is_put_away()
        bug, server.bug = server.bug, None
        if bug is not None:
            raise bug


def test_an_honest_server_brings_everything_to_rest(template, server, folder):
    goes_through(template, server, folder, {})


@tries(30)
@given(script=scripts)
def test_bent_answers_lose_nothing_and_poison_nothing(template, server, folder, script):
    goes_through(template, server, folder, script)


@tries(12)
@given(script=scripts_from_the_start)
def test_a_server_that_cannot_say_who_it_is(template, server, folder, script):
    goes_through(template, server, folder, script)


@tries(6)
@given(flood=endless, call=st.sampled_from(["info", "edits", "changes"]))
def test_an_answer_without_end_is_left(template, server, folder, flood, call):
    goes_through(template, server, folder, {call: [flood]}, rounds=1)


@tries(6)
@given(pages=pages_without_end)
def test_pages_without_end_are_left(template, server, folder, pages):
    goes_through(template, server, folder, {"changes": [pages] * 10_000}, rounds=1)


@tries(3)
@given(stop=stops, call=st.sampled_from(["info", "edits", "changes"]))
def test_an_answer_that_stops_and_leaves_the_line_open_is_left(template, server, folder, stop, call):
    goes_through(template, server, folder, {call: [stop]}, rounds=1)

from __future__ import annotations

import threading

import pytest

from maintenance_desktop.backends.late import LateHub
from maintenance_desktop.domain.addresses import BadAddress
from maintenance_desktop.domain.outcomes import Unreachable

ADDRESS = "http://127.0.0.1:9"


class Hub:
    """Writes down what it is asked."""

    def __init__(self, address: str) -> None:
        self.asked = [address]

    def __getattr__(self, name: str):
        return lambda *arguments, **more: self.asked.append(name)


class Maker:
    """Makes hubs, and can be held up as an import is."""

    def __init__(self) -> None:
        self.made: list[Hub] = []
        self.is_at_work = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def __call__(self, address: str) -> Hub:
        self.is_at_work.set()
        assert self.may_go_on.wait(10)
        self.made.append(Hub(address))
        return self.made[-1]


@pytest.fixture
def make():
    return Maker()


@pytest.fixture
def hub(make):
    return LateHub(ADDRESS, make)


def test_an_address_that_is_none_is_said_at_once(make):
    with pytest.raises(BadAddress):
        LateHub("ftp://hub.example", make)


def test_the_hub_is_made_by_the_first_call_and_asked_from_then_on(hub, make):
    assert make.made == []
    hub.info()
    hub.use_token("secret")
    hub.push([], None)
    hub.interrupt()
    hub.close()
    assert [one.asked for one in make.made] == [
        [ADDRESS, "info", "use_token", "push", "interrupt", "close"],
    ]


def test_two_threads_make_one(hub, make):
    make.may_go_on.clear()
    callers = [threading.Thread(target=hub.info) for _ in range(2)]
    for caller in callers:
        caller.start()
    assert make.is_at_work.wait(10)
    make.may_go_on.set()
    for caller in callers:
        caller.join(10)
    assert [one.asked for one in make.made] == [[ADDRESS, "info", "info"]]


def test_an_interruption_does_not_wait_for_the_hub_and_is_not_lost(hub, make):
    make.may_go_on.clear()
    caller = threading.Thread(target=hub.wait_for_change, args=("cursor", 1))
    caller.start()
    assert make.is_at_work.wait(10)
    hub.interrupt()
    make.may_go_on.set()
    caller.join(10)
    assert make.made[0].asked == [ADDRESS, "interrupt", "wait_for_change"]


def test_what_was_closed_before_it_was_there_calls_nobody(hub, make):
    hub.close()
    with pytest.raises(Unreachable):
        hub.info()
    assert make.made == []


def test_what_is_closed_while_it_is_made_calls_nobody(hub, make):
    make.may_go_on.clear()
    found = []

    def call():
        try:
            hub.info()
        except Unreachable:
            found.append("stopped")

    caller = threading.Thread(target=call)
    caller.start()
    assert make.is_at_work.wait(10)
    hub.close()
    make.may_go_on.set()
    caller.join(10)
    assert found == ["stopped"]
    assert make.made[0].asked == [ADDRESS]

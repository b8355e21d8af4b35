from __future__ import annotations

import os

import pytest

from maintenance_desktop.services.status import Connection
from tests.hub_process import HubProcess
from tests.person import Person
from tests.services.fakes import FakeHub, joins

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no screen is needed


@pytest.fixture
def hub():
    return FakeHub()


@pytest.fixture
def people(hub, tmp_path):
    """Makes people at computers of their own; each is closed at the end."""
    made = []

    def join(username, folder=None, *, syncs=True, **rest):
        person = joins(hub, username, folder or tmp_path / f"{username}-{len(made)}", **rest)
        made.append(person)
        if syncs:
            person.syncs()
        return person

    yield join
    for person in made:
        person.leaves()


@pytest.fixture
def dana(people):
    return people("dana")


@pytest.fixture
def bob(people):
    return people("bob")


@pytest.fixture(scope="module")
def real_hub(tmp_path_factory):
    """A hub in a process of its own, with two technicians and a planner."""
    with HubProcess.start(tmp_path_factory.mktemp("hub") / "data") as hub:
        hub.add_person("dana", "Dana Ortiz")
        hub.add_person("bob", "Bob Lee")
        hub.add_person("pia", "Pia Plan", "planner")
        yield hub


@pytest.fixture
def signs_in(real_hub, tmp_path, monkeypatch):
    """Signs people in at the real hub, each at a computer of their own; `at` names a second one."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    made = []

    def join(username, at="", *, syncs=True):
        person = Person.signs_in(real_hub.url, username, tmp_path / f"{username}{at}", seed=len(made) + 1)
        made.append(person)
        if syncs:
            assert person.syncs().connection is Connection.ONLINE
        return person

    yield join
    for person in made:
        person.leaves()


@pytest.fixture
def pia(signs_in):
    return signs_in("pia")


@pytest.fixture
def order(pia):
    made = pia.records.create("work_order", {"title": "Pump leaks", "description": "As found"})
    pia.syncs()
    return made

from __future__ import annotations

import os

import pytest

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

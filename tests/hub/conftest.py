from __future__ import annotations

import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

sys.path.insert(0, str(Path(__file__).parents[1]))

from postgres import postgres_server

from maintenance_desktop.hub.store import HubStore

from .web import Web
from .world import Clock, World

BACKENDS = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgres():
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres):
    """A database with empty hub tables, copied for each test."""
    name = postgres.new_database()
    HubStore.open(postgres.url(name)).close()
    return name


@pytest.fixture(params=BACKENDS)
def target(request, tmp_path):
    """Where a hub keeps its data: a folder, or the address of an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield tmp_path / "hub"
        return
    server = request.getfixturevalue("postgres")
    name = server.new_database(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def hub_hasher():
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(target, clock, hub_hasher):
    store = HubStore.open(target, clock=clock, hasher=hub_hasher)
    yield store
    store.close()


@pytest.fixture
def world(store, clock):
    return World(store, clock)


@pytest.fixture
def web(world):
    web = Web(world.store)
    with web.client:
        yield web

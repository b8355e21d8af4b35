from __future__ import annotations

import json
from random import Random

import pytest

from maintenance_desktop.hub import schema, tail
from maintenance_desktop.hub.changes import read_page
from maintenance_desktop.hub.errors import Problem
from maintenance_desktop.hub.people import disable_person
from maintenance_desktop.hub.questions import Clerk, Question
from maintenance_desktop.hub.sessions import sign_in

from .world import PASSWORD, lines, new_id


def token(world, username):
    return sign_in(world.store, username, PASSWORD, address="")["token"]


@pytest.fixture
def clerk(world):
    return Clerk(world.store)


@pytest.fixture
def pia(world):
    return token(world, "pia")


def ask(clerk, *args, **more):
    (answer,) = clerk.answer([Question(*args, **more)])
    return answer


def parsed(page):
    found = [json.loads(line) for line in page.body.splitlines()]
    return found[0], found[1:-1], found[-1]


def test_many_tokens_are_looked_up_together_and_each_gets_its_own_answer(world, clerk):
    tokens = {name: token(world, name) for name in ("dana", "bob", "pia", "ada")}
    disable_person(world.store, "bob")
    questions = [Question(one) for one in (tokens["dana"], "", tokens["bob"], tokens["ada"], "x" * 43)]
    dana, nobody, bob, ada, stranger = clerk.answer(questions * 3)[5:10]
    assert (dana.author.id, ada.author.role) == (world.dana, "admin")
    for refused in (nobody, bob, stranger):
        assert isinstance(refused, Problem)
        assert refused.status == 401


def test_a_cursor_that_leads_nowhere_is_its_own_trouble_only(world, clerk, pia):
    _, cursor = world.read_all()
    good, bad, waits = clerk.answer(
        [Question(pia, cursor), Question(pia, "x"), Question(pia, cursor, waits=True)]
    )
    assert parsed(good.page) == ({"total": 0}, [], {"cursor": cursor, "more": False})
    assert isinstance(bad, Problem)
    assert bad.status == 410
    assert (waits.page, waits.beyond) == (None, world.store.last_change())


def test_a_first_download_and_a_cursor_from_before_are_left_to_the_database(world, clerk, pia):
    _, cursor = world.read_all()
    world.work_order()
    assert ask(clerk, pia, cursor).page is None  # it was written before this clerk looked for the first time
    _, _, end = lines(read_page(world.store, None, 2))
    assert ask(clerk, pia, end["cursor"]).page is None
    _, later = world.read_all()
    world.work_order()
    assert len(parsed(ask(clerk, pia, later).page)[1]) == 1


def test_who_would_wait_has_at_once_what_is_there_already(world, clerk, pia):
    _, cursor = world.read_all()
    ask(clerk, pia, cursor)
    seen = world.store.last_change()
    world.work_order()
    answer = ask(clerk, pia, cursor, waits=True)
    assert answer.beyond == seen
    assert len(parsed(answer.page)[1]) == 1


@pytest.mark.parametrize(("most", "at_least"), [(4_000, 60), (6, 20)])
def test_the_clerk_says_what_the_database_says(world, clerk, pia, monkeypatch, most, at_least):
    """Whatever is written and wherever one stands: the same lines, the same cursor."""
    monkeypatch.setattr(tail, "_MOST_LINES", most)
    random = Random(7)
    _, cursor = world.read_all()
    ask(clerk, pia, cursor)
    cursors, orders, compared = [cursor], {world.work_order(): 1}, 0
    for _ in range(60):
        chance = random.random()
        chosen = random.choice(list(orders))
        if chance < 0.4:
            orders[world.work_order()] = 1
        elif chance < 0.8:
            result = world.update("work_order", chosen, orders[chosen], {"description": new_id()})
            orders[chosen] = result["version"]
        elif len(orders) > 1:
            world.delete("work_order", chosen, orders.pop(chosen))
        since, limit = random.choice(cursors), random.choice([1, 3, 5000])
        page = ask(clerk, pia, since, limit).page
        expected = lines(read_page(world.store, since, limit))
        if page is not None:
            compared += 1
            assert parsed(page) == expected
        cursors.append(expected[2]["cursor"])
    assert compared >= at_least


def test_a_restored_database_is_read_anew(world, clerk, pia):
    _, cursor = world.read_all()
    ask(clerk, pia, cursor)
    world.store.write(lambda tx: schema.write_meta(tx, "epoch", new_id()))
    world.store.write(lambda tx: tx.run("UPDATE counter SET changes = changes - 1"))
    answer = ask(clerk, pia, cursor)
    assert isinstance(answer, Problem)
    assert answer.status == 410
    _, cursor = world.read_all()
    assert parsed(ask(clerk, pia, cursor).page)[1] == []


def test_everybody_gets_the_same_bytes_and_they_are_made_once(world, clerk, pia):
    _, cursor = world.read_all()
    ask(clerk, pia, cursor)
    for _ in range(4):
        world.work_order(description="Seal leaks. " * 20)
    first, second = clerk.answer([Question(pia, cursor, packs=True)] * 2)
    assert first.page is second.page
    assert first.page.packed is not None
    assert len(first.page.packed) < len(first.page.body)

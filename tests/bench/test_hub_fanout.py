from __future__ import annotations

import os
from random import Random

import pytest

from tests.bench.hub_fanout import works
from tests.bench.hub_load import Board, processor_time
from tests.bench.hub_people import Person


@pytest.mark.parametrize("hubs", [1, 2])
def test_everybody_reads_what_anybody_saves_whichever_hub_they_use(hubs):
    with works(hubs, people=6, work_orders=2000) as made:
        found = made.load(rate=15, seconds=2)
    assert found["unread"] == 0
    assert found["edits"] == 15 * 5  # 3 s of them to warm up
    assert 15 * 2 * 5 <= found["read"] <= 15 * 2 * 5 + 10
    assert 0 < found["late_ms"]["p50"] <= found["late_ms"]["p95"] <= found["late_ms"]["max"]
    assert found["cores"]["hub"] > 0
    assert len(found["memory_mb"]["hub"]) == hubs


def person(number, board):
    work = [{"id": f"{number:036}", "version": 1, "record": {"title": "Pump"}}]
    return Person(number, 0, "", "", "", work, board.seen, Random(1))


def test_the_board_counts_a_version_that_was_replaced_before_it_was_read_as_read_with_the_newer():
    board = Board(people=3)
    people = [person(number, board) for number in range(3)]
    people[0].random = _Always(0.1)  # an update of a work order
    board.save(people[0], 10.0)
    board.save(people[0], 11.0)
    record_id = people[0].work[0]["id"].encode()
    board.seen(0, [(record_id, b"3")], 11.5)  # one's own: not what is measured
    assert (board.unread, list(board.late)) == (4, [])
    board.seen(1, [(record_id, b"2")], 12.0)
    board.seen(1, [(record_id, b"2")], 12.5)  # once more is no news
    board.seen(1, [(record_id, b"3")], 13.0)
    board.seen(2, [(record_id, b"3"), (b"x" * 36, b"1")], 14.0)
    assert board.unread == 0
    assert list(board.late) == [2.0, 2.0, 4.0, 3.0]


def test_the_time_of_a_process_grows():
    before = processor_time(os.getpid())
    assert sum(number * number for number in range(2_000_000)) > 0
    assert processor_time(os.getpid()) > before


class _Always:
    def __init__(self, value):
        self._value = value

    def random(self):
        return self._value

    def getrandbits(self, bits):
        return 1

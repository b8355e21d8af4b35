"""Which thread Python's collector runs on, and when."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from maintenance_desktop.ui import garbage
from maintenance_desktop.ui.garbage import Garbage


class Ring:
    """Refers to itself, so that only the collector ends it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collecting(qapp, monkeypatch):
    monkeypatch.setattr(garbage, "_LOOK_MS", 5)
    monkeypatch.setattr(garbage, "_EVERY", 3)  # nine turns to the oldest: a busy machine has time for those
    gc.collect()
    made = Garbage()
    yield made
    made.stop()
    gc.collect()


def left_ring(ended_on: list[int]) -> None:
    weakref.finalize(Ring(), lambda: ended_on.append(threading.get_ident()))


def busy() -> None:
    """Make so many objects that Python would collect several times."""
    made = [[number] for number in range(100 * gc.get_threshold()[0])]
    assert made


def test_what_is_left_over_ends_on_the_windows_thread_whoever_is_busy(collecting, qtbot):
    ended_on: list[int] = []
    left_ring(ended_on)
    other = threading.Thread(target=busy)
    other.start()
    other.join()
    assert ended_on == []
    rings = [Ring() for _ in range(2 * gc.get_threshold()[0])]  # as a window does that is used
    qtbot.waitUntil(lambda: bool(ended_on))
    assert ended_on == [threading.get_ident()]
    assert rings


def test_what_came_to_an_age_is_collected_too(collecting, qtbot):
    ended_on: list[int] = []
    ring = Ring()
    weakref.finalize(ring, lambda: ended_on.append(threading.get_ident()))
    gc.collect()  # it is old now
    del ring
    kept = []

    def in_use() -> bool:
        kept.append([[number] for number in range(2 * gc.get_threshold()[0])])
        return bool(ended_on)

    qtbot.waitUntil(in_use)
    assert ended_on == [threading.get_ident()]


def test_without_anything_new_nothing_is_looked_through(collecting, qtbot):
    gc.collect()
    turns = collecting._turns
    with qtbot.waitSignals([collecting._look.timeout] * 3):
        pass
    assert collecting._turns == turns


def test_a_second_window_gives_up_what_the_first_left_over(collecting):
    ended_on: list[int] = []
    left_ring(ended_on)
    collecting.settle()
    assert gc.get_freeze_count() > 0
    assert ended_on == []
    collecting.settle()
    assert ended_on == [threading.get_ident()]


def test_python_collects_by_itself_again_afterwards(qapp):
    made = Garbage()
    made.settle()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0

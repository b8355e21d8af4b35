from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.ui.reading import Question, Reading, Urgency


@pytest.fixture
def reading(qapp):
    reading = Reading()
    yield reading
    reading.stop()


@pytest.fixture
def gate():
    gate = threading.Event()
    yield gate
    gate.set()


def hold(reading, gate, qtbot):
    """Keep the thread busy until the gate opens."""
    begun = threading.Event()

    def wait():
        begun.set()
        gate.wait(10)

    reading.put(Urgency.ROWS, wait)
    qtbot.waitUntil(begun.is_set)


def test_an_answer_arrives_on_the_thread_of_who_asked(reading, qtbot):
    class Asker(QObject):
        def on_answered(self, answer):
            self.heard = (answer, threading.current_thread())

    asker = Asker()
    question = Question(reading, asker)
    question.answered.connect(asker.on_answered)
    with qtbot.waitSignal(question.answered):
        question.ask(threading.get_ident)
    answer, heard_on = asker.heard
    assert answer != threading.get_ident()
    assert heard_on is threading.main_thread()
    assert not question.is_open


def test_only_the_newest_question_is_answered_and_the_others_are_not_even_read(reading, gate, qtbot):
    question = Question(reading, reading)
    answers, read = [], []
    question.answered.connect(answers.append)
    hold(reading, gate, qtbot)
    for text in ("a", "ab", "abc"):
        question.ask(lambda text=text: read.append(text) or text)
    gate.set()
    qtbot.waitUntil(lambda: not question.is_open)
    assert answers == read == ["abc"]


def test_an_answer_that_was_on_its_way_is_not_heard_for_a_newer_question(reading, gate, qtbot):
    question = Question(reading, reading)
    answers = []
    question.answered.connect(answers.append)
    begun = threading.Event()
    question.ask(lambda: begun.set() or (gate.wait(10) and "old"))
    qtbot.waitUntil(begun.is_set)
    question.ask(lambda: "new")
    gate.set()
    qtbot.waitUntil(lambda: not question.is_open)
    assert answers == ["new"]


def test_rows_are_read_before_numbers_and_files(reading, gate, qtbot):
    read = []
    hold(reading, gate, qtbot)
    for urgency in (Urgency.FILES, Urgency.NUMBERS, Urgency.ROWS):
        reading.put(urgency, lambda urgency=urgency: read.append(urgency))
    gate.set()
    qtbot.waitUntil(lambda: len(read) == 3)
    assert read == [Urgency.ROWS, Urgency.NUMBERS, Urgency.FILES]


def test_what_cannot_be_read_is_told_and_the_thread_goes_on(reading, qtbot):
    def broken():
        raise StorageTrouble("The disk reported an error.")

    question = Question(reading, reading)
    with qtbot.waitSignal(question.failed):
        question.ask(broken)
    with qtbot.waitSignal(question.answered) as answered:
        question.ask(lambda: "fine")
    assert answered.args == ["fine"]


def test_a_bug_is_raised_where_it_is_seen(reading, qtbot):
    question = Question(reading, reading)
    with qtbot.captureExceptions() as caught:
        question.ask(lambda: 1 // 0)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_nothing_is_read_any_more_once_it_is_over(gate, qtbot):
    ended, read = [], []
    reading = Reading(lambda: ended.append(threading.current_thread() is not threading.main_thread()))
    hold(reading, gate, qtbot)
    reading.put(Urgency.ROWS, lambda: read.append("late"))
    gate.set()
    reading.stop()
    reading.put(Urgency.ROWS, lambda: read.append("too late"))
    assert ended == [True]
    assert "too late" not in read
    assert not reading._thread.isRunning()


def test_a_thread_that_was_never_needed_never_runs(qapp):
    reading = Reading()
    reading.stop()
    assert not reading._thread.isRunning()


def test_who_asked_may_be_gone_when_the_answer_comes(reading, gate, qtbot):
    parent = QObject()
    question = Question(reading, parent)
    begun = threading.Event()
    question.ask(lambda: begun.set() or gate.wait(10))
    qtbot.waitUntil(begun.is_set)
    with qtbot.waitSignal(parent.destroyed):
        parent.deleteLater()
    with qtbot.waitSignal(reading.done):
        gate.set()

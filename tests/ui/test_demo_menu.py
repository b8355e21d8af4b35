from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QWidget

from maintenance_desktop.ui.demo_menu import DemoMenu


class Cable:
    def __init__(self):
        self.is_connected = True

    def connect(self, on):
        self.is_connected = on


class Failure(Exception):
    pass


class Dana:
    """A colleague who does what she is told, when she may."""

    def __init__(self):
        self.did = []
        self.may_go = threading.Event()
        self.may_go.set()
        self.problem = ""

    def change(self, work_order_id):
        return self._do("change", work_order_id)

    def complete(self, work_order_id):
        return self._do("complete", work_order_id)

    def _do(self, what, work_order_id):
        assert self.may_go.wait(10)
        if self.problem:
            raise Failure(self.problem)
        self.did.append((what, work_order_id))
        return "Dana Ortiz"


class Demo:
    def __init__(self, parent):
        self.cable, self.dana = Cable(), Dana()
        self.current = "17"
        self.said = []
        self.reconnections = []
        self.menu = DemoMenu(
            self.cable,
            self.dana,
            (Failure,),
            current=lambda: self.current,
            say=self.said.append,
            on_reconnected=lambda: self.reconnections.append(self.cable.is_connected),
            parent=parent,
        )


@pytest.fixture
def demo(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    demo = Demo(parent)
    yield demo
    demo.dana.may_go.set()
    demo.menu.stop()


def test_the_cable_is_pulled_and_plugged_in_by_the_same_line(demo):
    demo.menu.cable_action.trigger()
    assert not demo.cable.is_connected
    assert demo.menu.cable_action.text() == "Go online"
    assert "The demo's network is off" in demo.said[-1]
    demo.menu.cable_action.trigger()
    assert demo.cable.is_connected
    assert demo.menu.cable_action.text() == "Go offline"


def test_each_time_the_program_looks_at_its_network_at_once(demo):
    demo.menu.cable_action.trigger()
    demo.menu.cable_action.trigger()
    assert demo.reconnections == [False, True]


@pytest.mark.parametrize(
    ("action", "did", "sentence"),
    [
        ("change_action", "change", "Dana Ortiz changed the description on the server."),
        ("complete_action", "complete", "Dana Ortiz completed the work order on the server."),
    ],
)
def test_the_colleague_does_it_to_the_work_order_on_screen_and_it_is_said(qtbot, demo, action, did, sentence):
    getattr(demo.menu, action).trigger()
    qtbot.waitUntil(lambda: demo.menu.is_idle)
    assert demo.dana.did == [(did, "17")]
    assert demo.said == [sentence]


def test_what_she_cannot_do_is_said(qtbot, demo):
    demo.dana.problem = "This work order was deleted on the server."
    demo.menu.change_action.trigger()
    qtbot.waitUntil(lambda: demo.menu.is_idle)
    assert demo.said == ["This work order was deleted on the server."]


def test_without_a_work_order_there_is_nothing_to_interfere_with(demo):
    demo.current = None
    demo.menu.aboutToShow.emit()
    assert not demo.menu.change_action.isEnabled()
    assert not demo.menu.complete_action.isEnabled()
    demo.menu.change_action.setEnabled(True)
    demo.menu.change_action.trigger()
    assert demo.said == ["Open a work order first."]
    assert demo.dana.did == []


def test_she_does_one_thing_at_a_time(qtbot, demo):
    demo.dana.may_go.clear()
    demo.menu.change_action.trigger()
    demo.menu.aboutToShow.emit()
    assert not demo.menu.complete_action.isEnabled()
    demo.dana.may_go.set()
    qtbot.waitUntil(lambda: demo.menu.is_idle)
    demo.menu.aboutToShow.emit()
    assert demo.menu.complete_action.isEnabled()


def test_the_window_can_go_while_she_is_busy(demo):
    demo.menu.change_action.trigger()
    demo.menu.stop()
    assert demo.dana.did == [("change", "17")]

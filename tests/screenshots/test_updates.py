"""Updates on *About* in every state, and what the settings say of them."""

from __future__ import annotations

import pytest

from maintenance_desktop.domain.updates import Policy, rules
from maintenance_desktop.ui.more_page import MorePage
from maintenance_desktop.ui.settings import Settings
from tests.screenshots.camera import texts
from tests.ui.fakes import believable_plant, workspace
from tests.ui.updates import STATES, ShownUpdates


@pytest.fixture
def updates(qapp):
    return ShownUpdates()


@pytest.fixture
def more(qtbot, camera, updates, tmp_path):
    space = workspace(believable_plant())
    more = MorePage(space, Settings(tmp_path / "settings.ini"), updates=updates)
    qtbot.addWidget(more)
    more.resize(900, 620)
    more.show()
    yield more
    space.reading.stop()


def test_updates_in_every_state(more, camera, updates):
    more.show_section(more.about)
    for name, state in STATES.items():
        updates.stands(state)
        camera.looks_at(f"updates {name}", more)
        assert more.about.updates.sentence.text() in texts(more)


def test_what_it_has_set(more, camera, updates):
    updates.policy = Policy(on=True, location="\\\\plant\\updates", root="C:\\IT\\root.json")
    updates.rules = rules(updates.policy, updates.choice)
    more.show_section(more.settings)
    camera.looks_at("settings by IT", more)
    assert "What cannot be changed here is set by your IT." in texts(more)
    updates.policy = Policy(is_readable=False)
    updates.rules = rules(updates.policy, updates.choice)
    more.settings.refresh()
    camera.looks_at("settings with a policy that cannot be read", more)
    assert "cannot be read" in texts(more)


def test_a_place_that_can_be_none(more, camera):
    more.show_section(more.settings)
    field = more.settings.updates.location
    field.setText("http://updates.example.org")
    field.editingFinished.emit()
    camera.looks_at("settings with a problem", more)
    assert "not protected against listeners" in texts(more)

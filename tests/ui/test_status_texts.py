from __future__ import annotations

import pytest

from maintenance_desktop.domain.views import Tally
from maintenance_desktop.services.status import Connection, Progress, SyncState
from maintenance_desktop.ui.status_texts import status_text
from maintenance_desktop.ui.times import clock_text
from tests.ui.fakes import NOW, in_days

SYNCED = in_days(-0.01)
ONLINE = SyncState(Connection.ONLINE, in_days(-0.2), SYNCED, is_complete=True)
SAVED = "All changes saved on the server"


def test_saved_is_said_when_the_server_confirmed_everything(qapp):
    said = status_text(ONLINE, Tally(), NOW)
    assert (said.sentence, said.tone, said.icon_name) == (SAVED, "green", "online")


@pytest.mark.parametrize(
    ("state", "tally"),
    [
        (ONLINE, Tally(waiting=1)),
        (ONLINE, Tally(conflicts=1)),
        (ONLINE, Tally(refusals=1)),
        (SyncState(Connection.ONLINE, "", SYNCED, is_complete=False), Tally()),
        (SyncState(Connection.ONLINE, "", "", is_complete=True), Tally()),
        (SyncState(Connection.ONLINE, "", SYNCED, "The server had a problem.", is_complete=True), Tally()),
        *[
            (SyncState(connection, "", SYNCED, is_complete=True), Tally())
            for connection in Connection
            if connection is not Connection.ONLINE
        ],
    ],
)
def test_saved_is_never_said_otherwise(qapp, state, tally):
    said = status_text(state, tally, NOW)
    assert SAVED not in said.sentence
    assert said.tone != "green"


def test_offline_says_since_when_and_what_waits(qapp):
    since = in_days(-0.03)
    state = SyncState(Connection.OFFLINE, since, SYNCED, is_complete=True)
    said = status_text(state, Tally(waiting=3, conflicts=1), NOW)
    assert said.sentence == f"Offline since {clock_text(since)} · 3 changes waiting · 1 needs you"
    assert said.data_as_of == f"Data as of {clock_text(SYNCED)}"
    assert said.tone == "amber"


def test_before_the_first_try_it_is_neither_offline_nor_without_data(qapp):
    said = status_text(SyncState(), Tally(waiting=2), NOW)
    assert said.sentence == "Connecting… · 2 changes waiting"
    assert (said.icon_name, said.tone, said.data_as_of) == ("sync", "", "")


def test_a_full_disk_is_not_called_offline(qapp):
    state = SyncState(Connection.LOCAL_TROUBLE, SYNCED, SYNCED, "The disk is full.", is_complete=True)
    said = status_text(state, Tally(waiting=2), NOW)
    assert said.sentence == "The disk is full. · 2 changes waiting"
    assert (said.icon_name, said.tone) == ("attention", "amber")


def test_each_state_has_a_shape(qapp):
    shapes = {
        status_text(SyncState(connection, SYNCED, is_complete=True), Tally(), NOW).icon_name
        for connection in (Connection.SYNCING, Connection.OFFLINE, Connection.SIGN_IN_REQUIRED)
    }
    assert len(shapes) == 3


def test_the_first_download_is_not_called_offline(qapp):
    """The state before the first round ends is still the one before it began."""
    state = SyncState(Connection.OFFLINE, progress=Progress("download", 600, 1727))
    said = status_text(state, Tally(), NOW)
    assert said.sentence == "First download: what is here can already be used"
    assert (said.icon_name, said.data_as_of) == ("sync", "")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [("file", "First download: the lists fill when it is here"),
     ("index", "First download: preparing lists and search")],
)  # fmt: skip
def test_a_download_in_one_file_does_not_claim_that_anything_is_there(qapp, what, sentence):
    state = SyncState(Connection.SYNCING, progress=Progress(what, 6_000_000, 17_270_000))
    assert status_text(state, Tally(), NOW).sentence == sentence
    known = SyncState(Connection.SYNCING, SYNCED, progress=state.progress, is_complete=True)
    assert "First download" not in status_text(known, Tally(), NOW).sentence

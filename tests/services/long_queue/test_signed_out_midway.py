"""A 401 in the middle of a long queue: the round stops, what is not confirmed waits, nothing doubles."""

from __future__ import annotations

from maintenance_desktop.services.status import Connection
from tests.services.long_queue.expecting import (
    assert_each_is_explained,
    assert_nothing_is_lost,
    assert_the_counts_add_up,
    assert_the_hub_did_each_once,
    versions_here,
)
from tests.services.long_queue.patience import with_patience
from tests.services.long_queue.plant import breaking_hub, dana_at, signs_in_again

NEW_PASSWORD = "battery staple"


def before_request(dana, number, happens) -> list[int]:
    """Let something happen before that request, and tell how large each was."""
    push, sizes = dana.backend.push, []

    def pushes(edits, sent_at):
        sizes.append(len(edits))
        if len(sizes) == number:
            happens()
        return push(edits, sent_at)

    dana.backend.push = pushes
    return sizes


def changes_password(hub) -> None:
    done = hub.run("person", "set-password", "dana", "--password-stdin", stdin=NEW_PASSWORD + "\n")
    assert done.returncode == 0, done.stderr


@with_patience
def test_what_is_not_confirmed_waits_and_goes_on_once_the_same_person_signed_in(plant, tmp_path):
    with breaking_hub(plant) as hub, dana_at(plant, hub.url) as dana:
        saved, versions = dana.profile.outbox.pending(), versions_here(dana)
        well = len(saved) - len(plant.doomed)
        sizes = before_request(dana, 7, lambda: changes_password(hub))
        first = dana.syncs()
        assert first.connection is Connection.SIGN_IN_REQUIRED
        assert len(sizes) == 7
        assert 0 < first.applied < well
        assert len(dana.profile.outbox.pending()) == len(saved) - first.applied
        assert_nothing_is_lost(dana, saved)

        before = dana.reader.tally()
        assert dana.syncs().connection is Connection.SIGN_IN_REQUIRED
        assert dana.reader.tally() == before

        signs_in_again(dana, hub.url, NEW_PASSWORD)
        second = dana.syncs()
        assert second.connection is Connection.ONLINE
        assert first.applied + second.applied == well
        assert_each_is_explained(dana, plant)
        assert_the_counts_add_up(dana, plant)
        assert_nothing_is_lost(dana, saved)
        assert_the_hub_did_each_once(dana, saved, hub.url, tmp_path / "auditor", versions)

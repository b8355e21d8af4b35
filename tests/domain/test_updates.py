from __future__ import annotations

import pytest

from maintenance_desktop.domain.addresses import BadAddress
from maintenance_desktop.domain.updates import (
    Choice,
    Installation,
    Kind,
    Offer,
    Phase,
    Platform,
    Policy,
    feed_location,
    newest,
    rules,
)

HERE = Installation(Kind.WINDOWS_USER, frozenset({Platform.WINDOWS}), can_install=True)
CHOSEN = Choice(location="/media/stick", root="/home/ada/root.json")


def offer(version, platform=Platform.WINDOWS, channel=""):
    return Offer(version, platform, f"setup-{version}.exe", 1000, "0" * 64, channel)


def test_the_newest_for_this_platform_is_chosen():
    offers = [offer("0.9.0"), offer("0.10.0"), offer("0.2.0"), offer("1.0.0", Platform.DEB)]
    assert newest(offers, HERE, "0.1.0") == offer("0.10.0")


@pytest.mark.parametrize("running", ["0.2.0", "0.2.1", "1.0.0"])
def test_what_is_not_newer_is_not_chosen(running):
    assert newest([offer("0.2.0"), offer("0.1.0")], HERE, running) is None


def test_a_channel_is_for_those_who_are_in_it():
    offers = [offer("0.2.0", channel="stable"), offer("0.3.0", channel="pilot")]
    assert newest(offers, HERE, "0.1.0") == offers[0]
    assert newest(offers, HERE, "0.1.0", "pilot") == offers[1]


def test_without_a_policy_the_person_decides():
    held = rules(Policy(), CHOSEN)
    assert (held.location, held.root, held.phase) == (
        "/media/stick",
        "/home/ada/root.json",
        Phase.NOT_CHECKED,
    )
    assert not held.on_by_it | held.location_by_it | held.root_by_it
    assert rules(Policy(), Choice(on=False)).phase is Phase.OFF


def test_it_switches_off_whatever_the_person_chose():
    held = rules(Policy(on=False), CHOSEN)
    assert held.phase is Phase.OFF_BY_IT
    assert held.on_by_it


def test_it_switches_on_whatever_the_person_chose():
    held = rules(Policy(on=True), Choice(on=False, location="/media/stick", root="/root.json"))
    assert (held.phase, held.on_by_it) == (Phase.NOT_CHECKED, True)


def test_the_place_of_it_wins_and_is_not_believed_by_a_root_of_the_person():
    held = rules(Policy(location=r"\\plant\updates"), CHOSEN, "/program/root.json")
    assert (held.location, held.root) == (r"\\plant\updates", "/program/root.json")
    assert held.location_by_it
    assert rules(Policy(location=r"\\plant\updates"), CHOSEN).phase is Phase.NO_ROOT


def test_the_root_of_it_wins_over_the_one_of_the_person():
    held = rules(Policy(root="/etc/root.json"), CHOSEN, "/program/root.json")
    assert (held.location, held.root, held.root_by_it) == ("/media/stick", "/etc/root.json", True)


def test_without_a_place_or_a_root_there_are_no_updates():
    assert rules(Policy(), Choice()).phase is Phase.NO_PLACE
    assert rules(Policy(), Choice(), "/program/root.json").phase is Phase.NO_PLACE
    assert rules(Policy(), Choice(location="/media/stick")).phase is Phase.NO_ROOT
    assert rules(Policy(), Choice(location="/media/stick"), "/program/root.json").phase is Phase.NOT_CHECKED


def test_a_policy_that_cannot_be_read_lets_nothing_through():
    held = rules(Policy(is_readable=False), CHOSEN, "/program/root.json")
    assert (held.phase, held.location, held.on) == (Phase.FAILED, "", False)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        (" /media/stick/updates ", "/media/stick/updates"),
        ('"/srv/updates"', "/srv/updates"),
        ("https://Updates.Example.org/v1/desktop/", "https://updates.example.org/v1/desktop"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
    ],
)
def test_a_place_is_a_folder_or_an_address(typed, normal):
    assert feed_location(typed) == normal


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the folder or the address"),
        ("updates", "Enter the whole path"),
        ("updates.example.org", "Enter the whole path"),
        ("/tmp/a\0b", "Enter the whole path"),
        ("http://updates.example.org", "not protected against listeners"),
        ("file:///srv/updates", "not the address"),
        ("https://ada:secret@updates.example.org", "Leave user name and password out"),
    ],
)
def test_anything_else_is_said(typed, sentence):
    with pytest.raises(BadAddress, match=sentence):
        feed_location(typed)

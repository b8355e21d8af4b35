"""What an attacker, a broken line or a careless copy can do to a feed, and what the computer makes of it."""

from __future__ import annotations

import errno
import json
import shutil
import tempfile
from datetime import UTC, datetime, timedelta

import pytest

from maintenance_desktop.backends import feed_fetchers
from maintenance_desktop.backends.update_feed import open_feed
from maintenance_desktop.domain.updates import (
    LARGEST_INSTALLER,
    Installation,
    Kind,
    Platform,
    Reason,
    UpdateCancelled,
    UpdateTrouble,
)
from tests.updates.plant import INSTALLER, Computer, It
from tests.updates.web import answer, cut_after, endless

LONG_AGO = datetime.now(UTC) - timedelta(days=400)


def refused(do, *arguments) -> Reason:
    with pytest.raises(UpdateTrouble) as trouble:
        do(*arguments)
    return trouble.value.reason


def files_of(computer) -> list[str]:
    return [path.name for path in (computer.files.folder / "installers").rglob("*") if path.is_file()]


def edit(path, change) -> None:
    """Change metadata as somebody would who has no keys."""
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content))


# What is right


def test_an_empty_feed_has_nothing_newer(it, computer, place):
    assert computer.looks(place, it.root).offer is None


def test_a_newer_version_is_found_and_fetched(it, computer, place):
    it.publishes("0.2.0")
    found = computer.looks(place, it.root)
    assert (found.offer.version, found.is_here) == ("0.2.0", False)
    assert computer.downloads(place, it.root, found.offer).is_here
    assert computer.service.verify(found.offer).read_bytes() == INSTALLER
    assert computer.progress[-1] == len(INSTALLER)
    assert computer.looks(place, it.root).is_here


def test_what_is_here_already_is_not_fetched_again(it, computer, web):
    it.publishes("0.2.0")
    offer = computer.looks(web.url, it.root).offer
    computer.downloads(web.url, it.root, offer)
    web.asked.clear()
    assert computer.downloads(web.url, it.root, offer).is_here
    assert not [path for path in web.asked if "/targets/" in path]


def test_the_newest_for_this_platform_is_offered_and_older_downloads_go(it, computer, place):
    it.publishes("0.2.0")
    first = computer.looks(place, it.root).offer
    computer.downloads(place, it.root, first)
    it.publishes("0.10.0", INSTALLER + b"newer")
    it.publishes("0.11.0", b"another", platform="deb")
    assert computer.looks(place, it.root).offer.version == "0.10.0"
    assert files_of(computer) == []


@pytest.mark.parametrize("running", ["0.2.0", "0.2.1", "1.0.0"])
def test_a_downgrade_is_not_offered(it, tmp_path, place, running):
    it.publishes("0.2.0")
    assert Computer(tmp_path / "here", running=running).looks(place, it.root).offer is None


def test_a_version_of_another_channel_is_for_those_who_are_in_it(it, computer, place):
    it.publishes("0.3.0", channel="pilot")
    it.publishes("0.2.0")
    assert computer.looks(place, it.root).offer.version == "0.2.0"
    assert computer.looks(place, it.root, "pilot").offer.version == "0.3.0"


def test_a_withdrawn_version_is_not_fetched(it, computer, place):
    it.publishes("0.2.0")
    offer = computer.looks(place, it.root).offer
    it.feed().remove(offer.name, it.ring)
    it.feed().refresh(it.ring)
    found = computer.downloads(place, it.root, offer)
    assert (found.offer, found.is_here) == (None, False)
    assert files_of(computer) == []


def test_an_update_that_came_meanwhile_is_answered_instead(it, computer, place):
    it.publishes("0.2.0")
    offer = computer.looks(place, it.root).offer
    it.publishes("0.3.0", INSTALLER + b"newer")
    found = computer.downloads(place, it.root, offer)
    assert (found.offer.version, found.is_here) == ("0.3.0", False)


def test_keys_can_be_replaced(it, computer, place):
    it.publishes("0.2.0")
    computer.looks(place, it.root)
    first = it.root
    for role in ("root", "targets", "snapshot", "timestamp"):
        it.replaces_keys(role)
    it.publishes("0.3.0", INSTALLER + b"newer")
    assert computer.looks(place, first).offer.version == "0.3.0"
    newcomer = Computer(computer.files.folder.parent.parent / "newcomer")
    assert newcomer.looks(place, first).offer.version == "0.3.0"


def test_a_replaced_key_signs_nothing_any_more(it, computer, place):
    stolen = it.ring.signers("timestamp", it.feed()._latest("root").signed.roles["timestamp"].keyids)
    it.replaces_keys("timestamp")
    stamp = it.feed()._latest("timestamp", is_checked=False)
    stamp.signed.version += 5
    stamp.sign(stolen[0])
    it.metadata("timestamp.json").write_bytes(stamp.to_bytes())
    assert refused(computer.looks, place, it.root) is Reason.NOT_SIGNED


def test_after_a_theft_new_keys_make_up_for_numbers_that_ran_away(it, computer, place):
    """Whoever has the server's keys can sign a version far ahead; new keys forget it."""
    (stolen,) = it.ring.signers("timestamp", it.feed()._latest("root").signed.roles["timestamp"].keyids)
    stamp = it.feed()._latest("timestamp", is_checked=False)
    good = it.metadata("timestamp.json").read_bytes()
    stamp.signed.version = 1_000_000
    stamp.sign(stolen)
    it.metadata("timestamp.json").write_bytes(stamp.to_bytes())
    computer.looks(place, it.root)
    it.metadata("timestamp.json").write_bytes(good)
    assert refused(computer.looks, place, it.root) is Reason.ROLLED_BACK
    it.replaces_keys("timestamp")
    it.publishes("0.2.0")
    assert computer.looks(place, it.root).offer.version == "0.2.0"


# What is not


def test_a_changed_installer_is_refused_and_thrown_away(it, computer, place):
    path = it.publishes("0.2.0")
    offer = computer.looks(place, it.root).offer
    path.write_bytes(INSTALLER[:-1] + b"!")
    assert refused(computer.downloads, place, it.root, offer) is Reason.DAMAGED
    assert files_of(computer) == []
    path.write_bytes(INSTALLER)
    assert computer.downloads(place, it.root, offer).is_here


@pytest.mark.parametrize("size", [0, 1000, len(INSTALLER) - 1, len(INSTALLER) + 1, len(INSTALLER) * 3])
def test_an_installer_of_another_size_is_refused(it, computer, place, size):
    path = it.publishes("0.2.0")
    offer = computer.looks(place, it.root).offer
    path.write_bytes((INSTALLER * 3)[:size])
    assert refused(computer.downloads, place, it.root, offer) is Reason.DAMAGED
    assert files_of(computer) == []


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json"])
def test_changed_metadata_is_refused(it, computer, place, name):
    it.publishes("0.2.0")

    def change(content):
        content["signed"]["version"] += 1

    edit(it.metadata(name), change)
    assert refused(computer.looks, place, it.root) in (Reason.NOT_SIGNED, Reason.DAMAGED)


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json", "2.root.json"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 15_000, b"null", b'{"signed": 1}', b"\xff\xfe\x00", b'{"signatures": []}']
)
def test_metadata_that_is_no_metadata_is_refused(it, computer, name, content):
    it.publishes("0.2.0")
    it.metadata(name).write_bytes(content)
    assert refused(computer.looks, it.feed_folder, it.root) in (Reason.NOT_SIGNED, Reason.DAMAGED)


def test_another_version_in_signed_targets_without_the_key_is_refused(it, computer, place):
    it.publishes("0.2.0")
    computer.looks(place, it.root)
    it.publishes("0.3.0", INSTALLER + b"newer")

    def change(content):
        for target in content["signed"]["targets"].values():
            target["custom"]["version"] = "9.0.0"

    edit(it.metadata("3.targets.json"), change)
    assert refused(computer.looks, place, it.root) is Reason.DAMAGED


def test_a_rolled_back_feed_is_refused(it, computer, place, tmp_path):
    it.publishes("0.2.0")
    before = it.copied_to(tmp_path / "before")
    it.publishes("0.3.0", INSTALLER + b"newer")
    assert computer.looks(place, it.root).offer.version == "0.3.0"
    shutil.rmtree(it.feed_folder)
    shutil.copytree(before.feed_folder, it.feed_folder)
    assert refused(computer.looks, place, it.root) is Reason.ROLLED_BACK
    again = Computer(computer.files.folder.parent)
    assert refused(again.looks, place, it.root) is Reason.ROLLED_BACK


def test_a_rolled_back_feed_is_refused_at_another_place_too(it, computer, tmp_path):
    it.publishes("0.2.0")
    stick = it.copied_to(tmp_path / "stick")
    it.publishes("0.3.0", INSTALLER + b"newer")
    computer.looks(it.feed_folder, it.root)
    assert refused(computer.looks, stick.feed_folder, stick.root) is Reason.ROLLED_BACK


def test_a_feed_that_is_held_back_is_refused_when_it_expires(it, computer, place):
    it.publishes("0.2.0", now=LONG_AGO)
    assert refused(computer.looks, place, it.root) is Reason.EXPIRED
    it.feed().renew(it.ring)
    it.feed().refresh(it.ring)
    assert computer.looks(place, it.root).offer.version == "0.2.0"


@pytest.mark.parametrize("role", ["root", "targets"])
def test_an_expired_part_of_a_fresh_feed_is_refused(tmp_path, computer, role):
    age = {"root": 4 * 365, "targets": 400}[role]
    it = It(tmp_path / "old").begins(datetime.now(UTC) - timedelta(days=age))
    if role == "root":
        it.feed()._sign_again("targets", it.feed()._latest("targets"), it.ring)
    it.feed().refresh(it.ring)
    assert refused(computer.looks, it.feed_folder, it.root) is Reason.EXPIRED


def test_mixed_states_of_a_feed_are_refused(it, computer, place, tmp_path):
    """A newer list of installers under an older snapshot, as a half-finished copy leaves it."""
    it.publishes("0.2.0")
    older = it.copied_to(tmp_path / "older")
    it.publishes("0.3.0", INSTALLER + b"newer")
    shutil.copy(older.metadata("2.snapshot.json"), it.metadata("3.snapshot.json"))
    assert refused(computer.looks, place, it.root) in (Reason.DAMAGED, Reason.ROLLED_BACK)


def test_a_feed_of_somebody_else_is_refused(it, computer, place, tmp_path):
    other = It(tmp_path / "other").begins()
    it.publishes("0.2.0")
    assert refused(computer.looks, place, other.root) is Reason.NOT_SIGNED


def test_a_root_that_the_old_root_did_not_sign_is_refused(it, computer, place, tmp_path):
    other = It(tmp_path / "other").begins()
    other.feed()._sign_again("root", other.feed()._latest("root"), other.ring)
    shutil.copy(other.metadata("2.root.json"), it.metadata("2.root.json"))
    assert refused(computer.looks, place, it.root) is Reason.NOT_SIGNED


def test_a_feed_is_never_believed_by_its_own_word(it, computer, place, tmp_path):
    assert refused(computer.looks, place, tmp_path / "missing.json") is Reason.BAD_ROOT
    (tmp_path / "bad.json").write_text("{}")
    assert refused(computer.looks, place, tmp_path / "bad.json") is Reason.BAD_ROOT
    (tmp_path / "large.json").write_bytes(b" " * 600_000)
    assert refused(computer.looks, place, tmp_path / "large.json") is Reason.BAD_ROOT


@pytest.mark.parametrize(
    "custom",
    [
        None,
        [],
        "0.2.0",
        {"version": "0.2.0"},
        {"version": 2, "platform": "windows"},
        {"version": "two", "platform": "windows"},
        {"version": "0.2.0", "platform": "amiga"},
        {"version": "0.2.0", "platform": ["windows"]},
        {"version": "0.2.0", "platform": "windows", "channel": 7},
    ],
)
def test_what_is_signed_and_not_an_installer_of_ours_is_passed_over(it, computer, custom):
    it.publishes("0.2.0")
    feed = it.feed()
    targets = feed._latest("targets")
    for target in targets.signed.targets.values():
        target.unrecognized_fields["custom"] = custom
    feed._sign_again("targets", targets, it.ring)
    feed.refresh(it.ring)
    assert computer.looks(it.feed_folder, it.root).offer is None


@pytest.mark.parametrize("length", [0, LARGEST_INSTALLER + 1])
def test_what_has_no_size_of_an_installer_is_passed_over(it, computer, length):
    it.publishes("0.2.0")
    feed = it.feed()
    targets = feed._latest("targets")
    for target in targets.signed.targets.values():
        target.length = length
    feed._sign_again("targets", targets, it.ring)
    feed.refresh(it.ring)
    assert computer.looks(it.feed_folder, it.root).offer is None


def test_a_name_that_leads_out_of_the_feed_is_not_followed(it, computer, tmp_path):
    it.publishes("0.2.0")
    feed = it.feed()
    targets = feed._latest("targets")
    (target,) = targets.signed.targets.values()
    target.path = "../../secret/setup.exe"
    targets.signed.targets = {target.path: target}
    feed._sign_again("targets", targets, it.ring)
    feed.refresh(it.ring)
    secret = tmp_path / "it" / "secret"
    secret.mkdir()
    (secret / f"{target.hashes['sha256']}.setup.exe").write_bytes(INSTALLER)
    offer = computer.looks(it.feed_folder, it.root).offer
    assert refused(computer.downloads, it.feed_folder, it.root, offer) is Reason.NO_FEED
    assert files_of(computer) == []


# The line and the disk


def test_data_without_end_is_cut(it, computer, web):
    it.publishes("0.2.0")
    web.faults["timestamp.json"] = endless
    assert refused(computer.looks, web.url, it.root) is Reason.DAMAGED
    web.faults.clear()
    offer = computer.looks(web.url, it.root).offer
    web.faults[".exe"] = endless
    assert refused(computer.downloads, web.url, it.root, offer) is Reason.DAMAGED
    assert files_of(computer) == []


def test_a_broken_download_starts_again(it, computer, web):
    it.publishes("0.2.0")
    offer = computer.looks(web.url, it.root).offer
    web.faults[".exe"] = cut_after(0.6)
    assert refused(computer.downloads, web.url, it.root, offer) is Reason.UNREACHABLE
    assert files_of(computer) == []
    web.faults.clear()
    assert computer.downloads(web.url, it.root, offer).is_here


def test_a_feed_that_is_down_is_said(it, computer, web, tmp_path):
    web.faults["timestamp.json"] = lambda handler: answer(handler, b"", status=503)
    assert refused(computer.looks, web.url, it.root) is Reason.UNREACHABLE
    web.faults["timestamp.json"] = lambda handler: answer(handler, b"", status=302, Location="/elsewhere")
    assert refused(computer.looks, web.url, it.root) is Reason.UNREACHABLE
    assert refused(computer.looks, "http://127.0.0.1:9", it.root) is Reason.UNREACHABLE
    assert refused(computer.looks, tmp_path / "no stick", it.root) is Reason.UNREACHABLE
    (tmp_path / "empty").mkdir()
    assert refused(computer.looks, tmp_path / "empty", it.root) is Reason.NO_FEED


def test_a_web_page_in_place_of_the_feed_is_no_attack(it, computer, web):
    """A hotel or a proxy answers everything with its own page."""
    web.faults["json"] = lambda handler: answer(handler, b"<html>Sign in</html>", Content_Type="text/html")
    assert refused(computer.looks, web.url, it.root) is Reason.UNREACHABLE


@pytest.mark.parametrize("location", ["", "updates", "http://updates.example.org", "ftp://127.0.0.1/"])
def test_a_place_that_can_be_none_is_said(it, computer, location):
    assert refused(computer.looks, location, it.root) is Reason.BAD_PLACE


def test_a_feed_that_trickles_is_given_up(it, tmp_path, monkeypatch):
    it.publishes("0.2.0")
    seconds = iter(range(0, 1_000_000, 50))
    slow = feed_fetchers.FolderFetcher(it.feed_folder, tmp_path)
    slow._monotonic = lambda: next(seconds)
    monkeypatch.setattr(feed_fetchers, "_PIECE", 100)
    with (
        pytest.raises(feed_fetchers.SlowRetrievalError),
        slow.download_file("metadata/1.root.json", 512_000),
    ):
        pass


def test_a_full_disk_is_said_before_anything_is_fetched(it, tmp_path, place):
    it.publishes("0.2.0")
    full = Computer(tmp_path / "full", free=lambda folder: len(INSTALLER))
    offer = full.looks(place, it.root).offer
    assert refused(full.downloads, place, it.root, offer) is Reason.DISK_FULL
    assert files_of(full) == []


class FullFile:
    """A file on a disk that has room for nothing more."""

    def write(self, piece: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def __enter__(self):
        return self

    def __exit__(self, *_): ...


def test_a_disk_that_fills_up_while_it_comes_is_said(it, computer, place, monkeypatch):
    it.publishes("0.2.0")
    offer = computer.looks(place, it.root).offer
    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "TemporaryFile", lambda **_: FullFile())
        assert refused(computer.downloads, place, it.root, offer) is Reason.DISK_FULL
        assert refused(computer.looks, place, it.root) is Reason.DISK_FULL
    assert files_of(computer) == []
    assert computer.downloads(place, it.root, offer).is_here


def test_a_disk_that_fills_up_while_it_is_kept_leaves_nothing_behind(it, computer, monkeypatch):
    it.publishes("0.2.0")
    offer = computer.looks(it.feed_folder, it.root).offer

    def fills_up(source, to):
        to.write(source.read(1000))
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", fills_up)
        assert refused(computer.downloads, it.feed_folder, it.root, offer) is Reason.DISK_FULL
    assert files_of(computer) == []
    assert computer.downloads(it.feed_folder, it.root, offer).is_here


def test_what_comes_is_kept_on_the_disk_of_the_updates(it, computer, monkeypatch):
    """The system's folder for temporary files may be a small one in memory."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: pytest.fail("the system's folder was used"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    it.publishes("0.2.0")
    offer = computer.looks(it.feed_folder, it.root).offer
    assert computer.downloads(it.feed_folder, it.root, offer).is_here


def test_a_cancelled_download_ends_and_leaves_nothing_behind(it, computer, place):
    it.publishes("0.2.0")
    offer = computer.looks(place, it.root).offer
    rules = computer.rules(place, it.root)
    with pytest.raises(UpdateCancelled):
        computer.service.download(rules, offer, lambda length: computer.service.cancel())
    assert files_of(computer) == []
    computer.service.allow()
    assert computer.downloads(place, it.root, offer).is_here


def test_a_cancelled_wait_for_a_silent_server_ends_at_once(it, computer, web):
    it.publishes("0.2.0")
    web.faults["timestamp.json"] = lambda handler: computer.service.cancel()
    with pytest.raises(UpdateCancelled):
        computer.looks(web.url, it.root)


def test_one_program_at_a_time_looks_after_updates(it, computer):
    other = Computer(computer.files.folder.parent)
    with other.files.held():
        assert refused(computer.looks, it.feed_folder, it.root) is Reason.IN_USE
    computer.looks(it.feed_folder, it.root)


def test_a_program_from_source_hears_of_every_package_of_its_system(it, tmp_path):
    it.publishes("0.2.0", platform="deb")
    it.publishes("0.3.0", INSTALLER + b"x", platform="linux-appimage")
    source = Installation(Kind.SOURCE, frozenset({Platform.DEB, Platform.APPIMAGE}))
    assert Computer(tmp_path / "source", here=source).looks(it.feed_folder, it.root).offer.version == "0.3.0"


def test_a_damaged_cache_of_metadata_is_fetched_again(it, computer, place):
    it.publishes("0.2.0")
    computer.looks(place, it.root)
    for path in computer.files.folder.glob("metadata-*/*.json"):
        path.write_bytes(b"\0" * 100)
    assert computer.looks(place, it.root).offer.version == "0.2.0"


def test_the_feed_keeps_the_port(it, computer):
    from maintenance_desktop.services.update_ports import UpdateFeed

    feed: UpdateFeed = open_feed(computer.rules(it.feed_folder, it.root), computer.files.folder)
    feed.close()

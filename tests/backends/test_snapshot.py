"""A first download as one file: from a real hub over a cable that is pulled, and from bad servers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import logging
import os
import random
import shutil
import sqlite3
import sys
from collections import namedtuple
from itertools import pairwise

import pytest

from maintenance_desktop.backends import snapshot as snapshot_module
from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.backends.late import LateHub
from maintenance_desktop.backends.unpacking import Unpackable, Unpacker
from maintenance_desktop.domain.cache_layout import LAYOUT
from maintenance_desktop.domain.members import HEAD, MEMBER, pack_member, sizes_of
from maintenance_desktop.domain.outcomes import Interrupted, SignInRequired, Unreachable
from maintenance_desktop.domain.trouble import StorageTrouble
from tests.bad_server import Reply, problem, reply
from tests.cable import Cable
from tests.hub_process import HubProcess

PLAIN = random.Random(5).randbytes(MEMBER // 4) * 9 + b"the end"
PACKED = b"".join(pack_member(PLAIN[at : at + MEMBER]) for at in range(0, len(PLAIN), MEMBER))
_LASTS = 16_000
ETAG = '"one"'


def _quiet(*_):
    return False


def file_reply(body=PACKED, *, status=200, etag=ETAG, digest_of=None, size=None, leave_out=(), **more):
    """A snapshot as the contract wants it, but for what a test says."""
    digest = hashlib.sha256(PACKED if digest_of is None else digest_of).digest()
    headers = {
        "ETag": etag,
        "Repr-Digest": f"md5=:aaaa:, sha-256=:{base64.b64encode(digest).decode()}:",
        "Snapshot-Cursor": "c9",
        "Snapshot-Size": str(len(PLAIN) if size is None else size),
    }
    headers |= more.pop("headers", {})
    pairs = [(name, value) for name, value in headers.items() if name not in leave_out and value]
    return reply(status, body, more.pop("media", "application/gzip"), headers=pairs, **more)


def rest_reply(start, *, etag=ETAG, body=None, **more):
    """What is missing from `start` on."""
    body = PACKED[start:] if body is None else body
    where = {"Content-Range": f"bytes {start}-{len(PACKED) - 1}/{len(PACKED)}"}
    return file_reply(body, status=206, etag=etag, headers=where, **more)


def head_of(answer):
    return answer.data.index(b"\r\n\r\n") + 4


def here(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def fetch(backend, tmp_path):
    def get(on_bytes=_quiet, should_stop=_quiet):
        return backend.fetch_snapshot(7, tmp_path, on_bytes, should_stop)

    return get


def test_a_whole_file_is_unpacked_and_nothing_else_stays(server, fetch, tmp_path):
    server.will(file_reply())
    heard = []
    found = fetch(lambda done, total: heard.append((done, total)))
    assert (found.path.read_bytes(), found.cursor) == (PLAIN, "c9")
    assert here(tmp_path) == [found.path.name]
    assert heard[-1] == (len(PACKED), len(PACKED))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    (request,) = server.requests
    assert request.path == "/v1/snapshot?schema=7"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["authorization"] == "Bearer secret-token"
    assert "range" not in request.headers


@pytest.mark.parametrize(
    "answer",
    [
        problem(404, "not-found"),
        problem(406, "invalid-request"),
        problem(503, "unavailable"),
        reply(503, "<h1>Bad gateway</h1>", "text/html"),
        reply(200, "<form>Welcome to our Wi-Fi</form>", "text/html"),
        reply(302, "", headers=[("Location", "http://portal.example/")]),
        reply(200, {"product": "other"}),
        file_reply(media="application/octet-stream"),
        file_reply(leave_out=("ETag",)),
        file_reply(etag='W/"one"'),
        file_reply(leave_out=("Repr-Digest",)),
        file_reply(headers={"Repr-Digest": "sha-256=:AAAA:"}),
        file_reply(leave_out=("Snapshot-Cursor",)),
        file_reply(headers={"Snapshot-Cursor": "c" * 5_000}),
        file_reply(compressed=True),
        file_reply(size=len(PACKED) * 2_000),
        file_reply(b""),
        rest_reply(0),
    ],
)
def test_what_is_no_snapshot_is_none(server, fetch, tmp_path, answer):
    server.will(answer)
    assert fetch() is None
    assert here(tmp_path) == []
    assert len(server.requests) == 1


def test_one_that_does_not_say_where_it_ends_is_none_and_is_not_waited_for(server, fetch, tmp_path):
    endless = file_reply(chunked=True)
    end = endless.data.index(b"\r\n\r\n") + 4
    server.will(Reply(endless.data[:end], again=b"10000\r\n" + bytes(65_536) + b"\r\n"))
    assert fetch() is None
    assert here(tmp_path) == []


def test_who_is_not_signed_in_is_told_so(server, fetch):
    server.will(problem(401, "not-signed-in", "Please sign in."))
    with pytest.raises(SignInRequired, match=r"Please sign in\."):
        fetch()


@pytest.mark.parametrize("cut", [*range(0, len(PACKED), len(PACKED) // 7), 1, HEAD, len(PACKED) - 1])
def test_it_goes_on_where_it_was_cut_also_in_another_process(server, backend, fetch, tmp_path, cut):
    whole = file_reply()
    server.will(whole.cut(head_of(whole) + cut))
    with pytest.raises(Unreachable, match="connection broke"):
        fetch()
    assert len(list(tmp_path.glob("*.unfinished"))) == 0
    server.will(rest_reply(cut) if cut else whole)
    other = HubBackend(server.url)
    heard = []
    try:
        found = other.fetch_snapshot(7, tmp_path, lambda done, _: heard.append(done), _quiet)
    finally:
        other.close()
    assert found.path.read_bytes() == PLAIN
    assert here(tmp_path) == [found.path.name]
    again = server.requests[-1]
    if cut:
        assert (again.headers["range"], again.headers["if-range"]) == (f"bytes={cut}-", ETAG)
        assert again.path == "/v1/snapshot?schema=7&etag=%22one%22"
        assert heard[0] <= cut


def test_several_cuts_in_a_row(server, fetch):
    cuts = [1, 1_000, len(PACKED) // 2, len(PACKED) // 2, len(PACKED) - 2]
    before = 0
    for cut in cuts:
        answer = rest_reply(before) if before else file_reply()
        server.will(answer.cut(head_of(answer) + cut - before))
        with pytest.raises(Unreachable):
            fetch()
        before = cut
    server.will(rest_reply(before))
    assert fetch().path.read_bytes() == PLAIN


def cut_short(server, fetch, at=100_000):
    whole = file_reply()
    server.will(whole.cut(head_of(whole) + at))
    with pytest.raises(Unreachable):
        fetch()
    return at


def test_a_server_with_a_newer_one_starts_again(server, fetch):
    cut_short(server, fetch)
    other = gzip.compress(b"newer")
    server.will(file_reply(other, etag='"two"', digest_of=other, size=5, headers={"Snapshot-Cursor": "c10"}))
    found = fetch()
    assert (found.path.read_bytes(), found.cursor) == (b"newer", "c10")


@pytest.mark.parametrize(
    "odd",
    [
        rest_reply(100_000, etag='"two"'),
        rest_reply(99_999),
        rest_reply(100_000, media="text/html"),
        rest_reply(100_000, leave_out=("Content-Range",)),
        rest_reply(100_000, body=PACKED[100_000:] + b"more"),
        rest_reply(100_000, body=bytes(len(PACKED) - 100_000)),
        reply(416, "", headers=[("Content-Range", "bytes */5")]),
    ],
)
def test_a_part_that_is_not_the_rest_is_not_put_to_it(server, fetch, caplog, odd):
    cut_short(server, fetch)
    server.will(odd, file_reply())
    with caplog.at_level(logging.WARNING):
        assert fetch().path.read_bytes() == PLAIN
    assert "thrown away" in caplog.text
    assert "range" not in server.requests[-1].headers


def test_a_part_that_never_ends_is_given_up(server, fetch):
    cut_short(server, fetch)
    odd = rest_reply(100_000, chunked=True)
    server.will(Reply(odd.data[: head_of(odd)], again=b"10000\r\n" + bytes(65_536) + b"\r\n"), file_reply())
    assert fetch().path.read_bytes() == PLAIN


@pytest.mark.parametrize(
    "answer",
    [
        file_reply(digest_of=b"other"),
        file_reply(b"<html>" * 50_000, digest_of=b"<html>" * 50_000),
        file_reply(PACKED[:-20], digest_of=PACKED[:-20]),
        file_reply(PACKED + b"more behind it", digest_of=PACKED + b"more behind it"),
        file_reply(size=len(PLAIN) - 1),
        file_reply(size=len(PLAIN) + 1),
    ],
)
def test_one_that_is_not_what_was_promised_is_tried_twice_and_leaves_nothing(server, fetch, tmp_path, answer):
    server.will(answer)
    assert fetch() is None
    assert len(server.requests) == 2
    assert here(tmp_path) == []


def test_one_that_would_fill_the_disk_is_stopped_on_the_way(server, fetch, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot_module, "_MOST_TIMES", 10)
    bomb = gzip.compress(bytes(50_000_000))
    largest = []
    real = Unpacker.feed

    def feed(self, piece):
        real(self, piece)
        largest.append(self._target.tell())

    monkeypatch.setattr(Unpacker, "feed", feed)
    server.will(file_reply(bomb, digest_of=bomb, leave_out=("Snapshot-Size",)))
    assert fetch() is None
    assert here(tmp_path) == []
    assert max(largest, default=0) <= 10 * len(bomb)


def test_a_member_that_lies_about_its_size_is_stopped_at_that_size():
    honest = pack_member(bytes(MEMBER))
    lie = honest[: HEAD - 4] + (1_000).to_bytes(4, "little") + honest[HEAD:]
    assert sizes_of(lie) == (len(lie), 1_000)
    target = io.BytesIO()
    unpacker = Unpacker(target, 1 << 30)
    unpacker.feed(lie)
    with pytest.raises(Unpackable):
        unpacker.finish()
    unpacker.close()
    assert target.getvalue() == b""


@pytest.mark.parametrize("step", [1, 17, 65_536, 1 << 30])
def test_every_gzip_file_can_be_unpacked_in_pieces_of_any_size(step):
    plain = PLAIN[: MEMBER + 40_000] if step > 17 else PLAIN[:3_000]
    ours = b"".join(pack_member(plain[at : at + 20_000]) for at in range(0, len(plain), 20_000))
    middle = len(plain) // 2
    foreign = gzip.compress(plain[:middle]) + gzip.compress(b"") + gzip.compress(plain[middle:])
    for packed, expected in ((ours, plain), (foreign, plain), (ours + foreign, plain * 2)):
        assert gzip.decompress(packed) == expected
        target = io.BytesIO()
        unpacker = Unpacker(target, len(expected))
        for at in range(0, len(packed), step):
            unpacker.feed(packed[at : at + step])
        assert unpacker.finish() == len(expected)
        unpacker.close()
        assert target.getvalue() == expected


@pytest.mark.skipif(sys.platform != "linux", reason="other systems write out by themselves")
@pytest.mark.parametrize("pack", [pack_member, gzip.compress])
def test_the_disk_never_has_much_to_take_at_once(pack, monkeypatch, tmp_path):
    """Or a save that comes when the file is there would wait for all of it."""
    synced = [0]
    sync = os.fdatasync

    def fdatasync(handle):
        synced.append(os.fstat(handle).st_size)
        sync(handle)

    monkeypatch.setattr(os, "fdatasync", fdatasync)
    member, count = random.Random(6).randbytes(MEMBER), 40
    with (tmp_path / "unpacked").open("wb") as target:
        unpacker = Unpacker(target, count * MEMBER)
        for _ in range(count):
            unpacker.feed(pack(member))
        assert unpacker.finish() == count * MEMBER
        unpacker.close()
        synced.append(count * MEMBER)
    assert max(after - before for before, after in pairwise(synced)) < 24 * MEMBER


def test_a_download_that_is_stopped_goes_on_the_next_time(server, fetch):
    server.will(file_reply())
    with pytest.raises(Interrupted):
        fetch(should_stop=lambda: True)
    done = []
    server.will(file_reply())
    with pytest.raises(Interrupted):
        fetch(lambda at, _: done.append(at), should_stop=lambda: bool(done))
    server.will(rest_reply(0), file_reply())
    assert fetch().path.read_bytes() == PLAIN


def test_what_came_whole_before_the_program_ended_is_not_fetched_again(server, backend, fetch, tmp_path):
    whole = []
    server.will(file_reply())

    class Killed(BaseException):
        pass

    def on_bytes(done, total):
        whole.append(done)
        if done == total:
            raise Killed

    with pytest.raises(Killed):
        fetch(on_bytes)
    before = len(server.requests)
    assert fetch().path.read_bytes() == PLAIN
    assert len(server.requests) == before


@pytest.mark.parametrize(
    "note", [b"", b"[]", b"{}", b"\xff", json.dumps({"etag": 1, "size": "x", "digest": None}).encode()]
)
def test_a_note_that_cannot_be_read_is_no_part(server, fetch, tmp_path, note):
    cut_short(server, fetch)
    (tmp_path / "snapshot-7.json").write_bytes(note)
    server.will(file_reply())
    assert fetch().path.read_bytes() == PLAIN
    assert "range" not in server.requests[-1].headers


def test_a_disk_that_is_too_full_is_said_before_anything_is_fetched(server, fetch, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 100_000_000 + len(PLAIN)))
    server.will(file_reply())
    with pytest.raises(StorageTrouble, match=r"needs \d+ MB .* has only 2 MB to spare.*Nothing of your work"):
        fetch()
    assert not (tmp_path / "snapshot-7.part").exists()
    monkeypatch.undo()
    assert fetch().path.read_bytes() == PLAIN


def test_a_disk_that_fills_up_meanwhile_is_a_sentence(server, fetch, tmp_path):
    folder = tmp_path / "snapshot-7.unfinished"
    folder.mkdir()
    server.will(file_reply())
    with pytest.raises(StorageTrouble, match="cannot be written"):
        fetch()


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A real hub with a snapshot that is larger than what sockets hold back."""
    from maintenance_desktop.hub.loading import NewRecord
    from maintenance_desktop.hub.people import add_person
    from maintenance_desktop.hub.snapshot_making import make_snapshot
    from maintenance_desktop.hub.snapshot_shelf import shelf_of
    from maintenance_desktop.hub.store import HubStore

    folder = tmp_path_factory.mktemp("hub")
    store = HubStore.open(folder)
    chance = random.Random(3)
    dana = add_person(store, "dana", name="Dana Ortiz", role="planner", password="correct horse")
    pumps = (
        {"tag": f"P-{at}", "name": "Pump", "status": "running", "notes": chance.randbytes(9_000).hex()}
        for at in range(2_000)
    )
    store.load(
        NewRecord(str(at).zfill(32), "asset", pump, dana, store.now_text()) for at, pump in enumerate(pumps)
    )
    make_snapshot(store, shelf_of(store.database), folder)
    store.close()
    with HubProcess.start(folder) as running:
        yield running


class FrayedCable(Cable):
    """Pulled in the middle of what is sent, as soon as it has carried so many bytes."""

    lasts: int | None = None

    def _deliver(self, data, to):
        carried = data[: self.lasts]
        super()._deliver(carried, to)
        if self.lasts is not None:
            self.lasts -= len(carried)
            if not self.lasts:
                self.pull()


@pytest.fixture
def cable(hub):
    found = FrayedCable(hub.port)
    yield found
    found.remove()


@pytest.fixture
def over(cable):
    """A signed-in back end at the other end of the cable."""
    found = LateHub(cable.url)
    found.use_token(found.sign_in("dana", "correct horse").token)
    yield found
    found.close()


def test_from_a_real_hub_over_a_cable_that_is_pulled_again_and_again(over, cable, tmp_path):
    part = tmp_path / f"snapshot-{LAYOUT}.part"
    here_before, total = 0, 0

    def tell(_, size):
        nonlocal total
        total = size

    for _ in range(4):
        cable.lasts = _LASTS
        with pytest.raises(Unreachable):
            over.fetch_snapshot(LAYOUT, tmp_path, tell, _quiet)
        assert part.stat().st_size > here_before
        here_before = part.stat().st_size
        cable.plug_in()
    assert total > here_before
    cable.lasts = None
    found = over.fetch_snapshot(LAYOUT, tmp_path, _quiet, _quiet)
    connection = sqlite3.connect(found.path)
    assert connection.execute("SELECT count(*) FROM asset WHERE body IS NOT NULL").fetchone() == (2_000,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    (changes,) = over.changes(found.cursor)
    assert changes.changes == ()
    assert here(tmp_path) == [found.path.name]


def test_a_hub_that_makes_another_layout_has_none(over, tmp_path):
    assert over.fetch_snapshot(LAYOUT + 1, tmp_path, _quiet, _quiet) is None


def test_stopping_is_heard_between_two_pieces(over, tmp_path):
    heard = []
    with pytest.raises(Interrupted):
        over.fetch_snapshot(LAYOUT, tmp_path, lambda done, _: heard.append(done), lambda: len(heard) > 1)
    assert len(heard) == 2
    assert over.fetch_snapshot(LAYOUT, tmp_path, _quiet, _quiet) is not None

"""Bodies that are cut, packed wrongly or are no JSON at all: a problem, or nobody is there to hear it."""

from __future__ import annotations

import gzip
import itertools
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.exceptions import InternalServerException

from tests.thorough import tries

from .web import SENT_AT
from .world import edit, new_id

ENCODINGS = ["", "identity", "gzip", "x-gzip", "GZIP", "br", "gzip, gzip", "deflate", "\xff"]
DEEP = [opening * depth for opening in (b"[", b'{"edits":[', b'{"a":') for depth in (10, 900, 1_100, 100_000)]


def push_of(count, **more):
    edits = [
        edit("create", "work_order", new_id(), {"title": "A", "status": "open"} | more) for _ in range(count)
    ]
    return json.dumps({"sent_at": SENT_AT, "edits": edits}).encode()


def records(world):
    return world.store.database.read(lambda tx: sorted(tx.rows("SELECT * FROM record")))


whole = st.sampled_from([push_of(1), push_of(3, description="x" * 2_000)])
bodies = (
    st.binary(max_size=40)
    | st.sampled_from(DEEP)
    | st.builds(lambda body, at: body[: round(at * len(body))], whole, st.floats(0, 0.999))
    | st.builds(
        lambda body, put, at: body[:at] + put + body[at + 1 :],
        whole,
        st.binary(max_size=3),
        st.integers(0, 400),
    )
)
packings = st.sampled_from(
    [
        lambda body: body,
        gzip.compress,
        lambda body: gzip.compress(body)[:-9],
        lambda body: gzip.compress(body) + b"and more",
        lambda body: gzip.compress(gzip.compress(body)),
        lambda body: gzip.compress(body)[:11] + b"\xff\xff" + gzip.compress(body)[13:],
    ]
)  # fmt: skip


@tries(80)
@given(
    body=bodies,
    packed=packings,
    encoding=st.sampled_from(ENCODINGS),
    path=st.sampled_from(["edits", "sessions"]),
)
@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_body_that_cannot_be_read_changes_nothing(web, world, body, packed, encoding, path):
    before = records(world)
    headers = web.headers("pia", **{"Content-Encoding": encoding.encode("latin-1")} if encoding else {})
    response = web.client.post(f"/v1/{path}", content=packed(body), headers=headers)
    assert response.status_code in (200, 400, 413, 415), response.text
    if response.status_code != 200:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code
    if response.status_code != 200 or not any(
        one["outcome"] == "applied" for one in response.json()["results"]
    ):
        assert records(world) == before


@tries(40)
@given(at=st.floats(0, 0.999), sizes=st.lists(st.integers(1, 500), max_size=6), packed=st.booleans())
@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_caller_who_hangs_up_in_the_middle_changes_nothing(web, world, caplog, at, sizes, packed):
    body = gzip.compress(push_of(3)) if packed else push_of(3)
    body = body[: round(at * len(body))]
    ends = [0, *(sum(sizes[: n + 1]) for n in range(len(sizes))), len(body)]
    chunks = [body[start:end] for start, end in itertools.pairwise(ends)]
    coming = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    coming.append({"type": "http.disconnect"})
    sent = []

    async def receive():
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(message):
        sent.append(message)

    encoding = [(b"content-encoding", b"gzip")] if packed else []
    token = web.headers("pia")["Authorization"].encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/edits",
        "raw_path": b"/v1/edits",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"authorization", token), (b"transfer-encoding", b"chunked"), *encoding],
        "client": ("127.0.0.1", 5000),
        "server": ("testserver", 80),
        "state": {},
    }
    before = records(world)
    with caplog.at_level(logging.ERROR), web.client.portal() as portal:
        portal.call(web.client.app, scope, receive, send)
    assert records(world) == before
    assert [message["status"] for message in sent if "status" in message] == [400]
    assert caplog.records == []


@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_a_fault_inside_the_web_framework_is_logged_like_any_other(web, world, monkeypatch, caplog):
    def fail():
        raise InternalServerException("secret")

    monkeypatch.setattr(world.store, "facts", fail)
    web.client.raise_server_exceptions = False
    response = web.client.get("/v1/info")
    assert (response.status_code, response.json()["status"]) == (500, 500)
    assert "invalid-request" not in response.text
    assert "GET /v1/info failed" in caplog.text

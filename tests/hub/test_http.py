from __future__ import annotations

import gzip
import json
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintenance_desktop.hub import errors, waiting
from maintenance_desktop.hub.errors import Unavailable
from maintenance_desktop.hub.people import disable_person

from .web import SENT_AT
from .world import PASSWORD, edit, new_id


def _problem(response, status, code):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"]) == (f"/problems/{code}", status)
    assert body["title"]
    assert body["detail"]
    if status == 400:
        assert body["errors"]
        assert all(set(error) == {"field", "message"} for error in body["errors"])
    return body


def test_info_tells_who_answers(web, world):
    info = web.client.get("/v1/info").json()
    assert (info["product"], info["api"], info["server_time"]) == (
        "maintenance-hub",
        1,
        "2026-11-22T10:00:00.000Z",
    )
    assert info["limits"] == {"edits_per_push": 500, "push_bytes": 8388608, "attachment_bytes": 52428800}
    facts = world.store.facts()
    assert (info["instance"], info["epoch"], info["name"]) == (facts.instance, facts.epoch, facts.name)


def test_signing_in_and_out(web):
    response = web.sign_in("dana")
    assert response.status_code == 201
    headers = {"Authorization": f"bearer {response.json()['token']}"}
    assert web.client.get("/v1/changes", headers=headers).status_code == 200
    assert web.client.delete("/v1/sessions/current", headers=headers).status_code == 204
    _problem(web.client.get("/v1/changes", headers=headers), 401, "not-signed-in")
    _problem(web.sign_in("dana", "wrong"), 401, "not-signed-in")


def test_too_many_wrong_passwords_have_to_wait(web):
    for _ in range(5):
        web.sign_in("dana", "wrong")
    response = web.sign_in("dana")
    _problem(response, 429, "too-many-requests")
    assert int(response.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"username": 1, "password": "x"}', b'{"username": "x"}']
)
def test_a_sign_in_that_cannot_be_read(web, body):
    _problem(web.client.post("/v1/sessions", content=body), 400, "invalid-request")


def test_a_device_that_cannot_be_read_does_not_matter(web):
    body = {"username": "dana", "password": PASSWORD, "device": {"id": 7, "name": "\ud800"}}
    assert web.client.post("/v1/sessions", content=json.dumps(body)).status_code == 201
    assert web.client.post("/v1/sessions", json=body | {"device": "mine"}).status_code == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/changes"),
        ("POST", "/v1/edits"),
        ("GET", "/v1/snapshot"),
        ("GET", "/v1/attachments/ab"),
        ("PUT", "/v1/attachments/ab"),
        ("DELETE", "/v1/sessions/current"),
        ("GET", "/v1/openapi.json"),
    ],
)
def test_every_other_call_wants_a_token(web, method, path):
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        response = web.client.request(method, path, headers=headers)
        _problem(response, 401, "not-signed-in")
        assert response.headers["www-authenticate"] == "Bearer"


def test_what_is_not_there_is_not_found(web):
    for path in ("/v1/attachments/ab", "/v2/info", "/"):
        _problem(web.get(path), 404, "not-found")
    _problem(web.client.put("/v1/attachments/ab", headers=web.headers("dana")), 404, "not-found")
    head = web.client.head("/v1/attachments/ab", headers=web.headers("dana"))
    assert head.status_code == 404
    response = web.client.put("/v1/info")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, OPTIONS")


def test_head_answers_where_get_does(web):
    cursor = web.changes()[-1]["cursor"]
    for path in ("/v1/openapi.json", "/v1/changes", f"/v1/changes?since={cursor}", "/v1/snapshot"):
        response, whole = web.client.head(path, headers=web.headers("dana")), web.get(path)
        assert (response.status_code, response.content) == (whole.status_code, b"")
        assert response.headers == whole.headers
    assert web.client.head("/v1/info").status_code == 200
    assert web.client.head("/v1/changes").status_code == 401
    assert web.client.head("/v1/changes?since=x", headers=web.headers("dana")).status_code == 410


def test_a_list_of_edits_that_is_missing_or_too_long_is_named(web):
    for body in ({}, {"edits": {}}, {"edits": [{"id": new_id()} for _ in range(501)]}):
        problem = _problem(web.post("dana", content=json.dumps(body)), 400, "invalid-request")
        assert [error["field"] for error in problem["errors"]] == ["edits"]


def test_whole_numbers_go_up_to_two_to_the_53(web):
    content = {"title": "A", "status": "open", "downtime_minutes": 2**53 - 1}
    result = web.push_one("dana", "create", "work_order", new_id(), content)
    assert result["record"]["downtime_minutes"] == 2**53 - 1
    result = web.push_one("dana", "create", "work_order", new_id(), content | {"downtime_minutes": 2**53})
    assert (result["code"], result["field"]) == ("invalid", "downtime_minutes")


def test_the_openapi_document_names_every_call(web):
    document = web.get("/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"/v1/info", "/v1/sessions", "/v1/sessions/current", "/v1/changes", "/v1/edits"} <= set(
        document["paths"]
    )
    assert "work_order" in document["components"]["schemas"]


def test_bodies_may_be_packed_both_ways(web):
    record_id = new_id()
    content = {"title": "A", "status": "open", "description": "x" * 5_000}
    body = json.dumps(
        {"sent_at": SENT_AT, "edits": [edit("create", "work_order", record_id, content)]}
    ).encode()
    response = web.post("dana", content=gzip.compress(body), **{"Content-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.json()["results"][0]["record"]["description"] == "x" * 5_000
    refusing = web.headers("dana", **{"Accept-Encoding": "gzip;q=0, identity"})
    plain = web.client.get("/v1/changes", headers=refusing)
    packed = web.client.get("/v1/changes", headers=web.headers("dana", **{"Accept-Encoding": "gzip"}))
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.text == packed.text
    assert plain.headers["content-type"] == "application/x-ndjson"


def test_a_body_that_cannot_be_read(web):
    bad = {
        b"": {},
        b"\xff\xfe": {},
        b"not json": {},
        b"[" * 200_000: {},
        b'{"edits": [' + b"[" * 900 + b"]" * 900 + b"]}": {},
        b'{"edits": NaN}': {},
        b'{"edits": {}}': {},
        b"[]": {},
        b'{"edits": [{}]}': {},
        b'{"edits": [7]}': {},
        b'{"edits": [{"id": "\\ud800"}]}': {},
        b'{"edits": [{"id": 7}], "x": "\\udc00"': {},
        b'{"edits": [{"id": "' + b"\xc3\xa9" * 18 + b'"}]}': {},
        b"not gzip": {"Content-Encoding": "gzip"},
        gzip.compress(b'{"edits": []}')[:-9]: {"Content-Encoding": "gzip"},
    }
    for body, headers in bad.items():
        _problem(web.post("dana", content=body, **headers), 400, "invalid-request")


def test_another_encoding_is_not_taken(web):
    response = web.post("dana", content=b"{}", **{"Content-Encoding": "br"})
    _problem(response, 415, "invalid-request")
    assert "gzip" in response.headers["accept-encoding"]


def test_too_much_is_too_large_also_unpacked(web):
    many = json.dumps({"edits": [{"id": new_id()} for _ in range(501)]})
    _problem(web.post("dana", content=many), 400, "invalid-request")
    _problem(web.post("dana", content=b" " * 8_388_609), 413, "too-large")
    bomb = gzip.compress(b" " * 50_000_000)
    _problem(web.post("dana", content=bomb, **{"Content-Encoding": "gzip"}), 413, "too-large")


def test_one_bad_record_does_not_jam_the_others(web):
    good = edit("create", "work_order", new_id(), {"title": "A", "status": "open"})
    odd = [
        '"\\ud800"',
        '"\\u0000"',
        "1e999999999999999999999",
        "1e400",
        "1" * 5000,
        "-0.0",
        '{"a": [1]}',
        "true",
    ]
    content = {"title": "RAW", "status": "open"}
    texts = [_with_raw(edit("create", "work_order", new_id(), content), raw) for raw in odd]
    texts.append(json.dumps(good))
    body = f'{{"sent_at": "never", "edits": [{", ".join(texts)}]}}'
    results = web.post("dana", content=body).json()["results"]
    assert [result["outcome"] for result in results] == ["rejected"] * len(odd) + ["applied"]
    assert {(result["code"], result["field"]) for result in results[:-1]} == {("invalid", "title")}


def test_an_empty_push_is_fine_and_a_missing_sent_at_too(web):
    assert web.post("dana", content=b'{"edits": []}').json() == {"results": []}


@pytest.mark.parametrize(
    "params",
    [{"limit": "0"}, {"limit": "x"}, {"limit": "-1"}, {"wait": "1.5"}, {"limit": "9" * 30}, {"wait": "²"}],
)
def test_numbers_in_the_address_are_checked(web, params):
    body = _problem(web.get("/v1/changes", params=params), 400, "invalid-request")
    assert body["errors"][0]["field"] == next(iter(params))


def test_an_unknown_cursor_is_gone(web):
    _problem(web.get("/v1/changes", params={"since": "x"}), 410, "cursor-expired")
    _problem(web.get("/v1/changes", params={"since": "x", "wait": 5}), 410, "cursor-expired")


def test_waiting_ends_with_the_time_or_at_once_when_something_is_pending(web):
    end = web.changes()[-1]["cursor"]
    assert web.changes(since=end, wait=1) == [{"total": 0}, {"cursor": end, "more": False}]
    web.work_order()
    assert len(web.changes(since=end, wait=30)) == 3


def test_who_waits_much_gets_everything_at_the_next_turn(web, monkeypatch):
    monkeypatch.setattr(waiting, "_PER_CALL", 0.3)
    end = web.changes()[-1]["cursor"]
    made = [web.work_order()[0] for _ in range(3)]
    for _ in range(3):
        found = web.changes(since=end, wait=30)
        assert [line["id"] for line in found[1:-1]] == made
        assert found[-1]["more"] is False


def test_who_is_disabled_while_they_wait_gets_no_more_lines(web, world):
    end = web.changes()[-1]["cursor"]
    disable_person(world.store, "bob")  # it is a change, and it ends the wait of all others
    found = web.changes(since=end, wait=30)
    assert found[1]["record"]["active"] is False
    with ThreadPoolExecutor(1) as pool:
        waiting_call = pool.submit(web.changes, since=found[-1]["cursor"], wait=30)
        while not web.client.app.state.desk.watch._waiting:
            assert not waiting_call.done()
        disable_person(world.store, "dana")
        assert waiting_call.result(20) == []  # cut short: the next call hears why
    _problem(web.get("/v1/changes"), 401, "not-signed-in")


def test_a_database_that_does_not_answer_is_unavailable(web, world, monkeypatch):
    def fail():
        raise Unavailable("gone")

    monkeypatch.setattr(world.store, "facts", fail)
    response = web.client.get("/v1/info")
    _problem(response, 503, "unavailable")
    assert response.headers["retry-after"]


def test_a_bug_is_a_500_without_details_and_is_logged(web, world, monkeypatch, caplog):
    def fail():
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(world.store, "facts", fail)
    web.client.raise_server_exceptions = False
    with caplog.at_level(logging.ERROR):
        response = web.client.get("/v1/info")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    assert "GET /v1/info failed" in caplog.text


def test_every_problem_code_has_a_title():
    for code in errors.STATUS_OF:
        assert errors.Problem(code, "x").body()["title"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_names = [
    "title",
    "status",
    "tag",
    "name",
    "hours",
    "text",
    "work_order_id",
    "asset_id",
    "parent_id",
    "due_at",
]
_edits = st.fixed_dictionaries(
    {"id": st.uuids().map(str) | _json},
    optional={
        "kind": st.sampled_from(["create", "update", "delete"]) | _json,
        "type": st.sampled_from(["work_order", "asset", "labor", "comment", "person", "location"]) | _json,
        "record_id": st.uuids().map(str) | _json,
        "base_version": st.none() | st.integers(0, 3) | _json,
        "record": st.dictionaries(st.sampled_from(_names), _json | st.sampled_from(["open", "closed"]))
        | _json,
        "made_at": st.just(SENT_AT) | _json,
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.fixed_dictionaries({"edits": st.lists(_edits | _json, max_size=4)}, optional={"sent_at": _json})
    | _json
)
def test_no_json_whatsoever_breaks_the_hub(web, body):
    response = web.post("ada", content=json.dumps(body))
    assert response.status_code in (200, 400), response.text
    if response.status_code == 200:
        assert len(response.json()["results"]) == len(body["edits"])


def _with_raw(one, raw):
    return json.dumps(one).replace('"RAW"', raw)

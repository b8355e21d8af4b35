from __future__ import annotations

import json
from decimal import Decimal

import pytest

from maintenance_desktop.domain.edits import EditKind, Refusal
from maintenance_desktop.domain.outcomes import (
    Applied,
    BatchRefused,
    Conflicted,
    Rejected,
    ServerFailed,
    SignInRequired,
    Unreachable,
)
from tests.backends.samples import NOW, applied, conflict, edit, rejected, results
from tests.bad_server import problem, reply


def test_an_edit_travels_as_the_contract_says(server, backend):
    one = edit(mine={"title": "Pump leaks", "estimated_hours": Decimal("2.5"), "number": "WO-1", "new": 1})
    server.will(reply(body=results(applied(one, record={"title": "Pump leaks"}))))
    backend.push([one], NOW)
    sent = server.requests[0]
    assert (sent.method, sent.path) == ("POST", "/v1/edits")
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"] == "Bearer secret-token"
    assert sent.json == {
        "sent_at": "2026-11-22T10:42:00.000Z",
        "edits": [
            {
                "id": one.id,
                "kind": "update",
                "type": "work_order",
                "record_id": one.record_id,
                "base_version": 4,
                "record": {"title": "Pump leaks", "estimated_hours": 2.5},
                "made_at": "2026-11-22T10:40:00.000Z",
            }
        ],
    }
    assert b"2.5" in sent.body


def test_a_create_has_no_base_and_a_delete_no_record(server, backend):
    edits = [edit(1, EditKind.CREATE), edit(2, EditKind.DELETE)]
    server.will(reply(body=results(*map(applied, edits))))
    assert backend.push(edits, NOW)[1] == Applied(5, None)
    created, deleted = server.requests[0].json["edits"]
    assert created["base_version"] is None
    assert deleted["record"] == {}


def test_large_bodies_are_compressed(server, backend):
    edits = [edit(number) for number in range(1, 30)]
    server.will(reply(body=results(*map(applied, edits)), compressed=True))
    assert len(backend.push(edits, NOW)) == 29
    sent = server.requests[0]
    assert sent.headers["content-encoding"] == "gzip"
    assert len(sent.json["edits"]) == 29


def test_three_outcomes(server, backend):
    edits = [edit(1), edit(2), edit(3)]
    answer = results(
        applied(edits[0], replayed=True, note="unknown"),
        conflict(edits[1]),
        rejected(edits[2], field="hours", completed_by="Dana"),
    )
    server.will(reply(body=answer))
    done, clash, refused = backend.push(edits, NOW)
    assert done == Applied(5, edits[0].mine, replayed=True)
    assert isinstance(clash, Conflicted)
    assert clash.server.record == {"title": "Pump leaks badly", "status": "on_hold"}
    assert (clash.server.version, clash.server.changes) == (6, 2)
    assert clash.server.changed_by_name == "Ben Haddad"
    assert refused == Rejected(
        Refusal(
            "work_order_finished", "Dana Ortiz completed WO-1042 at 10:30.", "hours", {"completed_by": "Dana"}
        )
    )


def test_a_conflict_with_a_deleted_record(server, backend):
    server.will(reply(body=results(conflict(edit(), current=None, changed_by=None, changes=None))))
    (clash,) = backend.push([edit()], NOW)
    assert clash.server.record is None
    assert clash.server.changes == 1


def test_a_code_that_nobody_knows_yet_is_kept(server, backend):
    server.will(reply(body=results(rejected(edit(), code="quota_exceeded"))))
    (refused,) = backend.push([edit()], NOW)
    assert refused.refusal.code == "quota_exceeded"


def test_numbers_are_exact_and_unknown_fields_are_kept(server, backend):
    body = json.dumps(results(applied(edit(), record={"title": "x"})))
    body = body.replace('"title": "x"', '"title": "x", "estimated_hours": 0.1, "tags": ["a", {"b": 1.10}]')
    server.will(reply(body=body))
    (done,) = backend.push([edit()], NOW)
    assert done.record == {
        "title": "x",
        "estimated_hours": Decimal("0.1"),
        "tags": ["a", {"b": Decimal("1.10")}],
    }


def test_an_enum_value_that_nobody_knows_yet_is_kept(server, backend):
    server.will(reply(body=results(applied(edit(), record={"title": "x", "status": "waiting_for_parts"}))))
    (done,) = backend.push([edit()], NOW)
    assert done.record["status"] == "waiting_for_parts"


ONE, TWO = edit(1), edit(2)


@pytest.mark.parametrize(
    "body",
    [
        results(),
        results(applied(ONE)),
        results(applied(TWO), applied(ONE)),
        results(applied(ONE), applied(ONE)),
        results(applied(ONE), applied(TWO), applied(TWO)),
        results(applied(ONE), {"id": TWO.id}),
        results(applied(ONE), {"id": TWO.id, "outcome": "done"}),
        results(applied(ONE), {"id": TWO.id, "outcome": ["applied"]}),
        results(applied(ONE), applied(TWO, version=None)),
        results(applied(ONE), applied(TWO, version="5")),
        results(applied(ONE), applied(TWO, version=True)),
        results(applied(ONE), applied(TWO, version=5.0)),
        results(applied(ONE), applied(TWO, version=0)),
        results(applied(ONE), applied(TWO, version=2**63)),
        results(applied(ONE), applied(TWO, record=None)),
        results(applied(ONE), applied(TWO, record=[])),
        results(applied(ONE), applied(TWO, record={"title": {"en": "Pump"}})),
        results(applied(ONE), applied(TWO, record={"title": 7})),
        results(applied(ONE), applied(TWO, record={"estimated_hours": "two"})),
        results(applied(ONE), applied(TWO, record={"estimated_hours": True})),
        results(applied(ONE), applied(TWO, record={"downtime_minutes": 10**30})),
        results(applied(ONE), "applied"),
        results(applied(ONE), None),
        results(applied(ONE), conflict(TWO, version=None)),
        results(applied(ONE), {"id": TWO.id, "outcome": "conflict", "version": 6}),
        results(applied(ONE), conflict(TWO, current="gone")),
        results(applied(ONE), rejected(TWO, code=None)),
        results(applied(ONE), rejected(TWO, message="")),
        {"results": None},
        {"results": {"0": 1}},
        {"edits": []},
        [applied(ONE), applied(TWO)],
        "",
        "null",
        "true",
        "<html>",
        '{"results": [',
        '{"results": [{"version": 1e99999999999999999999}]}',
        "[" * 100_000,
        b"\xff\xfe{}",
    ],
)
def test_an_answer_that_does_not_fit_settles_nothing(server, backend, body):
    server.will(reply(body=body))
    with pytest.raises(Unreachable) as caught:
        backend.push([ONE, TWO], NOW)
    assert caught.value.maybe_applied


def test_a_field_with_a_number_that_would_fill_the_memory_settles_nothing(server, backend):
    for number in ("1e999999999", "1e-999999999"):
        body = json.dumps(results(applied(ONE, record={"estimated_hours": 12345}))).replace("12345", number)
        server.will(reply(body=body))
        with pytest.raises(Unreachable):
            backend.push([ONE], NOW)


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_cut_at_any_byte_settles_nothing(server, backend, compressed, chunked):
    whole = reply(body=results(applied(ONE)), compressed=compressed, chunked=chunked)
    # of a compressed or chunked body the last bytes are not content
    content = len(whole.data) - (8 if compressed else 0) - (7 if chunked else 0)
    for at in range(content - 1):
        server.will(whole.cut(at))
        with pytest.raises(Unreachable) as caught:
            backend.push([ONE], NOW)
        assert caught.value.maybe_applied, at


@pytest.mark.parametrize(
    "media", ["text/html", "text/plain", "application/problem+json", "", "application/jsonx"]
)
def test_only_the_servers_own_media_type_counts(server, backend, media):
    server.will(reply(body=results(applied(ONE)), media=media))
    with pytest.raises(Unreachable) as caught:
        backend.push([ONE], NOW)
    assert caught.value.maybe_applied


def test_a_media_type_may_name_its_charset(server, backend):
    server.will(reply(body=results(applied(ONE)), media="Application/JSON; charset=utf-8"))
    assert backend.push([ONE], NOW) == [Applied(5, ONE.mine)]


@pytest.mark.parametrize(("status", "code"), [(400, "invalid-request"), (413, "too-large")])
def test_a_batch_the_server_cannot_take(server, backend, status, code):
    server.will(problem(status, code, "At most 500 edits at once."))
    with pytest.raises(BatchRefused, match="At most 500"):
        backend.push([ONE], NOW)


def test_a_proxys_limit_halves_a_batch_but_refuses_no_single_edit(server, backend):
    server.will(reply(413, "<h1>413</h1>", "text/html"))
    with pytest.raises(BatchRefused):
        backend.push([ONE, TWO], NOW)
    with pytest.raises(ServerFailed):
        backend.push([ONE], NOW)


def test_a_token_that_is_dead(server, backend):
    server.will(problem(401, "not-signed-in", "Please sign in."))
    with pytest.raises(SignInRequired, match="Please sign in"):
        backend.push([ONE], NOW)


def test_a_server_that_broke(server, backend):
    server.will(problem(500, "failed", "Something went wrong."))
    with pytest.raises(ServerFailed, match="Something went wrong"):
        backend.push([ONE], NOW)


@pytest.mark.parametrize(
    "answer",
    [
        reply(401, "<h1>Proxy sign-in</h1>", "text/html"),
        reply(400, "bad request", "text/plain"),
        reply(500, "oops", "text/plain"),
        reply(502, "", "text/html"),
        reply(504, {"type": "/problems/x"}),
        reply(511, "sign in to the network", "text/html"),
        reply(401, {"type": "about:blank"}, "application/problem+json"),
        reply(401, "{", "application/problem+json"),
        reply(401, [], "application/problem+json"),
        problem(401, "not-signed-in").cut(120),
        reply(200, {"type": "/problems/not-signed-in"}, "application/problem+json"),
    ],
)
def test_what_others_answer_is_offline_and_may_have_been_applied(server, backend, answer):
    server.will(answer)
    with pytest.raises(Unreachable) as caught:
        backend.push([ONE], NOW)
    assert caught.value.maybe_applied


@pytest.mark.parametrize("status", [403, 404, 409, 418, 501, 502])
def test_other_problems_of_the_server_stop_the_round_with_its_sentence(server, backend, status):
    server.will(problem(status, "new-problem", "We moved."))
    with pytest.raises(Unreachable, match="We moved") as caught:
        backend.push([ONE], NOW)
    assert not caught.value.maybe_applied


DATE = ("Date", "Sun, 22 Nov 2026 10:00:00 GMT")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("Retry-After", "7")], 7.0),
        ([("Retry-After", " 0 ")], 0.0),
        ([("Retry-After", "9" * 50)], 3600.0),
        ([("Retry-After", "Sun, 22 Nov 2026 10:00:30 GMT"), DATE], 30.0),
        ([("Retry-After", "Sun, 22 Nov 2026 09:59:00 GMT"), DATE], 0.0),
        ([("Retry-After", "Mon, 22 Nov 2100 10:00:30 GMT"), DATE], 3600.0),
        ([("Retry-After", "Sun, 22 Nov 2026 10:00:30 GMT")], None),
        ([("Retry-After", "Sun, 99 Nov 2026 10:00:30 GMT"), DATE], None),
        ([("Retry-After", "-5"), DATE], None),
        ([("Retry-After", "soon"), DATE], None),
        ([("Retry-After", "²")], None),
        ([DATE], None),
    ],
)
def test_a_server_that_is_busy_says_when_to_come_back(server, backend, status, headers, seconds):
    server.will(problem(status, "unavailable", "Back soon.", headers=headers))
    with pytest.raises(Unreachable, match="Back soon") as caught:
        backend.push([ONE], NOW)
    assert caught.value.retry_after == seconds


def test_a_push_is_never_repeated_silently(server, backend):
    server.will(reply(body=results(applied(ONE))).kept_open(), reply().cut(0))
    backend.push([ONE], NOW)
    with pytest.raises(Unreachable) as caught:
        backend.push([ONE], NOW)
    assert caught.value.maybe_applied
    assert len(server.requests) == 2

"""Arbitrary requests made from the hub's own OpenAPI document: each answer is one that the document names."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_desktop.hub.openapi import document
from tests.thorough import tries

from .world import PASSWORD

ROLES = ("ada", "pia", "dana", "rob")
SHAPES = document()["components"]["schemas"]
OFTEN = {"/v1/edits": 5, "/v1/changes": 4, "/v1/sessions": 2}


@pytest.fixture(scope="module")
def schemathesis():
    """It takes a second to load, so only who uses it does."""
    import schemathesis

    return schemathesis


@pytest.fixture(scope="module")
def operations(schemathesis):
    """Every call of the document, the more interesting ones more often. Signing in is done here."""
    described = document() | {"security": []}
    del described["components"]["securitySchemes"]
    found = [one.ok() for one in schemathesis.openapi.from_dict(described).get_all_operations()]
    assert len(found) == sum(len(methods) for methods in described["paths"].values())
    return [one for one in found for _ in range(OFTEN.get(one.path, 1))]


@pytest.fixture
def cursors(web, world):
    """Cursors that the hub gave out: of the end, of the middle, and of a first download."""
    for number in range(5):
        world.labor(world.work_order(asset_id=world.asset(f"P-{number}")))
    first = web.changes(limit=3)[-1]["cursor"]
    end = web.changes()[-1]["cursor"]
    world.asset("P-6")
    return [first, end, web.changes(since=end)[-1]["cursor"]]


def draws_case(data, schemathesis, operations):
    operation = data.draw(st.sampled_from(operations))
    modes = [mode for mode in schemathesis.GenerationMode if mode.is_positive or has_input(operation)]
    return data.draw(operation.as_strategy(generation_mode=data.draw(st.sampled_from(modes))))


def has_input(operation):
    """Whether there is anything that could be wrong."""
    return bool(operation.body or operation.query or operation.path_parameters)


def answers(web, case, who, **more):
    sent = case.as_transport_kwargs(base_url="http://testserver")
    if "json" in sent:
        sent["content"] = json.dumps(sent.pop("json"))  # httpx cannot send a lone surrogate
    if "data" in sent:
        sent["content"] = sent.pop("data")
    headers = dict(sent.pop("headers")) | (web.headers(who) if who else {})
    sent.pop("cookies", None)
    params = {**(sent.pop("params", None) or {}), **more}
    return web.client.request(sent.pop("method"), sent.pop("url"), headers=headers, params=params, **sent)


def is_as_documented(schemathesis, case, response):
    checks = schemathesis.checks
    case.validate_response(
        response,
        checks=[
            checks.not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_headers_conformance,
            checks.response_schema_conformance,
        ],
    )
    assert response.status_code != 400 or not case.meta.generation.mode.is_positive, response.text
    if case.path == "/v1/changes" and response.status_code == 200:
        shapes = [set(SHAPES[name]["required"]) for name in ("Total", "Change", "Deletion", "End")]
        assert all(set(json.loads(line)) in shapes for line in response.content.splitlines())
    if response.status_code >= 400 and response.request.method != "HEAD":
        problem = response.json()
        assert response.headers["content-type"] == "application/problem+json"
        assert (problem["type"].startswith("/problems/"), problem["status"]) == (True, response.status_code)
        assert problem["detail"]
        assert response.status_code != 400 or problem["errors"]


@tries(80)
@given(data=st.data(), who=st.sampled_from([*ROLES, None]))
@pytest.mark.parametrize("target", ["sqlite"], indirect=True)
def test_every_answer_is_as_documented(web, world, schemathesis, operations, cursors, data, who):
    case = draws_case(data, schemathesis, operations)
    more = {}
    if case.path == "/v1/changes" and data.draw(st.booleans()):
        more = {"since": data.draw(st.sampled_from(cursors)), "wait": "0"}
    if case.path == "/v1/sessions" and isinstance(case.body, dict) and data.draw(st.booleans()):
        case.body |= {"username": who or "ada", "password": PASSWORD}
    response = answers(web, case, who, **more)
    if response.status_code == 204:
        web._tokens.clear()
    is_as_documented(schemathesis, case, response)
    assert (response.status_code == 401) == (who is None) or case.path in ("/v1/info", "/v1/sessions")

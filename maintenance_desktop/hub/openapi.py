"""The contract as an OpenAPI document, with what the hub does where the contract is silent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from maintenance_desktop.domain.records import SPECS, Field, FieldKind
from maintenance_desktop.hub.errors import STATUS_OF

_CHOICES_TAKEN: Final = """
Where the sync contract is silent, this hub does the following.

* A deleted asset takes its own comments with it. Its parts, work orders and everything else that names it
  stay and go on naming it; the same holds for a deleted location or person.
* `completed_by` is cleared whenever a work order leaves `completed`, also when it is closed.
* A create may leave out `written_at` and `written_by` of a comment (when and by whom it was made) and
  `active` of a person (true).
* Without a usable `sent_at`, `made_at` is taken as it is, but never later than now.
* An update of a child of a finished work order is `work_order_finished` before it is a conflict.
* A deletion's `applied` has `record: null`.
* `work_order_finished` also has `number`, `status`, `finished_by_name` and `finished_at`.
* `limit` is at most 5,000 and `wait` is cut to 30 seconds. Waiting calls are never packed.
* A `Content-Encoding` other than gzip is 415 with `Accept-Encoding`. The limits hold for unpacked bytes.
* User names are the same in upper and lower case; asset tags are not.
* Tokens last 30 days and end with a new password. After five failures a user name waits 1, 2, 4 … 60
  seconds at that address only. Applied edits are remembered for 120 days.
* No cache layout is made as a snapshot: 406 with the code `invalid-request`, and clients take `/v1/changes`.
  Attachments are 404.
* Every 400 has `errors`; `field` is empty where the whole body is at fault.
* `HEAD` answers wherever `GET` does.
* A create needs every field its schema here calls required, such as `title` and `status` of a work order.
* A record's id may be a UUID of another version than 7.
* `made_at` is no part of an edit's content: the same id with another one is a repeat.
"""

_TYPES: Final[Mapping[FieldKind, Mapping[str, str]]] = {
    FieldKind.TEXT: {"type": "string"},
    FieldKind.CHOICE: {"type": "string"},
    FieldKind.REFERENCE: {"type": "string", "format": "uuid"},
    FieldKind.TIME: {"type": "string", "format": "date-time"},
    FieldKind.DATE: {"type": "string", "format": "date"},
    FieldKind.NUMBER: {"type": "number"},
    FieldKind.INTEGER: {"type": "integer"},
    FieldKind.BOOLEAN: {"type": "boolean"},
}


def document() -> dict[str, Any]:
    """The document served at `GET /v1/openapi.json`."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "maintenance-hub", "version": "1", "description": _CHOICES_TAKEN.strip()},
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {name: _record(spec.fields) for name, spec in SPECS.items()} | _shapes(),
        },
    }


def _paths() -> dict[str, Any]:
    missing = {"404": _problem("not-found")}
    digest = [_parameter("digest", "path", "string")]
    return {
        "/v1/info": {"get": _call("Who answers", {"200": _json({})}, security=[])},
        "/v1/openapi.json": {"get": _call("This document", {"200": _json({})})},
        "/v1/sessions": {
            "post": _call(
                "Sign in", {"201": _json({}), **_problems("too-many-requests")}, body="SignIn", security=[]
            )
        },
        "/v1/sessions/current": {"delete": _call("Sign out", {"204": {"description": "The token is dead."}})},
        "/v1/changes": {
            "get": _call(
                "What changed since a cursor, or everything",
                {
                    "200": {
                        "description": "A total, one line for each record, a cursor.",
                        "content": {"application/x-ndjson": {}},
                    },
                    **_problems("cursor-expired"),
                },
                parameters=[
                    _parameter("since", "query", "string"),
                    _parameter("limit", "query", "integer"),
                    _parameter("wait", "query", "integer"),
                ],
            )
        },
        "/v1/edits": {
            "post": _call(
                "Apply edits", {"200": _json(_reference("Results")), **_problems("too-large")}, body="Push"
            )
        },
        "/v1/snapshot": {
            "get": _call("Not made by this version", {"406": _problem("invalid-request")}),
            "head": _call("Not made by this version", {"406": _problem("invalid-request")}),
        },
        "/v1/attachments/{digest}": {
            method: _call("Not kept by this version", missing, parameters=digest)
            for method in ("get", "head", "put")
        },
    }


def _shapes() -> dict[str, Any]:
    text = {"type": "string"}
    edit = {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"enum": ["create", "update", "delete"]},
        "type": text,
        "record_id": {"type": "string", "format": "uuid"},
        "base_version": {"type": ["integer", "null"]},
        "record": {"type": "object"},
        "made_at": {"type": "string", "format": "date-time"},
    }
    result = {
        "id": text,
        "outcome": {"enum": ["applied", "conflict", "rejected"]},
        "version": {"type": "integer"},
        "record": {"type": ["object", "null"]},
        "replayed": {"type": "boolean"},
        "current": {"type": ["object", "null"]},
        "changed_by": text,
        "changed_by_name": text,
        "changed_at": {"type": "string", "format": "date-time"},
        "changes": {"type": "integer"},
        "code": text,
        "message": text,
        "field": text,
    }
    return {
        "SignIn": _object(
            {"username": text, "password": text, "device": {"type": "object"}}, "username", "password"
        ),
        "Edit": _object(edit, *(name for name in edit if name not in ("base_version", "record"))),
        "Push": _object({"sent_at": text, "edits": {"type": "array", "items": _reference("Edit")}}, "edits"),
        "Result": _object(result, "id", "outcome"),
        "Results": _object({"results": {"type": "array", "items": _reference("Result")}}, "results"),
        "Problem": _object(
            {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "errors": {"type": "array"},
            },
            "title",
            "status",
        ),
    }


def _record(fields: tuple[Field, ...]) -> dict[str, Any]:
    properties = {}
    for field in fields:
        schema: dict[str, Any] = dict(_TYPES[field.kind])
        if not field.required:
            schema["type"] = [schema["type"], "null"]
        if field.choices:
            schema["enum"] = [*field.choices, *([] if field.required else [None])]
        if field.kind is FieldKind.TEXT:
            schema["maxLength"] = field.max_length
        if field.server_set:
            schema["readOnly"] = True
        properties[field.name] = schema
    return _object(properties, *(field.name for field in fields if field.required))


def _object(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(required)}


def _call(summary: str, responses: Mapping[str, Any], *, body: str = "", **more: Any) -> dict[str, Any]:
    call = {
        "summary": summary,
        "responses": dict(responses) | _problems("invalid-request", "not-signed-in"),
    } | more
    return call | ({"requestBody": _json(_reference(body))} if body else {})


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": dict(schema)}}}


def _problems(*codes: str) -> dict[str, Any]:
    return {str(STATUS_OF[code]): _problem(code) for code in codes}


def _problem(code: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _reference("Problem")}}
    return {"description": f"/problems/{code}", "content": content}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str, place: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": kind}}

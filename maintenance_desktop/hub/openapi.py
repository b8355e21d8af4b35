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
* A snapshot is 406 with the code `invalid-request` whenever there is none: another layout, fewer than 2,000
  records, the first one not ready yet, or switched off. Nobody is to wait for it: clients take `/v1/changes`.
* A snapshot is made anew when 0.5 % of its records have changed and it would get older than 10 minutes. One
  that was replaced is served by `etag` for an hour; asked for later, the newest comes instead.
* `Snapshot-Size` says how many bytes a snapshot becomes when it is unpacked. It has several gzip members, and
  each tells its packed and unpacked length (32 bits each, least byte first) as part `MD` of its extra field.
* Of ranges, a single one is served; anything else is answered by the whole file. `If-None-Match` may be 304.
* Attachments are 404.
* A fault of the hub itself is 500 with the code `failed`. What came before it in a push is done, and a repeat
  is answered from memory.
* An account that is disabled while its push is under way gets 401 for the whole of it, not refused edits.
* Every 400 has `errors`; `field` is empty where the whole body is at fault.
* `HEAD` answers wherever `GET` does.
* A create needs every field its schema here calls required, such as `title` and `status` of a work order.
* A record's id may be a UUID of another version than 7.
* `made_at` is no part of an edit's content: the same id with another one is a repeat.

Beyond the sync contract, and without any need for a client to know of it, this hub keeps a ledger.

* It notes each edit that it answers with conflict or rejected, and keeps all this for two years.
* An edit may say that it carries out a decision: `decided` is `overwrite`, `combine` or
  `combine_by_itself`, `answers` the edit that was in conflict, and `base` the record when the person started
  (else the one told of that edit counts). All three are no part of its content. When it is done, the ledger
  gets, in the same transaction, what it replaced, whose that was, and which fields lost a value.
* `POST /v1/decisions` tells which choice a person took; the first one told of an edit stays. What is not
  understood in it is left out.
* `GET /v1/decisions` tells planners and administrators everything, and everybody else what was overwritten
  or combined: `since` goes forwards, oldest first, `before` backwards, newest first. An entry that changes
  gets a new `place`. What was refused and then done under the same id is not told.
* `combine` of `/v1/info` is `when-nothing-overlaps` where clients are to combine, without asking, two changes
  of one record that have no field in common, else `off`.
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


_UUID: Final = _TYPES[FieldKind.REFERENCE]
_TIME: Final = _TYPES[FieldKind.TIME]
_COUNT: Final[Mapping[str, Any]] = {"type": "integer", "minimum": 1}
_LEFT_OUT: Final = ("base_version", "record", "decided", "answers", "base")
"""What not every edit has."""
_LINES: Final = "application/x-ndjson"
_LARGEST_ASKED: Final = 999_999_999


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
        "/v1/info": {"get": _call("Who answers", {"200": _json(_reference("Info"))}, security=[])},
        "/v1/openapi.json": {"get": _call("This document", {"200": _json({"type": "object"})})},
        "/v1/sessions": {
            "post": _call(
                "Sign in",
                {"201": _json(_reference("SignedIn")), **_problems("too-many-requests")},
                body="SignIn",
                security=[],
            )
        },
        "/v1/sessions/current": {"delete": _call("Sign out", {"204": {"description": "The token is dead."}})},
        "/v1/changes": {
            "get": _call(
                "What changed since a cursor, or everything",
                {
                    "200": {
                        "description": "A total, a line for each record, a cursor. The schema is a line's.",
                        "content": {_LINES: {"schema": _reference("Line")}},
                    },
                    **_problems("cursor-expired"),
                },
                parameters=[
                    _parameter("since", "query", "string"),
                    _parameter("limit", "query", "integer", minimum=1, maximum=_LARGEST_ASKED),
                    _parameter("wait", "query", "integer", minimum=0, maximum=_LARGEST_ASKED),
                ],
            )
        },
        "/v1/edits": {
            "post": _call("Apply edits", {"200": _json(_reference("Results"))}, body="Push"),
        },
        "/v1/decisions": {
            "get": _call(
                "The ledger: conflicts, choices and refusals",
                {"200": _json(_reference("Ledger"))},
                parameters=[
                    _parameter("since", "query", "integer", minimum=0, maximum=_LARGEST_ASKED),
                    _parameter("before", "query", "integer", minimum=1, maximum=_LARGEST_ASKED),
                    _parameter("limit", "query", "integer", minimum=1, maximum=_LARGEST_ASKED),
                    _parameter("record_id", "query", "string", format="uuid"),
                ],
            ),
            "post": _call("Tell choices", {"200": _json(_reference("Kept"))}, body="Choices"),
        },
        "/v1/snapshot": {method: _snapshot() for method in ("get", "head")},
        "/v1/attachments/{digest}": {
            method: _call("Not kept by this version", missing, parameters=digest)
            for method in ("get", "head", "put")
        },
    }


def _snapshot() -> dict[str, Any]:
    text = {"type": "string"}
    names = ("ETag", "Repr-Digest", "Snapshot-Cursor", "Snapshot-Size", "Accept-Ranges")
    headers = {name: {"schema": text} for name in names}
    file = {"headers": headers, "content": {"application/gzip": {}}}
    part = file | {"headers": headers | {"Content-Range": {"schema": text}}}
    return _call(
        "A whole first download as one SQLite file of the client's layout `schema`",
        {
            "200": file | {"description": "All of it, packed."},
            "206": part | {"description": "The part that was asked for."},
            "304": {"description": "The one that the caller has.", "headers": headers},
            "406": _problem("invalid-request"),
            "416": _problem("invalid-request"),
        },
        parameters=[
            _parameter("schema", "query", "integer", minimum=1, maximum=_LARGEST_ASKED),
            _parameter("etag", "query", "string"),
            _parameter("Range", "header", "string"),
            _parameter("If-Range", "header", "string"),
            _parameter("If-None-Match", "header", "string"),
        ],
    )


def _shapes() -> dict[str, Any]:
    text = {"type": "string"}
    edit = {
        "id": _UUID,
        "kind": {"enum": ["create", "update", "delete"]},
        "type": text,
        "record_id": _UUID,
        "base_version": {"type": ["integer", "null"]},
        "record": {"type": "object"},
        "made_at": _TIME,
        "decided": text,
        "answers": text,
        "base": {"type": "object"},
    }
    change = {"type": text, "id": _UUID, "version": _COUNT, "changed_at": _TIME, "changed_by": text}
    outcome = {"id": text, "outcome": text}
    return {
        "Info": _object(
            {
                "product": {"const": "maintenance-hub"},
                "api": {"const": 1},
                "instance": _UUID,
                "epoch": _UUID,
                "name": text,
                "server_time": _TIME,
                "combine": {"enum": ["off", "when-nothing-overlaps"]},
                "limits": _all_of(
                    dict.fromkeys(("edits_per_push", "push_bytes", "attachment_bytes"), _COUNT)
                ),
            },
            *("product", "api", "instance", "epoch", "name", "server_time", "combine", "limits"),
        ),
        "SignIn": _object(
            {"username": text, "password": text, "device": {"type": "object"}}, "username", "password"
        ),
        "SignedIn": _all_of(
            {
                "token": text,
                "expires_at": _TIME,
                "person": _object({"id": _UUID, "name": text, "role": text}, "id", "name", "role"),
                "instance": _UUID,
                "epoch": _UUID,
            }
        ),
        "Line": {"oneOf": [_reference(name) for name in ("Total", "Change", "Deletion", "End")]},
        "Total": _all_of({"total": {"type": "integer", "minimum": 0}}),
        "Change": _all_of(change | {"record": {"type": "object"}}),
        "Deletion": _all_of(change | {"deleted": {"const": True}}),
        "End": _all_of({"cursor": text, "more": {"type": "boolean"}}),
        "Edit": _object(edit, *(name for name in edit if name not in _LEFT_OUT)),
        "Push": _object({"sent_at": text, "edits": {"type": "array", "items": _reference("Edit")}}, "edits"),
        "Results": _all_of({"results": {"type": "array", "items": _reference("Result")}}),
        "Result": {"oneOf": [_reference(name) for name in ("Applied", "Conflict", "Rejected")]},
        "Applied": _object(
            outcome
            | {
                "outcome": {"const": "applied"},
                "version": _COUNT,
                "record": {"type": ["object", "null"]},
                "replayed": {"type": "boolean"},
            },
            *("id", "outcome", "version", "record"),
        ),
        "Conflict": _all_of(
            outcome
            | {
                "outcome": {"const": "conflict"},
                "current": {"type": ["object", "null"]},
                "version": _COUNT,
                "changed_by": text,
                "changed_by_name": text,
                "changed_at": _TIME,
                "changes": _COUNT,
            }
        ),
        "Rejected": _object(
            outcome | {"outcome": {"const": "rejected"}, "code": text, "message": text, "field": text},
            *("id", "outcome", "code", "message"),
        ),
        **_ledger(),
        "Problem": _object(
            {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "errors": {"type": "array", "items": _all_of({"field": text, "message": text})},
            },
            *("type", "title", "status"),
        ),
    }


def _ledger() -> dict[str, Any]:
    text = {"type": "string"}
    content = {name: {"type": ["object", "null"]} for name in ("base", "mine", "theirs")}
    about = {"edit_id": _UUID, "kind": text, "edit_kind": text, "type": text, "record_id": text}
    chosen = {"choice": text, "chosen_at": text}
    named = ("person_id", "person_name", "number", "title", "happened_at", "code", "message")
    theirs = dict.fromkeys(("changed_by", "changed_by_name", "changed_at"), text)
    entry = {
        "place": _COUNT,
        "version": {"type": "integer", "minimum": 0},
        "result": {"type": ["object", "null"]},
        "lost": {"type": "array", "items": text},
    }
    said: dict[str, Any] = {name: {} for name in ("version", "changed_by", "changed_at", "code", "message")}
    return {
        "Ledger": _all_of(
            {"decisions": {"type": "array", "items": _reference("Entry")}, "more": {"type": "boolean"}}
        ),
        "Entry": _all_of(about | chosen | dict.fromkeys(named, text) | theirs | content | entry),
        "Choices": _object(
            {"sent_at": text, "decisions": {"type": "array", "items": _reference("ToldChoice")}}, "decisions"
        ),
        "ToldChoice": _object(about | chosen | content | said, *about, *chosen),
        "Kept": _all_of({"kept": {"type": "integer", "minimum": 0}}),
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


def _all_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    return _object(properties, *properties)


def _call(summary: str, responses: Mapping[str, Any], *, body: str = "", **more: Any) -> dict[str, Any]:
    call = {
        "summary": summary,
        "responses": dict(responses) | _problems("invalid-request", "not-signed-in", "unavailable"),
    } | more
    if body:
        call["responses"] |= {"415": _problem("invalid-request"), **_problems("too-large")}
        call["requestBody"] = _json(_reference(body)) | {"required": True}
    return call


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": "OK", "content": {"application/json": {"schema": dict(schema)}}}


def _problems(*codes: str) -> dict[str, Any]:
    return {str(STATUS_OF[code]): _problem(code) for code in codes}


def _problem(code: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _reference("Problem")}}
    return {"description": f"/problems/{code}", "content": content}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str, place: str, kind: str, **more: int | str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": {"type": kind} | more}

"""Good answers and edits, to be bent by the tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from maintenance_desktop.domain.edits import Edit, EditKind
from tests.bad_server import Reply, reply

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)
NDJSON = "application/x-ndjson"

INFO = {
    "product": "maintenance-hub",
    "api": 1,
    "instance": "0190a000-0000-7000-8000-000000000001",
    "epoch": "0190a000-0000-7000-8000-000000000002",
    "name": "North plant",
    "server_time": "2026-11-22T10:42:00.000Z",
    "limits": {"edits_per_push": 100, "push_bytes": 1000000, "attachment_bytes": 52428800},
}
SESSION = {
    "token": "abc_DEF-123",
    "expires_at": "2026-12-22T10:42:00.000Z",
    "person": {"id": "0190a000-0000-7000-8000-00000000000a", "name": "Dana Ortiz", "role": "technician"},
    "instance": INFO["instance"],
    "epoch": INFO["epoch"],
}


def edit(number: int = 1, kind: EditKind = EditKind.UPDATE, **more: Any) -> Edit:
    known = {
        "id": f"0190a000-0000-7000-8000-{number:012x}",
        "kind": kind,
        "type": "work_order",
        "record_id": f"0190b000-0000-7000-8000-{number:012x}",
        "mine": {"title": "Pump leaks", "status": "open", "number": "WO-1042", "from_the_future": 7},
        "made_at": "2026-11-22T10:40:00.000Z",
        "base_version": None if kind is EditKind.CREATE else 4,
    }
    return Edit(**{**known, **more})


def applied(one: Edit, **more: Any) -> dict[str, Any]:
    record = None if one.kind is EditKind.DELETE else dict(one.mine)
    return {"id": one.id, "outcome": "applied", "version": 5, "record": record, **more}


def conflict(one: Edit, **more: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "outcome": "conflict",
        "current": {"title": "Pump leaks badly", "status": "on_hold"},
        "version": 6,
        "changed_by": "0190a000-0000-7000-8000-00000000000b",
        "changed_by_name": "Ben Haddad",
        "changed_at": "2026-11-22T10:30:00.000Z",
        "changes": 2,
        **more,
    }


def rejected(one: Edit, **more: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "outcome": "rejected",
        "code": "work_order_finished",
        "message": "Dana Ortiz completed WO-1042 at 10:30.",
        **more,
    }


def results(*found: Any) -> dict[str, Any]:
    return {"results": list(found)}


def change(number: int = 1, **more: Any) -> dict[str, Any]:
    known = {
        "type": "asset",
        "id": f"0190c000-0000-7000-8000-{number:012x}",
        "version": number,
        "changed_at": "2026-11-22T10:30:00.000Z",
        "changed_by": "0190a000-0000-7000-8000-00000000000a",
        "record": {"tag": f"P-{number}", "name": "Pump"},
    }
    return {**known, **more}


END = {"cursor": "c2", "more": False}


def lines(*found: Any) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in found)


def stream(*found: Any, **more: Any) -> Reply:
    return reply(200, lines(*found), NDJSON, **more)

"""Values that a broken or a malicious server may put anywhere, and ways to bend the JSON they stand in."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from hypothesis import strategies as st

DEEP = msgspec.Raw(b'{"a":' * 600 + b"1" + b"}" * 600)
DEEPER_THAN_PYTHON = msgspec.Raw(b"[" * 20_000 + b"]" * 20_000)
LONE_SURROGATE = msgspec.Raw(b'"\\ud800"')

odd_numbers = st.sampled_from(
    [-1, 0, 1, 2, 3, 2**31, 2**40, 2**53 - 2, 2**53 - 1, 2**53, 2**63 - 1, 2**63, 2**64, 10**30]
) | st.sampled_from(
    [
        b"-0.0",
        b"1.5",
        b"1e-15",
        b"1e-16",
        b"0e999999999",
        b"1e999999999",
        b"1e9999999999999999999",
        b"7" * 5000,
    ]
).map(msgspec.Raw)

odd_texts = st.sampled_from(
    [
        "", " ", "\0", "a\0b", "\n", "ÄÖ🔧", "x" * 5_000, "%", "'; DROP TABLE edit;--", "../../..", "null",
        "meta", "edit", "other", "sqlite_master", "work_order", "asset", "labor", "comment", "person",
        "meter", "applied", "conflict", "rejected", "parent_missing", "unknown_reference", "invalid",
        "completed", "not-a-uuid", "2026-99-99T99:99:99Z", "9999-12-31T23:59:59.999Z",
        "0001-01-01T00:00:00+14:00",
        "about:blank", "/problems/not-signed-in", "/problems/invalid-request",
    ]
)  # fmt: skip

odd_values = (
    st.none()
    | st.booleans()
    | odd_numbers
    | odd_texts
    | st.text(max_size=5)
    | st.sampled_from([{}, [], [{}], {"a": None}, LONE_SURROGATE, DEEP, DEEPER_THAN_PYTHON])
)

NAMES = (
    "version", "id", "outcome", "record", "current", "type", "cursor", "more", "total", "changes", "code",
    "message", "results", "changed_at", "changed_by", "deleted", "status", "hours", "title", "tag", "name",
    "work_order_id", "asset_id", "parent_id", "created_at", "due_at", "estimated_hours", "active", "number",
    "instance", "epoch", "product", "api", "limits", "edits_per_push", "person", "token", "role", "unknown",
)  # fmt: skip

Path = tuple[Any, ...]


@dataclass(frozen=True)
class Change:
    """One change somewhere in the parts of an answer: another value, one less, one more, another order."""

    how: str
    name: str | None
    place: int
    value: Any

    def __call__(self, parts: list[Any]) -> list[Any]:
        changed = copy.deepcopy(parts)
        found = [path for path in places(changed) if self.name is None or path[-1] == self.name]
        if self.how == "add" and not found:
            found = [(*path, self.name) for path in places(changed) if isinstance(_at(changed, path), dict)]
        if found:
            _change_at(changed, found[self.place % len(found)], self.how, self.value)
        return changed


changes_of_json = st.builds(
    Change,
    st.sampled_from(["replace"] * 3 + ["remove", "double", "reverse", "add", "insert"]),
    st.none() | st.sampled_from(NAMES),
    st.integers(0, 40),
    odd_values,
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of everything in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _change_at(whole: list[Any], path: Path, how: str, value: Any) -> None:
    *above, last = path
    holder = _at(whole, tuple(above))
    found = holder[last] if isinstance(holder, list) else holder.get(last)
    match how, holder, found:
        case "remove", _, _:
            del holder[last]
        case "double", list(), _:
            holder.insert(last, copy.deepcopy(found))
        case "insert", list(), _:
            holder.insert(last, value)
        case "reverse", _, list():
            found.reverse()
        case "reverse", list(), _:
            holder.reverse()
        case _:
            holder[last] = value

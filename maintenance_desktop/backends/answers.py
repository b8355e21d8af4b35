"""Reading answers: what is not the server's own and well-formed counts as no answer at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from maintenance_desktop.backends.transport import Answer
from maintenance_desktop.domain.edits import Edit, EditKind, Refusal, ServerCopy
from maintenance_desktop.domain.outcomes import (
    Applied,
    Conflicted,
    Outcome,
    Rejected,
    ServerInfo,
    SignedIn,
    Unreachable,
)
from maintenance_desktop.domain.records import SPECS, FieldKind, Fields
from maintenance_desktop.domain.wire import UnreadableJson, decode

JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
_LARGEST_VERSION: Final = 2**63
_LARGEST_NUMBER: Final = 10**15
_MOST_PLACES: Final = 15
_KINDS: Final[Mapping[str, Mapping[str, FieldKind]]] = {
    name: {field.name: field.kind for field in spec.fields} for name, spec in SPECS.items()
}


class Malformed(ValueError):
    """What came is not what the contract says; `str()` names the place, for the log."""


def json_object(answer: Answer, status: int = HTTPStatus.OK) -> dict[str, Any]:
    """The object in a good answer. Raises Malformed, Unreachable."""
    if answer.status != status or answer.media_type != JSON:
        raise Malformed(f"{answer.status} {answer.media_type}")
    found = loads(answer.body())
    if not isinstance(found, dict):
        raise Malformed("no object")
    return found


def loads(data: bytes) -> Any:
    """What JSON says. Raises Malformed."""
    try:
        return decode(data)
    except UnreadableJson as error:
        raise Malformed("no JSON") from error


def server_info(found: Mapping[str, Any]) -> ServerInfo:
    """Who answers. Raises Malformed, and Unreachable for a server of another age."""
    if found.get("product") != "maintenance-hub":
        raise Malformed("another product")
    if found.get("api") != 1:
        raise Unreachable("This server speaks a newer language than this program: it needs an update.")
    return ServerInfo(
        instance=text_in(found, "instance"),
        epoch=text_in(found, "epoch"),
        name=_optional_text(found, "name"),
        **_limits(found.get("limits")),
    )


def signed_in(found: Mapping[str, Any]) -> SignedIn:
    """An accepted sign-in. Raises Malformed."""
    person = found.get("person")
    if not isinstance(person, dict):
        raise Malformed("person")
    text_in(person, "id")
    token = text_in(found, "token")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Malformed("token")
    return SignedIn(
        token=token,
        expires_at=_optional_text(found, "expires_at"),
        instance=text_in(found, "instance"),
        epoch=text_in(found, "epoch"),
        person=record_in("person", person),
    )


def outcomes(edits: Sequence[Edit], found: Mapping[str, Any]) -> list[Outcome]:
    """One outcome for each edit, in order. Raises Malformed where anything does not fit."""
    results = found.get("results")
    if not isinstance(results, list) or len(results) != len(edits):
        raise Malformed("results")
    return [_outcome(edit, result) for edit, result in zip(edits, results, strict=True)]


def record_in(record_type: str, value: Any) -> Fields:
    """A record's content; what is unknown stays as it came. Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed("record")
    kinds = _KINDS.get(record_type, {})
    for name, one in value.items():
        if one is not None and not _fits(kinds.get(name), one):
            raise Malformed(name)
    return value


def version_in(found: Mapping[str, Any]) -> int:
    """A record's version. Raises Malformed."""
    version = found.get("version")
    if type(version) is not int or not 0 < version < _LARGEST_VERSION:
        raise Malformed("version")
    return version


def text_in(found: Mapping[str, Any], name: str) -> str:
    """A text that has to be there. Raises Malformed."""
    text = found.get(name)
    if not isinstance(text, str) or not text:
        raise Malformed(name)
    return text


def _outcome(edit: Edit, result: Any) -> Outcome:
    if not isinstance(result, dict) or result.get("id") != edit.id:
        raise Malformed("id")
    match result.get("outcome"):
        case "applied":
            return _applied(edit, result)
        case "conflict":
            return Conflicted(_server_copy(edit.type, result))
        case "rejected":
            return Rejected(_refusal(result))
    raise Malformed("outcome")


def _applied(edit: Edit, result: Mapping[str, Any]) -> Applied:
    record = result.get("record")
    is_gone = edit.kind is EditKind.DELETE and record is None
    return Applied(
        version=version_in(result),
        record=None if is_gone else record_in(edit.type, record),
        replayed=result.get("replayed") is True,
    )


def _server_copy(record_type: str, result: Mapping[str, Any]) -> ServerCopy:
    if "current" not in result:
        raise Malformed("current")
    current = result["current"]
    changes = result.get("changes")
    return ServerCopy(
        version=version_in(result),
        record=None if current is None else record_in(record_type, current),
        changed_at=_optional_text(result, "changed_at"),
        changed_by=_optional_text(result, "changed_by"),
        changed_by_name=_optional_text(result, "changed_by_name"),
        changes=changes if type(changes) is int and changes > 0 else 1,
    )


def _refusal(result: Mapping[str, Any]) -> Refusal:
    told = {"id", "outcome", "code", "message", "field"}
    return Refusal(
        code=text_in(result, "code"),
        message=text_in(result, "message"),
        field=_optional_text(result, "field"),
        details={name: value for name, value in result.items() if name not in told},
    )


def _fits(kind: FieldKind | None, value: Any) -> bool:
    """Whether a value is of the type that its field has; a field nobody knows may hold anything."""
    match kind:
        case None:
            return True
        case FieldKind.BOOLEAN:
            return type(value) is bool
        case FieldKind.NUMBER | FieldKind.INTEGER:
            if type(value) not in (int, Decimal) or not -_LARGEST_NUMBER < value < _LARGEST_NUMBER:
                return False
            return type(value) is int or value.as_tuple().exponent >= -_MOST_PLACES
    return type(value) is str


def _optional_text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name)
    return text if isinstance(text, str) else ""


def _limits(found: Any) -> dict[str, int]:
    """The limits that a server names and that make sense; for the others the contract's own hold."""
    told = found if isinstance(found, dict) else {}
    named = {name: told.get(name) for name in ("edits_per_push", "push_bytes")}
    return {name: limit for name, limit in named.items() if type(limit) is int and limit > 0}

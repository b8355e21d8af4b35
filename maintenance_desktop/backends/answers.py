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
from maintenance_desktop.domain.values import is_record_id
from maintenance_desktop.domain.wire import UnreadableJson, decode

JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
_LARGEST_VERSION: Final = 2**53 - 1
"""No record of the contract reaches it. One that seemed to would hide every true version from then on."""
_LARGEST_NUMBER: Final = 10**15
_MOST_PLACES: Final = 15
_DEEPEST: Final = 50
"""How far lists and objects may be nested in what nobody knows: all of it is copied and compared here."""
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
        instance=uuid_in(found, "instance"),
        epoch=uuid_in(found, "epoch"),
        name=_optional_text(found, "name"),
        combines_by_itself=found.get("combine") == "when-nothing-overlaps",
        **_limits(found.get("limits")),
    )


def signed_in(found: Mapping[str, Any]) -> SignedIn:
    """An accepted sign-in. Raises Malformed."""
    person = found.get("person")
    if not isinstance(person, dict):
        raise Malformed("person")
    uuid_in(person, "id")
    token = text_in(found, "token")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Malformed("token")
    return SignedIn(
        token=token,
        expires_at=_optional_text(found, "expires_at"),
        instance=uuid_in(found, "instance"),
        epoch=uuid_in(found, "epoch"),
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
    if type(version) is not int or not is_version(version):
        raise Malformed("version")
    return version


def is_version(number: int) -> bool:
    """Whether a record can have this version."""
    return 0 < number < _LARGEST_VERSION


def text_in(found: Mapping[str, Any], name: str) -> str:
    """A text that has to be there. Raises Malformed."""
    text = found.get(name)
    if not isinstance(text, str) or not text:
        raise Malformed(name)
    return text


def uuid_in(found: Mapping[str, Any], name: str) -> str:
    """An id that has to be there: folders are named after it, so nothing else will do. Raises Malformed."""
    text = text_in(found, name)
    if not is_record_id(text.lower()):
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
    details = {name: value for name, value in result.items() if name not in told}
    if not _is_flat(details):
        raise Malformed("details")
    return Refusal(
        code=text_in(result, "code"),
        message=text_in(result, "message"),
        field=_optional_text(result, "field"),
        details=details,
    )


def _fits(kind: FieldKind | None, value: Any) -> bool:
    """Whether a value is of the type that its field has; a field nobody knows may hold almost anything."""
    match kind:
        case None:
            return _is_flat(value)
        case FieldKind.BOOLEAN:
            return type(value) is bool
        case FieldKind.NUMBER | FieldKind.INTEGER:
            if type(value) not in (int, Decimal) or not -_LARGEST_NUMBER < value < _LARGEST_NUMBER:
                return False
            return type(value) is int or -_MOST_PLACES <= value.as_tuple().exponent <= _MOST_PLACES
    return type(value) is str


def _is_flat(value: Any, deepest: int = _DEEPEST) -> bool:
    """Whether nothing in it is nested too deeply."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not inner or (deepest > 0 and all(_is_flat(one, deepest - 1) for one in inner))


def _optional_text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name)
    return text if isinstance(text, str) else ""


def _limits(found: Any) -> dict[str, int]:
    """The limits that a server names and that make sense; for the others the contract's own hold."""
    told = found if isinstance(found, dict) else {}
    named = {name: told.get(name) for name in ("edits_per_push", "push_bytes")}
    return {name: limit for name, limit in named.items() if type(limit) is int and limit > 0}

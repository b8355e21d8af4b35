"""The carried queue: everything that waits on one computer as one file, for another of the same person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import msgspec

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.edits import (
    Doubt,
    Edit,
    EditKind,
    EditState,
    Origin,
    Refusal,
    ServerCopy,
    Way,
)
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.trouble import NotSaved
from maintenance_desktop.domain.values import is_record_id, read_time
from maintenance_desktop.domain.views import Subject
from maintenance_desktop.domain.wire import UnreadableJson, decode, encode

FORMAT: Final = "maintenance-desktop-queue"
VERSION: Final = 1
_CHECKSUM: Final = "sha256"

_canonical: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")


class UnusableFile(NotSaved):
    """A file that is not imported; `str()` says why, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class CarriedEdit:
    """A pending edit, and what it is about in words: the other computer may not know the record."""

    edit: Edit
    subject: Subject


@dataclass(frozen=True, slots=True)
class Carried:
    """What is in the file. `epoch` is that of the server when its versions were read."""

    instance: str
    server_name: str
    person_id: str
    person_name: str
    exported_at: str
    epoch: str | None
    edits: tuple[CarriedEdit, ...]


def sealed(carried: Carried) -> bytes:
    """The file: one JSON object, with the SHA-256 of all else in it."""
    content = {"format": FORMAT, "version": VERSION, **decode(encode(asdict(carried)))}
    for one in content["edits"]:
        one["edit"]["after"].sort()
    return encode({**content, _CHECKSUM: _checksum(content)}) + b"\n"


def unsealed(data: bytes) -> Carried:
    """What a file says. Raises UnusableFile where it is another kind of file, newer, cut off or damaged."""
    try:
        content = decode(data)
    except UnreadableJson as error:
        is_ours = FORMAT.encode() in data[:4096]
        raise UnusableFile(_DAMAGED if is_ours else _FOREIGN) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UnusableFile(_FOREIGN)
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise UnusableFile(
            "This file was made by a newer version of the program. Install that version here too, "
            "then import it again. Nothing was changed."
        )
    if version != VERSION or content.pop(_CHECKSUM, None) != _checksum(content):
        raise UnusableFile(_DAMAGED)
    try:
        return _carried(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnusableFile(_DAMAGED) from error


def check_owner(carried: Carried, account: Account) -> None:
    """Work is only ever sent under the name it was made under, to its own server. Raises UnusableFile."""
    if carried.instance != account.instance:
        ours = account.server_name or account.server_url
        raise UnusableFile(
            f"This is work for another server ({carried.server_name or 'without a name'}), and you are "
            f"signed in to {ours}. Nothing was changed."
        )
    if carried.person_id != account.person_id:
        raise UnusableFile(
            f"This is the work of {carried.person_name}, and you are signed in as {account.name}. "
            f"Only {carried.person_name} can import it. Nothing was changed."
        )


_FOREIGN: Final = "This is not a file of exported waiting work. Nothing was changed."
_DAMAGED: Final = (
    "This file is damaged or was cut off on the way, so nothing of it was imported. "
    "Copy it again, or export once more on the other computer."
)


def _checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical.encode(content)).hexdigest()


def _carried(content: Mapping[str, Any]) -> Carried:
    read_time(content["exported_at"])
    edits = tuple(CarriedEdit(_edit(one["edit"]), Subject(**one["subject"])) for one in content["edits"])
    if len({one.edit.id for one in edits}) != len(edits):
        raise ValueError("an edit is in it twice")
    names = ("instance", "server_name", "person_id", "person_name", "exported_at", "epoch")
    return Carried(**{name: content[name] for name in names}, edits=edits)


def _edit(content: Mapping[str, Any]) -> Edit:
    edit = Edit(
        **{
            **content,
            "seq": 0,
            "kind": EditKind(content["kind"]),
            "state": EditState(content["state"]),
            "after": frozenset(content["after"]),
            "overwrites": _one(ServerCopy, content["overwrites"]),
            "server": _one(ServerCopy, content["server"]),
            "refusal": _one(Refusal, content["refusal"]),
            "origin": _origin(content["origin"]),
            "doubts": tuple(Doubt(**doubt) for doubt in content["doubts"]),
        }
    )
    if edit.type not in SPECS or not is_record_id(edit.id) or not is_record_id(edit.record_id):
        raise ValueError("not an edit")
    if not edit.is_frozen or not isinstance(edit.mine, dict) or not isinstance(edit.patch, dict):
        raise ValueError("not an exported edit")
    return edit


def _one(kind: type[Any], content: Mapping[str, Any] | None) -> Any:
    return None if content is None else kind(**content)


def _origin(content: Mapping[str, Any] | None) -> Origin | None:
    return None if content is None else Origin(Way(content["way"]), content["edit_id"])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An edit that was not brought in, and why in a sentence."""

    item: CarriedEdit
    reason: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import did: the edits that are in the queue now, how many were known, what was left out."""

    edits: tuple[Edit, ...]
    known: int
    left_out: Sequence[LeftOut] = ()

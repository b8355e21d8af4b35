"""The bill of materials (CycloneDX) of a package: everything in it that somebody else made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from contents.build import NAME, Build

FILE: Final = "sbom.cdx.json"
_LICENSES: Final = LicenseFactory()
_KEYS: Final = ("License-Expression", "License")

LICENCES: Final = {
    "peewee": "MIT",
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "pyside6-essentials": "LGPL-3.0-only",
    "shiboken6": "LGPL-3.0-only",
}
"""Where a distribution offers a choice, or none in a word: the licence that it is used under here."""


@dataclass(frozen=True)
class Part:
    """Something in a package that did not come as a Python distribution. `licence` is an SPDX expression."""

    name: str
    version: str
    licence: str
    purl: str


def put_bill(
    build: Build, folder: Path, name: str, wheels: Sequence[Distribution], parts: Iterable[Part]
) -> None:
    """Write `sbom.cdx.json` for the package `name`."""
    bom = Bom(
        components=[*map(_of_wheel, wheels), *map(_of_part, parts)],
        serial_number=uuid5(NAMESPACE_URL, f"{NAME}/{name}/{build.version}/{build.moment}"),
    )
    bom.metadata.timestamp = datetime.fromtimestamp(build.moment, UTC)
    bom.metadata.component = Component(
        name=name,
        version=build.version,
        type=ComponentType.APPLICATION,
        bom_ref=name,
        licenses=[_LICENSES.make_from_string("Apache-2.0")],
    )
    bom.register_dependency(bom.metadata.component, bom.components)
    text = json.dumps(json.loads(JsonV1Dot6(bom).output_as_string()), indent=1, sort_keys=True)
    (folder / FILE).write_text(text + "\n")


def licence_of(wheel: Distribution) -> str:
    """What a distribution says of its licence, as an SPDX expression where it has one."""
    name = canonicalize_name(wheel.name)
    about = wheel.metadata
    stated = LICENCES.get(name) or next(filter(None, (about[key] for key in _KEYS if key in about)), "")
    if stated and "\n" not in stated:
        return str(stated)
    kinds = [
        line.rsplit("::")[-1].strip()
        for line in about.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    return " or ".join(kinds) or "see its files"


def _of_wheel(wheel: Distribution) -> Component:
    name = canonicalize_name(wheel.name)
    purl = PackageURL("pypi", name=name, version=wheel.version)
    return _component(name, wheel.version, licence_of(wheel), purl)


def _of_part(part: Part) -> Component:
    return _component(part.name, part.version, part.licence, PackageURL.from_string(part.purl))


def _component(name: str, version: str, licence: str, purl: PackageURL) -> Component:
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=str(purl),
        licenses=[_LICENSES.make_from_string(licence)],
    )

"""The libraries inside the wheel psycopg-binary, for the bill of materials: it names only some itself."""

from __future__ import annotations

import json
import re
from importlib.metadata import Distribution
from pathlib import Path
from typing import Final

import psycopg.pq
from contents.bill import Part
from contents.build import ROOT, BuildTrouble

TEXT: Final = ROOT / "packaging" / "licences" / "psycopg-binary-libraries.txt"

_LIBRARIES: Final = (
    # name, licence, its file, where the file says its version
    ("openssl", "Apache-2.0", "libcrypto-*", rb"OpenSSL (\d+\.\d+\.\d+)"),
    ("krb5", "MIT", "libkrb5-*", rb"KRB5_BRAND: krb5-(\d+\.\d+(?:\.\d+)?)"),
    ("openldap", "OLDAP-2.8", "libldap-*", rb"OPENLDAP_(2\.\d+)"),  # of its interface: it says no other
)
_SILENT: Final = Part("libcrypt", "1", "LGPL-2.1-or-later", "pkg:generic/libcrypt@1")
"""Says nothing but its name."""

_STATED: Final = {
    "cyrus-sasl-lib": "BSD-4-Clause",
    "keyutils-libs": "LGPL-2.1-or-later",
    "libcom_err": "MIT",
}
"""Those that the wheel names in its own bill, and the licence of each."""


def parts_of(wheel: Distribution) -> list[Part]:
    """All of them. Raises BuildTrouble when the wheel carries others than are known here."""
    files = [Path(str(file.locate())) for file in wheel.files or []]
    libraries = [file for file in files if file.parent.name == "psycopg_binary.libs"]
    major, minor = divmod(psycopg.pq.version(), 10_000)
    version = f"{major}.{minor}"
    parts = [Part("postgresql", version, "PostgreSQL", f"pkg:generic/postgresql@{version}"), _SILENT]
    for name, licence, pattern, sign in _LIBRARIES:
        found = [file for file in libraries if file.match(pattern)]
        said = re.search(sign, found[0].read_bytes()) if found else None
        if said is None:
            raise BuildTrouble(f"{wheel.name} {wheel.version} does not say which {name} it carries.")
        number = said[1].decode()
        parts.append(Part(name, number, licence, f"pkg:generic/{name}@{number}"))
    for file in files:
        if file.parent.name == "sboms":
            for component in json.loads(file.read_text())["components"]:
                if component["purl"].startswith("pkg:pypi/"):
                    continue
                name = component["name"]
                if name not in _STATED:
                    raise BuildTrouble(f"{wheel.name} {wheel.version} carries {name}, of unknown licence.")
                parts.append(Part(name, component["version"], _STATED[name], component["purl"]))
    return parts

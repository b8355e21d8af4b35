"""Where the hub's settings come from: the command line, else the environment, else the settings file.

A setting is called the same everywhere: `--tls-key` is `tls-key` in the file and `MAINTENANCE_HUB_TLS_KEY` in
the environment. Last come the credentials that systemd hands over (systemd.exec(5), LoadCredential=).

The address of a database may hold a password, and everybody on a machine can read its command lines. So
`database-file` names a file with the address in it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.hub.address import Address
from maintenance_desktop.hub.errors import SetupError

PREFIX: Final = "MAINTENANCE_HUB_"
FILE: Final = f"{PREFIX}SETTINGS"
"""The variable that names the settings file where `--settings` does not."""

COMBINE: Final = ("off", "when-nothing-overlaps")
"""Whether clients combine two changes of one record by themselves."""
_YES: Final = ("yes", "true", "on", "1")
_NO: Final = ("no", "false", "off", "0", "")
_CERTIFICATE: Final = ("tls-cert", "tls-key")
_DATABASE: Final = ("database", "database-file")


@dataclass(frozen=True, slots=True)
class _Source:
    """One place that settings are in, and what it calls itself in a sentence."""

    name: str
    values: Mapping[str, Any]


def fill_in(options: argparse.Namespace, environment: Mapping[str, str]) -> None:
    """Complete what the command line left open. Raises SetupError."""
    chosen: dict[str, Any] = {}
    for source in _sources(options, environment):
        # The database is said in one of two ways: whichever the nearest place uses
        if all(name in source.values for name in _DATABASE):
            raise SetupError(f"{source.name}: database and database-file say the same thing; give one.")
        is_known = any(name in chosen for name in _DATABASE)
        for name, value in source.values.items():
            if name not in chosen and not (is_known and name in _DATABASE):
                chosen[name] = _read(source, name, value)
    if file := chosen.pop("database-file", None):
        chosen["database"] = _first_line(file)
    for name in _MEANINGS:
        setattr(options, _attribute(name), chosen.get(name))


def address_of(options: argparse.Namespace) -> Address:
    """Where the completed options say that the hub listens."""
    usual = Address()
    return Address(
        options.host or usual.host,
        usual.port if options.port is None else options.port,
        options.tls_cert,
        options.tls_key,
        bool(options.insecure),
    )


def target_of(options: argparse.Namespace) -> Path | str:
    """The database or the folder that the completed options name. Raises SetupError when they name none."""
    target: Path | str | None = options.database or options.data
    if target is None:
        raise SetupError("Where are the data? Give --data DIR, or `data` in the settings file.")
    return target


def _sources(options: argparse.Namespace, environment: Mapping[str, str]) -> Iterator[_Source]:
    given = {name: getattr(options, _attribute(name), None) for name in _MEANINGS}
    yield _Source("The command line", {name: value for name, value in given.items() if value is not None})
    variables = {name: environment.get(PREFIX + name.upper().replace("-", "_"), "") for name in _MEANINGS}
    yield _Source("The environment", {name: value for name, value in variables.items() if value})
    file = options.settings or environment.get(FILE)
    if file:
        yield _Source(str(file), _read_file(Path(file)))
    if folder := environment.get("CREDENTIALS_DIRECTORY"):
        found = {name: str(Path(folder, name)) for name in _CERTIFICATE if Path(folder, name).exists()}
        yield _Source("The credentials", found)


def _read_file(file: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(_text(file).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, value = (part.strip() for part in line.partition("="))
        if not sign:
            raise SetupError(f"{file}, line {number}: a setting is written `name = value`.")
        if name not in _MEANINGS:
            raise SetupError(f"{file}, line {number}: there is no setting “{name}”.")
        if name in values:
            raise SetupError(f"{file}, line {number}: {name} is set a second time.")
        values[name] = value
    return {name: value for name, value in values.items() if value}


def _first_line(file: Path) -> str:
    lines = _text(file).split("\n", 1)
    if not lines[0].strip():
        raise SetupError(f"{file} has no address of a database in its first line.")
    return lines[0].strip()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SetupError(f"{file} is not a text in UTF-8.") from error


def _read(source: _Source, name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return _MEANINGS[name](value)
    except ValueError as error:
        raise SetupError(f"{source.name}: {name} cannot be “{value}”.") from error


def _attribute(name: str) -> str:
    """What argparse calls it. People have names too, so the server's is not just `name` there."""
    return "server_name" if name == "name" else name.replace("-", "_")


def _yes_or_no(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(text)


def _combine(text: str) -> str:
    if text.lower() not in COMBINE:
        raise ValueError(text)
    return text.lower()


_MEANINGS: Final[Mapping[str, Any]] = {
    "data": Path,
    "database": str,
    "database-file": Path,
    "host": str,
    "port": int,
    "tls-cert": Path,
    "tls-key": Path,
    "insecure": _yes_or_no,
    "name": str,
    "snapshots": _yes_or_no,
    "combine": _combine,
}
"""Every setting, and what makes its value of a text."""

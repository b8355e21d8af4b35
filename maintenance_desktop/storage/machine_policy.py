"""What the plant's IT decided about updates for the whole computer, in the system's own place for it."""

from __future__ import annotations

import configparser
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from maintenance_desktop.domain.updates import Policy

REGISTRY_KEY: Final = r"Software\Policies\Maintenance Desktop"
_FILES: Final = {
    "linux": Path("/etc/maintenance-desktop/updates.ini"),
    "darwin": Path("/Library/Application Support/maintenance-desktop/updates.ini"),
}
_SECTION: Final = "updates"
_ON: Final = {"1": True, "on": True, "yes": True, "true": True}
_OFF: Final = {"0": False, "off": False, "no": False, "false": False}

ReadRegistry = Callable[[str], Mapping[str, object]]
"""The values of a key of HKEY_LOCAL_MACHINE; empty where there is no such key. Raises OSError."""


def machine_policy(
    system: str = sys.platform, *, file: Path | None = None, read_registry: ReadRegistry | None = None
) -> Policy:
    """The policy of this computer. One that is there and cannot be read switches updates off."""
    try:
        if system == "win32":
            found = (read_registry or _read_registry)(REGISTRY_KEY)
            names = {name.lower(): value for name, value in found.items()}
            return _policy(names, "updates", "updatelocation", "updateroot", "updatechannel")
        path = file or _FILES.get(system)
        values = _read_file(path) if path else {}
        return _policy(values, "updates", "location", "root", "channel")
    except (OSError, ValueError, configparser.Error):
        return Policy(is_readable=False)


def _policy(values: Mapping[str, object], on: str, location: str, root: str, channel: str) -> Policy:
    return Policy(
        on=_switch(values.get(on)),
        location=_text(values.get(location)),
        root=_text(values.get(root)),
        channel=_text(values.get(channel)),
    )


def _switch(value: object) -> bool | None:
    """Raises ValueError for what is neither on nor off: IT meant something by it."""
    text = "" if value is None else str(value).strip().lower()
    if not text:
        return None
    try:
        return (_ON | _OFF)[text]
    except KeyError as error:
        raise ValueError(f"{text} is neither on nor off") from error


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return (value or "").strip() or None


def _read_file(path: Path) -> dict[str, str]:
    read = configparser.ConfigParser(interpolation=None)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    read.read_string(text)
    return dict(read[_SECTION]) if read.has_section(_SECTION) else {}


def _read_registry(key: str) -> dict[str, object]:
    if sys.platform != "win32":
        raise OSError("there is no registry here")
    import winreg  # it exists on Windows only

    try:
        opened = winreg.OpenKey(
            winreg.HKEY_LOCAL_MACHINE, key, access=winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        )
    except FileNotFoundError:
        return {}
    with opened:
        values = (winreg.EnumValue(opened, at) for at in range(winreg.QueryInfoKey(opened)[1]))
        return {
            name: winreg.ExpandEnvironmentStrings(value) if kind == winreg.REG_EXPAND_SZ else value
            for name, value, kind in values
        }

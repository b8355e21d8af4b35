"""The system's keyring. Who imports this loads keyring, which takes longer than a window takes to open."""

from __future__ import annotations

import logging
from typing import Final

import keyring
import keyring.errors

_log = logging.getLogger(__name__)
_SERVICE: Final = "maintenance-desktop"
_TRUSTWORTHY: Final = 1
"""keyring's own mark of a back end that keeps secrets safe; lower ones write plain files."""


def has_keyring() -> bool:
    try:
        return float(keyring.get_keyring().priority) >= _TRUSTWORTHY
    except (keyring.errors.KeyringError, RuntimeError):
        return False


def token(key: str) -> str | None:
    try:
        return keyring.get_password(_SERVICE, key)
    except keyring.errors.KeyringError as error:
        _log.warning("the keyring could not be read: %s", type(error).__name__)
        return None


def keep(key: str, token: str) -> bool:
    try:
        keyring.set_password(_SERVICE, key, token)
    except keyring.errors.KeyringError as error:
        _log.warning("the keyring could not be written: %s", type(error).__name__)
        return False
    return True


def forget(key: str) -> None:
    try:
        keyring.delete_password(_SERVICE, key)
    except keyring.errors.KeyringError as error:
        _log.info("no token was in the keyring: %s", type(error).__name__)

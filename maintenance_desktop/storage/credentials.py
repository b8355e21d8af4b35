"""The token in the system's keyring. Without a keyring it stays in memory, never in a file."""

from __future__ import annotations

import logging
from typing import Final

import keyring
import keyring.errors

from maintenance_desktop.domain.checks import Account

_log = logging.getLogger(__name__)
_SERVICE: Final = "maintenance-desktop"
_TRUSTWORTHY: Final = 1
"""keyring's own mark of a back end that keeps secrets safe; lower ones write plain files."""


class Credentials:
    """Tokens by account: in the keyring where there is one, and in memory for this run."""

    def __init__(self) -> None:
        self._memory: dict[str, str] = {}

    def has_keyring(self) -> bool:
        """Whether tokens outlive the program."""
        try:
            return float(keyring.get_keyring().priority) >= _TRUSTWORTHY
        except (keyring.errors.KeyringError, RuntimeError):
            return False

    def token(self, account: Account) -> str | None:
        key = _key(account)
        if key in self._memory or not self.has_keyring():
            return self._memory.get(key)
        try:
            return keyring.get_password(_SERVICE, key)
        except keyring.errors.KeyringError as error:
            _log.warning("the keyring could not be read: %s", type(error).__name__)
            return None

    def keep(self, account: Account, token: str) -> bool:
        """Keep a token; False when only for this run."""
        self._memory[_key(account)] = token
        if not self.has_keyring():
            return False
        try:
            keyring.set_password(_SERVICE, _key(account), token)
        except keyring.errors.KeyringError as error:
            _log.warning("the keyring could not be written: %s", type(error).__name__)
            return False
        return True

    def forget(self, account: Account) -> None:
        self._memory.pop(_key(account), None)
        if not self.has_keyring():
            return
        try:
            keyring.delete_password(_SERVICE, _key(account))
        except keyring.errors.KeyringError as error:
            _log.info("no token was in the keyring: %s", type(error).__name__)


def _key(account: Account) -> str:
    return f"{account.instance}:{account.person_id}"

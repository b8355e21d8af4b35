"""The token in the system's keyring. Without a keyring it stays in memory, never in a file."""

from __future__ import annotations

import threading
from types import ModuleType

from maintenance_desktop.domain.checks import Account


class Credentials:
    """Tokens by account: in the keyring where there is one, and in memory for this run.

    Any call may wait: for keyring to be loaded, for the system's bus, for a person who unlocks it. So none
    is made by the thread of a window.
    """

    def __init__(self) -> None:
        self._memory: dict[str, str] = {}
        self._turns = threading.RLock()

    def has_keyring(self) -> bool:
        """Whether tokens outlive the program."""
        return bool(_calls().has_keyring())

    def token(self, account: Account) -> str | None:
        key = _key(account)
        with self._turns:
            if key in self._memory or not self.has_keyring():
                return self._memory.get(key)
            found: str | None = _calls().token(key)
            return found

    def keep(self, account: Account, token: str) -> bool:
        """Keep a token; False when only for this run."""
        with self._turns:
            self._memory[_key(account)] = token
            return self.has_keyring() and bool(_calls().keep(_key(account), token))

    def forget(self, account: Account) -> None:
        with self._turns:
            self._memory.pop(_key(account), None)
            if self.has_keyring():
                _calls().forget(_key(account))


def _calls() -> ModuleType:
    from maintenance_desktop.storage import keyring_calls

    return keyring_calls


def _key(account: Account) -> str:
    return f"{account.instance}:{account.person_id}"

"""The keys of a feed: ed25519, each in a file of its own that only its owner can read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # its __all__ is computed

OFFLINE: Final = ("root", "targets")
"""Their keys say what is believed; they are kept away from the server."""
ONLINE: Final = ("snapshot", "timestamp")
"""Their keys only say that it is still what is offered; the server signs with them by itself."""

AskPassphrase = Callable[[str], str]
"""Asks for the passphrase of a key file."""


class KeyTrouble(Exception):
    """A key cannot be made, found or read; `str()` says which and why."""


def key_files(folder: Path, name: str, role: str) -> list[Path]:
    """The files for the keys of a role: the root has a spare one, for the day the other is lost."""
    names = [name, f"{name}-spare"] if role == "root" else [name]
    return [folder / f"{one}.pem" for one in names]


def make_key(path: Path, passphrase: str = "") -> CryptoSigner:
    """Make a key and keep it in that file, encrypted if there is a passphrase. Raises KeyTrouble."""
    key = Ed25519PrivateKey.generate()
    locked: KeySerializationEncryption = NoEncryption()
    if passphrase:
        locked = BestAvailableEncryption(passphrase.encode())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyTrouble(f"{path} is there already; a key is never overwritten.") from error
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    return CryptoSigner(key)


class KeyRing:
    """The key files in some folders. A file's name begins with the role that it signs for."""

    def __init__(self, folders: Sequence[Path], ask: AskPassphrase) -> None:
        self._folders = folders
        self._ask = ask

    def signers(self, role: str, key_ids: Iterable[str]) -> list[CryptoSigner]:
        """The keys for a role among those that count for it. Raises KeyTrouble."""
        wanted = set(key_ids)
        found: dict[str, CryptoSigner] = {}
        for folder in self._folders:
            for path in sorted(folder.glob(f"{role}*.pem")):
                signer = self._read(path)
                if signer.public_key.keyid in wanted:
                    found[signer.public_key.keyid] = signer
        return list(found.values())

    def has(self, *roles: str) -> bool:
        """Whether there are key files for these roles."""
        return all(any(any(folder.glob(f"{role}*.pem")) for folder in self._folders) for role in roles)

    def free_names(self, role: str) -> list[Path]:
        """Files for new keys of a role, in the first folder."""
        folder, number = self._folders[0], 2
        while (folder / f"{role}-{number}.pem").exists():
            number += 1
        return key_files(folder, f"{role}-{number}", role)

    def _read(self, path: Path) -> CryptoSigner:
        pem = path.read_bytes()
        try:
            try:
                key = load_pem_private_key(pem, None)
            except TypeError:  # it is encrypted
                key = load_pem_private_key(pem, self._ask(path.name).encode())
        except ValueError as error:
            raise KeyTrouble(f"{path} cannot be read: wrong passphrase, or not a key.") from error
        return CryptoSigner(key)

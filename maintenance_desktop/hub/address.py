"""Where a hub listens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
"""Hosts that stand for every address of this machine, and one of those."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the hub listens, and how it proves who it is."""

    host: str = "127.0.0.1"
    port: int = 8765
    certificate: Path | None = None
    key: Path | None = None
    insecure: bool = False

    def url(self, port: int) -> str:
        """How it is written when it got that port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{port}"

    @property
    def host_to_call(self) -> str:
        """What this machine itself calls to reach it."""
        return _EVERYWHERE.get(self.host, self.host)

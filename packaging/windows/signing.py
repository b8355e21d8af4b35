"""Signatures on what Windows starts; `sign.sh` says how to give a certificate."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from contents.build import Build, run

HOOK: Final = Path(__file__).with_name("sign.sh")
AUTHORITIES: Final = "SIGN_CA"
"""A file with the certificates that a signature is checked against after it is made."""


def sign(build: Build, path: Path) -> None:
    """Sign a file where there is a certificate, and see that Windows will believe it."""
    build.run([HOOK, path], quiet=True)
    check(path)


def check(path: Path) -> None:
    """Raises BuildTrouble when there are authorities to ask and the signature does not hold."""
    if authorities := os.environ.get(AUTHORITIES):
        verify(path, Path(authorities))


def verify(path: Path, authorities: Path) -> None:
    """Raises BuildTrouble for a file that is not signed, or is not as it was signed."""
    run(
        ["osslsigncode", "verify", "-CAfile", authorities, "-TSA-CAfile", authorities, "-in", path],
        quiet=True,
    )

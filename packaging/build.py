"""Builds the packages: `python packaging/build.py TARGET … [--version V] [--output DIR] [--fast]`.

Run it by make (`make installer-deb`, `make installer-windows`, `make release`), which sets up what it needs.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path
from typing import Final

from contents.build import ROOT, Build, BuildTrouble, program_version

TARGETS: Final = {
    "windows": "windows.installer",
    "msi": "windows.msi",
    "deb": "debian.client",
    "hub-deb": "hub.package",
    "appimage": "appimage.image",
    "rpm": "rpm.package",
    "macos": "macos.image",
}
"""Each target's module has `build(build: Build) -> Path`, which answers the file it made."""


def main() -> int:
    """Build what was asked for, one after the other; say where each file is and how large."""
    options = _options()
    build = Build(options.version, options.output.resolve(), options.fast)
    build.output.mkdir(parents=True, exist_ok=True)
    for target in options.targets:
        began = time.monotonic()
        try:
            made: Path = importlib.import_module(TARGETS[target]).build(build)
        except BuildTrouble as trouble:
            print(f"No {target}: {trouble}", file=sys.stderr)
            return 1
        seconds = time.monotonic() - began
        print(f"{made}  {made.stat().st_size / 1e6:.1f} MB  in {seconds:.0f} s", flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build packages of the client and the hub.")
    parser.add_argument(
        "targets", nargs="+", choices=sorted(TARGETS), metavar="TARGET", help=", ".join(TARGETS)
    )
    parser.add_argument(
        "--version",
        default=program_version(),
        help="another version than the program's own, for tests of upgrades",
    )
    parser.add_argument(
        "--output", type=Path, default=ROOT / "dist", metavar="DIR", help="where the files go (dist/)"
    )
    parser.add_argument("--fast", action="store_true", help="compress less: for tests, not for people")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""The client's disk image for macOS.

With CODESIGN_ID it is signed, and with NOTARY_PROFILE (of `notarytool store-credentials`) known to Apple as
well; without them a person has to allow it in the system settings.
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Final

from contents.build import NAME, ROOT, TITLE, Build, BuildTrouble
from linux.tree import MARKER, build_tree, put_marks

_ENTITLEMENTS: Final = ROOT / "packaging" / "macos" / "entitlements.plist"


def build(build: Build) -> Path:
    """Build `maintenance-desktop-VERSION-ARCHITECTURE.dmg`. Raises BuildTrouble where this is no Mac."""
    if sys.platform != "darwin":
        raise BuildTrouble("it takes a Mac: a disk image and its signatures are made by tools of macOS.")
    tree = build_tree(build)
    application = tree.path.with_name(f"{TITLE}.app")
    put_marks(build, tree, application / "Contents" / "Resources", "macos")
    # the program looks beside itself, but only code may lie there
    (application / "Contents" / "MacOS" / MARKER).symlink_to(f"../Resources/{MARKER}")
    _sign(build, application)
    shown = build.room("macos") / "shown"
    shown.mkdir()
    build.run(["ditto", application, shown / application.name])
    (shown / "Applications").symlink_to("/Applications")
    image = build.output / f"{NAME}-{build.version}-{platform.machine()}.dmg"
    build.run(["hdiutil", "create", "-volname", TITLE, "-srcfolder", shown, "-ov", "-format", "ULFO", image])
    _have_notarized(build, image)
    return image


def _sign(build: Build, application: Path) -> None:
    identity = os.environ.get("CODESIGN_ID")
    if not identity:
        return
    options = ["--force", "--deep", "--options", "runtime", "--timestamp"]
    build.run(["codesign", *options, "--entitlements", _ENTITLEMENTS, "--sign", identity, application])
    build.run(["codesign", "--verify", "--deep", "--strict", application])


def _have_notarized(build: Build, image: Path) -> None:
    profile = os.environ.get("NOTARY_PROFILE")
    if not profile:
        return
    build.run(["xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait"])
    build.run(["xcrun", "stapler", "staple", image])

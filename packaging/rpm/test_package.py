"""The RPM, as far as a Debian machine can tell: what is in it, and what rpm itself makes of it.

It was never installed on a system of its own kind, and nothing here replaces that.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from contents.build import ROOT, program_version
from debian.root import TrialRoot

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("rpm")]


@pytest.fixture(scope="module")
def package() -> Path:
    (file,) = (ROOT / "build" / "tested").glob(f"*-{program_version()}-1.*.rpm")
    return file


@pytest.fixture(scope="module")
def root(package: Path) -> Iterator[TrialRoot]:
    """A Debian in which rpm, told not to mind what Debian's packages are called, has installed it."""
    with TrialRoot("bookworm") as own:
        own.install("rpm", "libglib2.0-0", "libegl1", "libexpat1")
        place = own.path / "var" / "tmp" / "client.rpm"
        place.write_bytes(package.read_bytes())
        own.run("rpm", "--install", "--nodeps", "/var/tmp/client.rpm", as_root=True)
        yield own


def asked(package: Path, *question: str) -> list[str]:
    return subprocess.run(
        ["rpm", "-qp", *question, package], capture_output=True, text=True, check=True
    ).stdout.splitlines()


def test_it_asks_for_libraries_by_their_own_names(package: Path) -> None:
    needs = asked(package, "--requires")
    assert "libxcb-cursor.so.0()(64bit)" in needs
    assert "libEGL.so.1()(64bit)" in needs
    assert not [need for need in needs if "Qt6" in need or "python" in need or "libssl" in need]


def test_its_digests_are_right(package: Path) -> None:
    done = subprocess.run(["rpm", "-K", "--nosignature", package], capture_output=True, text=True, check=True)
    assert "digests OK" in done.stdout


def test_it_owns_no_folder_of_other_packages(package: Path) -> None:
    folders = [line.split()[-1] for line in asked(package, "--list", "--verbose") if line.startswith("d")]
    assert not [folder for folder in folders if not folder.startswith("/usr/lib/maintenance-desktop")]


def test_its_programs_start_and_nothing_is_left_after_it(root: TrialRoot) -> None:
    assert root.run("maintenance-cli", "--version").split() == ["maintenance-cli", program_version()]
    marker = root.path / "usr/lib/maintenance-desktop/package/installation.ini"
    assert "kind=rpm" in marker.read_text()
    root.run("rpm", "--erase", "maintenance-desktop", as_root=True)
    left = root.run("find", "/usr", "/etc", "/opt", "-xdev", "-ipath", "*maintenance*desktop*", as_root=True)
    assert left == ""

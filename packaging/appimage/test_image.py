"""The AppImage, in a clean root that has only what every desktop has. `make installer-deb-test` builds it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from typing import Final

import pytest
from contents.build import ROOT, program_version
from debian.root import HOME, TrialRoot, wait_until
from debian.screen import Screen
from linux.trial import running_hub, smoke_test

from tests.hub_process import HubProcess

DESKTOP: Final = (
    "ca-certificates", "fonts-dejavu-core", "libdbus-1-3", "libegl1", "libexpat1", "libfontconfig1", "libgl1",
    "libglib2.0-0", "libx11-xcb1",
)  # fmt: skip
"""What AppImages may expect of a desktop, as far as ours asks for it."""

IMAGE: Final = f"{HOME}/Maintenance Desktop.AppImage"

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("appimage")]


@pytest.fixture(scope="module")
def desktop() -> Iterator[TrialRoot]:
    root = TrialRoot("bookworm")
    root.install(*DESKTOP, "fuse3")
    (file,) = (ROOT / "build" / "tested").glob(f"*-{program_version()}-*.AppImage")
    place = root.path / IMAGE.lstrip("/")
    shutil.copyfile(file, place)
    place.chmod(0o755)
    # installed systems have both, the bare root has neither
    (root.path / "etc" / "mtab").symlink_to("/proc/self/mounts")
    os.mknod(root.path / "dev" / "fuse", stat.S_IFCHR | 0o666, os.makedev(10, 229))
    (root.path / "dev" / "fuse").chmod(0o666)
    root.unmount()
    yield root
    root.close()


@pytest.fixture
def root(desktop: TrialRoot) -> Iterator[TrialRoot]:
    with TrialRoot(desktop.suite, desktop.layers) as own:
        yield own


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


def temporary(root: TrialRoot) -> list[str]:
    """The folders that a running AppImage has its files in."""
    return [one.name for one in (root.path / "tmp").glob(".mount_*")]


def test_mounted_it_signs_in_and_saves_on_the_server(root: TrialRoot, hub: HubProcess) -> None:
    with Screen() as screen:
        root.reach(screen.socket)
        report = smoke_test(root, hub, "Made in an AppImage", IMAGE, DISPLAY=screen.display)
        wait_until(lambda: temporary(root) == [], "the files are no longer mounted")
        root.unmount()
    assert report["screen"] == "xcb"
    assert report["version"] == program_version()
    assert report["program"].startswith("/tmp/.mount_")


def test_where_nothing_can_be_mounted_it_runs_from_a_temporary_folder(
    root: TrialRoot, hub: HubProcess
) -> None:
    (root.path / "dev" / "fuse").unlink()
    smoke_test(root, hub, "Made without FUSE", IMAGE, QT_QPA_PLATFORM="offscreen")
    assert temporary(root) == []


def test_it_runs_from_a_temporary_folder_when_told_so(root: TrialRoot) -> None:
    said = root.run(IMAGE, "--appimage-extract-and-run", "--version")
    assert said.split() == ["maintenance-desktop", program_version()]
    assert temporary(root) == []


def test_by_another_name_it_is_the_command_line(root: TrialRoot) -> None:
    root.run("ln", "-s", IMAGE, "/tmp/maintenance-cli")
    assert root.run("/tmp/maintenance-cli", "--version").split() == ["maintenance-cli", program_version()]
    wait_until(lambda: temporary(root) == [], "the files are no longer mounted")


def test_what_it_answers_for_itself(root: TrialRoot) -> None:
    assert root.run(IMAGE, "--appimage-version").startswith("AppImage type 2")
    offset = int(root.run(IMAGE, "--appimage-offset"))
    content = (root.path / IMAGE.lstrip("/")).read_bytes()
    assert content[8:11] == b"AI\x02"
    assert content[offset : offset + 4] == b"hsqs"
    root.run("sh", "-c", f"cd /tmp && '{IMAGE}' --appimage-extract")
    assert (root.path / "tmp/squashfs-root/AppRun").is_file()
    marker = root.path / "tmp/squashfs-root/usr/lib/maintenance-desktop/installation.ini"
    assert "kind=appimage" in marker.read_text()


def test_the_exit_code_is_the_programs(root: TrialRoot) -> None:
    assert root.status(IMAGE, "--no-such-option") == 2
    assert root.status(IMAGE, "--appimage-extract-and-run", "--no-such-option") == 2
    wait_until(lambda: temporary(root) == [], "the files are no longer mounted")

"""Which kind of installation this is, and how each kind puts a newer program in its place."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from maintenance_desktop.domain.updates import Kind, Offer, Platform, Reason, UpdateTrouble
from maintenance_desktop.installation import MARKER, Surroundings, installation
from maintenance_desktop.installing import Installer, Start, start_detached
from maintenance_desktop.storage.update_files import UpdateFiles

NEW = b"\x7fELF the new program"
OLD = b"\x7fELF the old program"
OFFER = Offer("0.2.0", Platform.APPIMAGE, "new.AppImage", len(NEW), hashlib.sha256(NEW).hexdigest())


def packaged(folder: Path, system: str, kind: str = "", **environment: str) -> Surroundings:
    folder.mkdir(parents=True, exist_ok=True)
    if kind:
        (folder / MARKER).write_text(f"[installation]\nkind = {kind}\n")
    return Surroundings(folder / "maintenance-desktop", True, system, environment)


def appimage(tmp_path, kind: str = "appimage") -> Surroundings:
    """An AppImage as its runtime mounts and starts it."""
    file = tmp_path / "bin" / "Maintenance_Desktop.AppImage"
    file.parent.mkdir()
    file.write_bytes(OLD)
    file.chmod(0o755)
    mounted = tmp_path / "mount"
    return packaged(mounted / "usr" / "bin", "linux", kind, APPIMAGE=str(file), APPDIR=str(mounted))


class Launcher:
    """Notes down what would be started."""

    def __init__(self) -> None:
        self.started: list[Start] = []

    def __call__(self, start: Start) -> None:
        self.started.append(start)


class BrokenLauncher(Launcher):
    def __call__(self, start: Start) -> None:
        raise OSError("the system does not start it")


# Which kind


@pytest.mark.parametrize(
    ("system", "kind", "platform", "can_install"),
    [
        ("win32", Kind.WINDOWS_USER, Platform.WINDOWS, True),
        ("win32", Kind.WINDOWS_MACHINE, Platform.WINDOWS, False),
        ("linux", Kind.DEB, Platform.DEB, False),
        ("linux", Kind.RPM, Platform.RPM, False),
        ("darwin", Kind.MACOS, Platform.MACOS, True),
    ],
)
def test_the_package_says_what_it_is(tmp_path, system, kind, platform, can_install):
    here = installation(packaged(tmp_path, system, kind.value))
    assert (here.kind, here.platforms, here.can_install) == (kind, {platform}, can_install)


def test_the_mark_counts_where_python_knows_of_no_freezing(tmp_path):
    """The program on Windows is an executable of ours that loads Python."""
    here = installation(replace(packaged(tmp_path, "win32", "windows-user"), is_frozen=False))
    assert (here.kind, here.can_install) == (Kind.WINDOWS_USER, True)


def test_the_source_is_the_source(tmp_path):
    here = installation(replace(packaged(tmp_path, "linux"), is_frozen=False))
    assert (here.kind, here.can_install) == (Kind.SOURCE, False)
    assert here.platforms == {Platform.DEB, Platform.RPM, Platform.APPIMAGE}


def test_this_test_runs_from_the_source():
    assert installation(Surroundings()).kind is Kind.SOURCE


@pytest.mark.parametrize("kind", ["appimage", ""])
def test_an_appimage_knows_its_file(tmp_path, kind):
    here = installation(appimage(tmp_path, kind))
    assert (here.kind, here.platforms, here.can_install) == (Kind.APPIMAGE, {Platform.APPIMAGE}, True)


def test_a_program_that_an_appimage_started_is_none(tmp_path):
    seen = packaged(tmp_path / "opt", "linux", "deb", APPIMAGE="/x/Terminal.AppImage", APPDIR="/tmp/.mount_x")
    assert seen.appimage is None
    assert installation(seen).kind is Kind.DEB


def test_an_unpacked_appimage_cannot_replace_itself(tmp_path):
    here = installation(packaged(tmp_path / "squashfs-root", "linux", "appimage"))
    assert (here.kind, here.can_install) == (Kind.APPIMAGE, False)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="an administrator may write everywhere")
def test_an_appimage_in_a_folder_of_it_cannot_replace_itself(tmp_path):
    seen = appimage(tmp_path)
    seen.appimage.parent.chmod(0o555)
    assert not installation(seen).can_install
    seen.appimage.parent.chmod(0o755)


@pytest.mark.parametrize(
    "marker", ["", "kind=deb", "[installation]\nkind=source\n", "[installation]\nkind=x\n"]
)
def test_a_copy_that_no_package_has_marked_replaces_nothing(tmp_path, marker):
    seen = packaged(tmp_path, "win32")
    (tmp_path / MARKER).write_text(marker)
    here = installation(seen)
    assert (here.kind, here.platforms, here.can_install) == (Kind.FOLDER, {Platform.WINDOWS}, False)


# How it is installed


@pytest.fixture
def files(tmp_path):
    files = UpdateFiles(tmp_path / "updates")
    files.begin(OFFER).write_bytes(NEW)
    files.keep(OFFER)
    return files


def install(seen, files, launcher, *arguments):
    here = installation(seen)
    installer = Installer(here.kind, seen, arguments, launcher)
    installer.install(files.verified(OFFER), partial(files.compare, OFFER))


def test_windows_starts_the_setup_for_this_user_and_then_the_program(tmp_path, files):
    launcher = Launcher()
    seen = packaged(
        tmp_path / "Ada & Söhne 100%", "win32", "windows-user", COMSPEC=r"C:\Windows\System32\cmd.exe"
    )
    install(seen, files, launcher, "--data", r"D:\Ada's & Co")
    (start,) = launcher.started
    assert start.command == (
        r'"C:\Windows\System32\cmd.exe" /d /s /c "set /p "gone=" '
        '& start "" /wait "%MAINTENANCE_SETUP%" /S /CurrentUser '
        '& start "" "%MAINTENANCE_PROGRAM%" %MAINTENANCE_ARGUMENTS%"'
    )
    assert start.environment["MAINTENANCE_SETUP"] == str(files.verified(OFFER))
    assert start.environment["MAINTENANCE_PROGRAM"] == str(seen.executable)
    assert start.environment["MAINTENANCE_ARGUMENTS"] == '"--data" "D:\\Ada\'s & Co"'
    assert start.until_gone
    # a setup looks for libraries where it is started: nothing but itself is there
    assert start.folder == files.verified(OFFER).parent


def test_windows_without_arguments_names_none(tmp_path, files):
    launcher = Launcher()
    install(packaged(tmp_path / "x", "win32", "windows-user"), files, launcher)
    assert "MAINTENANCE_ARGUMENTS" not in launcher.started[0].command
    assert launcher.started[0].command.startswith('"cmd.exe" /d')


def test_macos_opens_the_disk_image(tmp_path, files):
    launcher = Launcher()
    install(packaged(tmp_path / "MacOS", "darwin", "macos"), files, launcher)
    assert [start.command for start in launcher.started] == [["/usr/bin/open", str(files.verified(OFFER))]]


def test_an_appimage_is_replaced_and_the_old_one_kept(tmp_path, files):
    launcher, seen = Launcher(), appimage(tmp_path)
    file = seen.appimage
    previous = file.with_name(file.name + ".previous")
    previous.write_bytes(b"one from long ago")
    install(seen, files, launcher, "--data", "/home/ada/plant")
    assert file.read_bytes() == NEW
    assert os.access(file, os.X_OK)
    assert previous.read_bytes() == OLD
    assert sorted(one.name for one in file.parent.iterdir()) == [file.name, previous.name]
    (start,) = launcher.started
    assert start.command == [str(file), "--data", "/home/ada/plant"]
    assert not {"APPIMAGE", "APPDIR"} & set(start.environment)


def test_an_appimage_on_a_disk_without_links_is_replaced_too(tmp_path, files, monkeypatch):
    def no_links(*_):
        raise OSError("not on this file system")

    monkeypatch.setattr(os, "link", no_links)
    seen = appimage(tmp_path)
    install(seen, files, Launcher())
    assert seen.appimage.read_bytes() == NEW
    assert seen.appimage.with_name(seen.appimage.name + ".previous").read_bytes() == OLD


def test_an_appimage_whose_copy_is_not_what_was_signed_stays(tmp_path, files):
    """The copy is what will be run, so the copy is what is compared."""
    seen, launcher = appimage(tmp_path), Launcher()
    installer = Installer(Kind.APPIMAGE, seen, (), launcher)

    def tampered(copy: Path) -> None:
        copy.write_bytes(b"something else")
        files.compare(OFFER, copy)

    with pytest.raises(UpdateTrouble) as trouble:
        installer.install(files.verified(OFFER), tampered)
    assert trouble.value.reason is Reason.CHANGED_HERE
    assert seen.appimage.read_bytes() == OLD
    assert [one.name for one in seen.appimage.parent.iterdir()] == [seen.appimage.name]
    assert launcher.started == []


@pytest.mark.parametrize("step", ["copyfile", "replace_file"])
def test_an_appimage_that_cannot_be_replaced_stays(tmp_path, files, monkeypatch, step):
    from maintenance_desktop import installing

    def full(*_):
        raise OSError(28, "No space left on device")

    seen, launcher = appimage(tmp_path), Launcher()
    monkeypatch.setattr(installing.shutil if step == "copyfile" else installing.disk, step, full)
    with pytest.raises(UpdateTrouble) as trouble:
        install(seen, files, launcher)
    assert trouble.value.reason is Reason.NOT_INSTALLED
    assert seen.appimage.read_bytes() == OLD
    assert [one.name for one in seen.appimage.parent.iterdir()] == [seen.appimage.name]
    assert launcher.started == []


@pytest.mark.parametrize("kind", ["deb", "windows-machine", ""])
def test_what_it_installs_is_never_installed_from_here(tmp_path, files, kind):
    launcher = Launcher()
    with pytest.raises(UpdateTrouble) as trouble:
        install(packaged(tmp_path / "x", "linux", kind), files, launcher)
    assert trouble.value.reason is Reason.NOT_INSTALLED
    assert launcher.started == []


def test_a_setup_that_the_system_does_not_start_is_said(tmp_path, files):
    with pytest.raises(UpdateTrouble) as trouble:
        install(packaged(tmp_path / "x", "win32", "windows-user"), files, BrokenLauncher())
    assert trouble.value.reason is Reason.NOT_INSTALLED


def test_a_frozen_program_starts_others_in_the_environment_of_the_system(tmp_path):
    launcher = Launcher()
    seen = packaged(
        tmp_path, "linux", "deb", LD_LIBRARY_PATH="/ours", LD_LIBRARY_PATH_ORIG="/theirs", HOME="/h"
    )
    Installer(Kind.DEB, seen, ("--x",), launcher).start_again()
    assert launcher.started[0].environment == {
        "LD_LIBRARY_PATH": "/theirs",
        "HOME": "/h",
        "PYINSTALLER_RESET_ENVIRONMENT": "1",
    }
    assert launcher.started[0].command == [str(seen.executable), "--x"]


_STARTS_AND_ENDS = """
import os, sys
from pathlib import Path
from maintenance_desktop.installing import Start, start_detached

ended, out = sys.argv[1:]
line = "cat > /dev/null; test -e $ENDED && echo after > $OUT || echo before > $OUT"
environment = {"PATH": os.environ["PATH"], "ENDED": ended, "OUT": out}
start_detached(Start(["/bin/sh", "-c", line], Path("/"), environment, until_gone=True))
Path(ended).touch()
print("ending")
"""


@pytest.mark.skipif(os.name == "nt", reason="it is a shell of Unix")
def test_what_is_started_outlives_the_program_and_waits_for_its_end(tmp_path, qtbot):
    ended, out = tmp_path / "ended", tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _STARTS_AND_ENDS, str(ended), str(out)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ending\n", "")
    qtbot.waitUntil(lambda: out.exists() and out.read_text() != "")
    assert out.read_text() == "after\n"


def test_what_is_not_there_is_not_started(tmp_path):
    with pytest.raises(OSError, match="no-such-program"):
        start_detached(Start([str(tmp_path / "no-such-program")], tmp_path, {}))

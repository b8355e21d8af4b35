"""The last step, when nothing is on screen any more: the installer of Windows, which is run where it lies."""

from __future__ import annotations

import hashlib

import pytest

from maintenance_desktop.domain.updates import Attempt, Offer, Platform, Policy
from maintenance_desktop.installation import MARKER, Surroundings
from maintenance_desktop.storage.update_files import UpdateFiles
from maintenance_desktop.updating import Updating

CONTENT = b"MZ the installer"
OFFER = Offer("0.2.0", Platform.WINDOWS, "setup.exe", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def started():
    return []


@pytest.fixture
def updating(tmp_path, started, qapp):
    program = tmp_path / "program"
    program.mkdir()
    (program / MARKER).write_text("[installation]\nkind=windows-user\n")
    return Updating(
        tmp_path,
        arguments=["--data", "here"],
        seen=Surroundings(program / "maintenance-desktop.exe", True, "win32", {}),
        read_policy=Policy,
        start=started.append,
        running="0.1.0",
    )


@pytest.fixture
def files(tmp_path):
    files = UpdateFiles(tmp_path / "updates")
    files.begin(OFFER).write_bytes(CONTENT)
    files.keep(OFFER)
    return files


def test_without_a_wish_nothing_is_started(updating, files, started):
    updating.finish()
    assert started == []
    assert files.take_attempt() is None


def test_what_was_signed_is_started_and_remembered(updating, files, started):
    updating.want(OFFER)
    updating.finish()
    assert [start.environment["MAINTENANCE_SETUP"] for start in started] == [str(files.verified(OFFER))]
    assert files.take_attempt() == Attempt("0.2.0", "0.1.0")


def test_what_changed_at_the_last_moment_is_not_started(updating, files, started, tmp_path):
    files.verified(OFFER).write_bytes(CONTENT[::-1])
    updating.want(OFFER)
    updating.finish()
    (start,) = started
    assert start.command == [str(tmp_path / "program" / "maintenance-desktop.exe"), "--data", "here"]
    assert "MAINTENANCE_SETUP" not in start.environment
    assert files.take_attempt() == Attempt("0.2.0", "0.1.0")


def test_an_installer_that_does_not_start_leads_back_to_the_program(updating, files, started, tmp_path):
    def refuses_setups(start):
        if "MAINTENANCE_SETUP" in start.environment:
            raise OSError("blocked")
        started.append(start)

    updating._start = refuses_setups
    updating.want(OFFER)
    updating.finish()
    assert [start.command[0] for start in started] == [str(tmp_path / "program" / "maintenance-desktop.exe")]

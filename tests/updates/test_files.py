"""What lies in `updates/`, and what is believed of it right before an installer starts."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace

import pytest

from maintenance_desktop.domain.updates import Attempt, Offer, Platform, Reason, UpdateTrouble
from maintenance_desktop.storage.update_files import UpdateFiles

CONTENT = b"MZ the installer"
OFFER = Offer("0.2.0", Platform.WINDOWS, "setup.exe", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def files(tmp_path):
    files = UpdateFiles(tmp_path / "updates")
    files.begin(OFFER).write_bytes(CONTENT)
    files.keep(OFFER)
    return files


def refusal(do, *arguments) -> Reason:
    with pytest.raises(UpdateTrouble) as trouble:
        do(*arguments)
    return trouble.value.reason


def test_an_installer_has_its_own_name_in_a_folder_of_its_own(files):
    path = files.verified(OFFER)
    assert path.name == "setup.exe"
    assert [one.name for one in path.parent.iterdir()] == ["setup.exe"]


def test_what_was_changed_after_the_download_is_not_started(files):
    path = files.verified(OFFER)
    path.write_bytes(CONTENT[:-1] + b"!")
    assert refusal(files.verified, OFFER) is Reason.CHANGED_HERE
    assert not path.exists()


def test_what_is_gone_is_not_started(files):
    files.verified(OFFER).unlink()
    assert refusal(files.verified, OFFER) is Reason.CHANGED_HERE
    files.clean(None)
    assert refusal(files.verified, OFFER) is Reason.CHANGED_HERE


@pytest.mark.skipif(os.name == "nt", reason="Windows has lists of rights instead")
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_folder_that_others_write_to_is_not_started_from(files, which):
    path = files.verified(OFFER)
    folder = (path.parent, path.parent.parent, path.parent.parent.parent)[which]
    folder.chmod(0o777)
    assert refusal(files.verified, OFFER) is Reason.CHANGED_HERE


@pytest.mark.skipif(os.name == "nt", reason="Windows has lists of rights instead")
def test_the_folders_are_for_this_user_alone(files):
    path = files.verified(OFFER)
    for folder in (path.parent, path.parent.parent, files.folder):
        assert folder.stat().st_mode & 0o777 == 0o700
    files.folder.chmod(0o775)
    files.begin(OFFER)
    with files.held():
        assert files.folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_that_leads_elsewhere_is_not_used(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "updates").mkdir()
    (tmp_path / "updates" / "installers").symlink_to(tmp_path / "elsewhere")
    assert refusal(UpdateFiles(tmp_path / "updates").begin, OFFER) is Reason.DISK
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_download_that_broke_off_is_not_taken_for_whole(files):
    other = replace(OFFER, sha256="1" * 64)
    part = files.begin(other)
    part.write_bytes(CONTENT[:4])
    assert not files.is_whole(other)
    assert files.begin(other) == part
    assert not part.exists()


@pytest.mark.parametrize(
    "name", ["../../x.exe", "..", "a/b/../..", "C:\\x.exe", "con\0", ".hidden", "x" * 400]
)
def test_no_name_leads_out_of_its_folder(files, name):
    part = files.begin(replace(OFFER, name=name, sha256="2" * 64))
    assert part.parent == files.folder / "installers" / ("2" * 16)
    assert len(part.name) < 120
    part.write_bytes(CONTENT)


def test_the_work_of_the_person_goes_before_an_update(tmp_path):
    tight = UpdateFiles(tmp_path / "updates", lambda folder: 2 * OFFER.length + 1024)
    assert refusal(tight.begin, OFFER) is Reason.DISK_FULL


def test_cleaning_keeps_the_one_on_offer(files):
    other = replace(OFFER, name="setup-2.exe", sha256="3" * 64)
    files.begin(other).write_bytes(b"half")
    files.clean(OFFER)
    assert files.is_whole(OFFER)
    assert not (files.folder / "installers" / ("3" * 16)).exists()
    files.clean(None)
    assert not files.is_whole(OFFER)


def test_an_attempt_is_told_once(files):
    assert files.take_attempt() is None
    files.remember(Attempt("0.2.0", "0.1.0"))
    assert files.take_attempt() == Attempt("0.2.0", "0.1.0")
    assert files.take_attempt() is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 2, "before": "0.1.0"}'])
def test_an_attempt_that_cannot_be_read_is_none(files, content):
    (files.folder / "attempt.json").write_bytes(content)
    assert files.take_attempt() is None


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "updates").write_text("a file is in the way")
    files = UpdateFiles(tmp_path / "updates")
    assert refusal(files.begin, OFFER) is Reason.DISK
    assert refusal(files.remember, Attempt("0.2.0", "0.1.0")) is Reason.DISK
    with pytest.raises(UpdateTrouble), files.held():
        pass

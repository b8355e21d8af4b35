"""What IT does at the command line, and that the computers believe it afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.updates.plant import INSTALLER, Computer

from updates.publish import main  # isort: skip - `tests.updates.plant` says where it is

SCRIPT = Path(__file__).parents[2] / "packaging" / "updates" / "publish.py"


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "feed", tmp_path / "keys"


@pytest.fixture
def publish(folders, tmp_path):
    feed, keys = folders
    (tmp_path / "setup.exe").write_bytes(INSTALLER)

    def run(command, *arguments, now=None, keys=keys) -> int:
        keys_of = [] if command == "show" else ["--keys", str(keys)]
        return main([command, str(feed), *(str(one) for one in arguments), *keys_of], now)

    assert run("init") == 0
    return run


@pytest.fixture
def root(publish, folders, tmp_path):
    """The root that the computers were given on the first day."""
    kept = tmp_path / "root.json"
    kept.write_bytes((folders[0] / "metadata" / "1.root.json").read_bytes())
    return kept


def offered(folders, root, tmp_path, name="computer"):
    offer = Computer(tmp_path / name).looks(folders[0], root).offer
    return offer and offer.version


def test_an_installer_is_offered_as_soon_as_it_was_added(publish, folders, root, tmp_path):
    assert publish("add", tmp_path / "setup.exe", "--version", "0.2.0", "--platform", "windows") == 0
    assert offered(folders, root, tmp_path) == "0.2.0"


def test_a_withdrawn_installer_is_not_offered(publish, folders, root, tmp_path, capsys):
    publish("add", tmp_path / "setup.exe", "--version", "0.2.0", "--platform", "windows")
    assert publish("remove", "setup.exe") == 0
    assert offered(folders, root, tmp_path) is None
    assert publish("remove", "setup.exe") == 1
    assert "There is no setup.exe in this feed." in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has lists of rights instead")
def test_only_their_owner_reads_the_keys(publish, folders):
    files = sorted(folders[1].glob("*.pem"))
    assert {file.stem for file in files} == {"root", "root-spare", "snapshot", "targets", "timestamp"}
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folders[1].stat().st_mode & 0o777 == 0o700


def test_a_key_is_never_overwritten(publish, folders, capsys):
    before = {file: file.read_bytes() for file in folders[1].iterdir()}
    assert main(["init", str(folders[0]) + "2", "--keys", str(folders[1])]) == 1
    assert "never overwritten" in capsys.readouterr().err
    assert before == {file: file.read_bytes() for file in folders[1].iterdir()}


def test_keys_can_be_apart_from_the_server(publish, folders, root, tmp_path, capsys):
    """Signed at a desk without a network, offered by the server."""
    away = tmp_path / "stick"
    away.mkdir()
    for name in ("root", "root-spare", "targets"):
        (folders[1] / f"{name}.pem").rename(away / f"{name}.pem")
    added = publish("add", tmp_path / "setup.exe", "--version", "0.2.0", "--platform", "windows", keys=away)
    assert added == 0
    assert "Signed, and not offered yet" in capsys.readouterr().out
    assert offered(folders, root, tmp_path) is None
    assert publish("refresh") == 0
    assert offered(folders, root, tmp_path) == "0.2.0"


def test_an_encrypted_key_needs_its_passphrase(tmp_path, monkeypatch, capsys):
    feed, keys = tmp_path / "feed", tmp_path / "keys"
    (tmp_path / "setup.exe").write_bytes(INSTALLER)
    add = ["add", str(feed), str(tmp_path / "setup.exe"), "--version", "0.2.0", "--platform", "windows"]
    monkeypatch.setenv("MAINTENANCE_UPDATES_PASSPHRASE", "correct horse")
    assert main(["init", str(feed), "--keys", str(keys), "--encrypt"]) == 0
    for name in ("root", "root-spare", "targets"):
        assert b"ENCRYPTED" in (keys / f"{name}.pem").read_bytes()
    for name in ("snapshot", "timestamp"):  # the server signs by itself
        assert b"ENCRYPTED" not in (keys / f"{name}.pem").read_bytes()
    monkeypatch.setenv("MAINTENANCE_UPDATES_PASSPHRASE", "wrong")
    assert main([*add, "--keys", str(keys)]) == 1
    assert "wrong passphrase" in capsys.readouterr().err
    monkeypatch.setenv("MAINTENANCE_UPDATES_PASSPHRASE", "correct horse")
    assert main([*add, "--keys", str(keys)]) == 0


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_new_keys_are_believed_and_the_old_ones_no_more(publish, folders, root, tmp_path, role):
    publish("add", tmp_path / "setup.exe", "--version", "0.2.0", "--platform", "windows")
    assert offered(folders, root, tmp_path) == "0.2.0"
    old = {file: file.read_bytes() for file in folders[1].glob(f"{role}*.pem")}
    assert publish("new-key", role) == 0
    assert offered(folders, root, tmp_path) == "0.2.0"
    for file in folders[1].glob(f"{role}*.pem"):
        if file not in old:
            file.unlink()
    assert publish("renew" if role in ("root", "targets") else "refresh") == 1


def test_the_spare_root_key_is_enough_when_the_other_is_lost(publish, folders, root, tmp_path):
    (folders[1] / "root.pem").unlink()
    assert publish("new-key", "root") == 0
    assert publish("renew") == 0
    assert offered(folders, root, tmp_path) is None


def test_a_feed_is_believed_as_long_as_it_says(publish, folders, root, tmp_path):
    past = datetime.now(UTC) - timedelta(days=100)
    publish("add", tmp_path / "setup.exe", "--version", "0.2.0", "--platform", "windows")
    publish("refresh", "--days", "99", now=past)
    with pytest.raises(Exception, match="expired"):
        offered(folders, root, tmp_path)
    publish("refresh", "--days", "101", now=past)
    assert offered(folders, root, tmp_path) == "0.2.0"


def test_it_is_told_in_time_what_has_to_be_renewed(publish, capsys):
    publish("show", now=datetime.now(UTC) + timedelta(days=330))
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said if "RENEW IT SOON" in line] == ["targets"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--version", "two", "--platform", "windows"), "is not a version"),
        (
            ("--version", "0.2.0", "--platform", "windows", "--name", "../x.exe"),
            "is no name for an installer",
        ),
    ],
)
def test_what_no_program_would_take_is_not_signed(publish, folders, tmp_path, capsys, arguments, sentence):
    before = sorted((folders[0] / "metadata").iterdir())
    assert publish("add", tmp_path / "setup.exe", *arguments) == 1
    assert sentence in capsys.readouterr().err
    assert sorted((folders[0] / "metadata").iterdir()) == before


def test_the_same_version_is_not_signed_twice(publish, tmp_path, capsys):
    add = ("add", tmp_path / "setup.exe", "--version", "0.2.0", "--platform", "windows")
    assert publish(*add) == 0
    assert publish(*add, "--name", "other.exe") == 1
    assert "is there already" in capsys.readouterr().err


def test_keys_of_another_feed_sign_nothing(publish, folders, tmp_path, capsys):
    other = tmp_path / "other"
    main(["init", str(other / "feed"), "--keys", str(other / "keys")])
    add = ("add", tmp_path / "setup.exe", "--version", "0.2.0", "--platform", "windows")
    assert publish(*add, keys=other / "keys") == 1
    assert "No key for targets is here that counts for this feed." in capsys.readouterr().err


def test_it_runs_as_a_file(tmp_path):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "init", str(tmp_path / "feed"), "--keys", str(tmp_path / "keys")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "The programs trust this file:" in done.stdout

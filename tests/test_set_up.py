from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

PLACE = Path(__file__).parents[1] / "packaging" / "set_up.py"


@pytest.fixture
def set_up(monkeypatch):
    """A fresh copy of the script, on a machine that has `apt-get`, and a person without any rights."""
    spec = importlib.util.spec_from_file_location("set_up", PLACE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(module, "may_use_sudo", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return module


@pytest.fixture
def commands(set_up, monkeypatch):
    """What would have been run, all successful."""
    found = []

    def run(command, **_):
        found.append(command)
        return set_up.subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(set_up.subprocess, "run", run)
    return found


def test_who_may_not_install_gets_one_line_to_run(set_up, commands):
    with pytest.raises(SystemExit) as stop:
        set_up.install_packages(["libegl1", "python3-venv"])
    line = str(stop.value)
    assert line.startswith("sudo sh -c ")
    assert "\n" not in line
    assert line.endswith("install -qqy --no-install-recommends libegl1 python3-venv'")
    assert commands == []


def test_who_is_root_installs_without_being_asked(set_up, commands, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    set_up.install_packages(["libegl1"])
    ((shell, _, script),) = commands
    assert shell == "sh"
    assert "libegl1" in script
    assert "postgresql" not in script


def test_who_has_sudo_without_a_password_installs_through_it(set_up, commands, monkeypatch):
    monkeypatch.setattr(set_up, "may_use_sudo", lambda: True)
    set_up.install_packages(["libegl1"])
    assert commands[0][:3] == ["sudo", "-n", "sh"]


def test_installing_postgresql_starts_no_database_server(set_up, commands, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    set_up.install_packages(["postgresql"])
    script = commands[0][-1]
    assert script.index("create_main_cluster=false") < script.index("apt-get install")


def test_who_tests_gets_strace_and_who_runs_does_not_need_it(set_up, monkeypatch):
    monkeypatch.setattr(set_up, "can_load", lambda _: True)
    assert "strace" not in set_up.missing_packages("dev")
    monkeypatch.setattr(set_up.shutil, "which", lambda name: None if name == "strace" else f"/usr/bin/{name}")
    assert "strace" in set_up.missing_packages("dev")
    assert "strace" not in set_up.missing_packages("run")


def test_another_kind_of_linux_is_told_what_is_missing_and_goes_on(set_up, commands, monkeypatch, capsys):
    monkeypatch.setattr(set_up.shutil, "which", lambda _: None)
    set_up.install_packages(["libegl1"])
    assert "libegl1" in capsys.readouterr().err
    assert commands == []


def test_an_old_python_is_told_so_in_a_sentence(set_up, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        set_up.main("run")


@pytest.fixture
def empty_project(set_up, monkeypatch, tmp_path):
    (tmp_path / "requirements").mkdir()
    for name in ("pyproject.toml", "requirements/run.txt", "requirements/dev.txt"):
        (tmp_path / name).write_text("")
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(set_up, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(set_up, "STAMP", tmp_path / ".venv" / "set-up.stamp")
    monkeypatch.setattr(set_up, "missing_packages", lambda _: [])
    (tmp_path / ".venv").mkdir()
    return tmp_path


def test_a_second_set_up_does_nothing_and_testing_includes_running(set_up, commands, empty_project):
    set_up.main("dev")
    assert commands
    commands.clear()
    set_up.main("dev")
    set_up.main("run")
    assert commands == []


def test_running_does_not_include_testing(set_up, commands, empty_project):
    set_up.main("run")
    commands.clear()
    set_up.main("dev")
    assert any("dev.txt" in word for command in commands for word in command)


def test_a_new_lock_is_installed_into_the_same_venv(set_up, commands, empty_project):
    set_up.main("run")
    commands.clear()
    (empty_project / "requirements" / "run.txt").write_text("# newer")
    set_up.main("run")
    assert any("--require-hashes" in command for command in commands)
    assert not any("venv" in command for command in commands)


def test_a_failing_step_stops_and_is_done_again_next_time(set_up, empty_project, monkeypatch):
    monkeypatch.setattr(
        set_up.subprocess, "run", lambda command, **_: set_up.subprocess.CompletedProcess(command, 1)
    )
    with pytest.raises(SystemExit, match="exit code 1"):
        set_up.main("run")
    assert not set_up.STAMP.exists()

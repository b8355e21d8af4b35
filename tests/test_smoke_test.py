"""`--smoke-test`, which every package is tried with: the real program as a process, on a real hub."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from maintenance_desktop.program import Program
from maintenance_desktop.smoke_test import BadJob, Job, SmokeTest, read_job
from maintenance_desktop.ui.theme import Theme
from tests.cable import Cable
from tests.desk import Keyring
from tests.hub_process import HubProcess

TITLE = "Check the coupling — smoke test"
PASSWORD = "correct horse"


@pytest.fixture
def hub(tmp_path):
    hub = HubProcess.start(tmp_path / "hub")
    hub.add_person("ada", "Ada Lindqvist")
    yield hub
    hub.stop()


@pytest.fixture
def cable(hub):
    cable = Cable(hub.port)
    yield cable
    cable.remove()


def job(tmp_path, url, **changes):
    content = {
        "server": url,
        "username": "ada",
        "password": PASSWORD,
        "title": TITLE,
        "report": str(tmp_path / "report.json"),
        "started": time.time(),
    }
    file = tmp_path / "job.json"
    file.write_text(json.dumps(content | changes))
    return file


def start(tmp_path, file) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "maintenance_desktop.app",
        "--data",
        str(tmp_path / "data"),
        "--smoke-test",
    ]
    return subprocess.run(
        [*command, str(file)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def titles(hub, tmp_path) -> str:
    exported = tmp_path / "work-orders.csv"
    assert hub.run("export", "work-orders", str(exported)).returncode == 0
    return exported.read_text(encoding="utf-8")


def test_it_signs_in_creates_a_work_order_sees_it_on_the_server_and_ends(hub, tmp_path):
    done = start(tmp_path, job(tmp_path, hub.url))
    report = json.loads((tmp_path / "report.json").read_text())
    assert (done.returncode, report["ok"], report["failure"]) == (0, True, "")
    assert [step["done"] for step in report["steps"]][-1] == "the server has it"
    assert 0 < report["first_paint_ms"] < 60_000
    assert TITLE in titles(hub, tmp_path)


def test_a_second_time_on_the_same_data_it_is_signed_in_already_or_signs_in_again(hub, tmp_path):
    assert start(tmp_path, job(tmp_path, hub.url)).returncode == 0
    assert start(tmp_path, job(tmp_path, hub.url, title="The second one")).returncode == 0
    assert "The second one" in titles(hub, tmp_path)


@pytest.fixture
def running_app(qapp):
    """As `app.py` has it. Qt would post a second end otherwise, which every later test would stumble over."""
    qapp.setQuitOnLastWindowClosed(False)
    yield qapp
    qapp.setQuitOnLastWindowClosed(True)


def failure_of(app, tmp_path, file, is_time) -> str:
    """Run it in here until its patience is at an end, which is when that is so."""
    program = Program(tmp_path / "data", Keyring(), Theme(app), on_crashed=pytest.fail)
    program.start()
    test = SmokeTest(app, program, read_job(file))

    def look() -> None:
        if is_time(program):
            test._deadline = 0

    looking = QTimer(interval=20)
    looking.timeout.connect(look)
    looking.start()
    QTimer.singleShot(60_000, looking, lambda: app.exit(99))
    assert app.exec() == 0
    looking.stop()
    program.close()
    assert test.report() == 1
    return json.loads((tmp_path / "report.json").read_text())["failure"]


def test_what_does_not_happen_is_a_failure_that_says_what_was_on_screen(hub, tmp_path, running_app):
    def is_refused(program) -> bool:
        return any(label.text().startswith("✕") for label in program.sign_in_window.findChildren(QLabel))

    failure = failure_of(running_app, tmp_path, job(tmp_path, hub.url, password="wrong"), is_refused)
    assert failure.startswith(
        "This did not happen within 60 s: signed in and downloaded. On screen: Sign in; ✕ "
    )


def test_a_server_that_does_not_answer_is_a_failure_too(hub, cable, tmp_path, running_app):
    """The sign-in that is on its way does not let its window close."""
    cable.slow_down()
    failure = failure_of(
        running_app, tmp_path, job(tmp_path, cable.url), lambda _: cable.holds_something.is_set()
    )
    assert failure == "This did not happen within 60 s: signed in and downloaded. On screen: Sign in"


def test_a_file_that_is_no_job_is_refused_in_a_sentence(tmp_path):
    file = tmp_path / "job.json"
    with pytest.raises(BadJob, match=r"job\.json cannot be read: No such file"):
        read_job(file)
    file.write_text('{"server": 1}')
    with pytest.raises(BadJob, match="is no smoke test"):
        read_job(file)
    done = start(tmp_path, file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(str(file))
    assert "Traceback" not in done.stderr


def test_a_job_names_no_more_than_it_needs():
    assert set(Job.__struct_fields__) == {"server", "username", "password", "title", "report", "started"}

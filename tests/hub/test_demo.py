from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime

import pytest

from maintenance_desktop.hub import demo
from maintenance_desktop.hub.demo_people import (
    COLLEAGUE_PASSWORD,
    COLLEAGUE_USER,
    DEMO_PASSWORD,
    DEMO_USER,
)
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.sessions import sign_in

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


class DemoProcess:
    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "maintenance_desktop.hub.demo", "--data", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self):
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), self.process.communicate()
        return line.removeprefix("listening on ").strip()


@pytest.fixture
def start(tmp_path):
    started = []

    def start():
        started.append(DemoProcess(tmp_path / "demo"))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


def ask(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_a_visitor_and_a_colleague_can_sign_in(start):
    url = start().address()
    assert ask(f"{url}/v1/info")["name"] == demo.NAME
    for username, password in ((DEMO_USER, DEMO_PASSWORD), (COLLEAGUE_USER, COLLEAGUE_PASSWORD)):
        session = {
            "username": username,
            "password": password,
            "device": {"id": "018f0000-0000-7000-8000-000000000001", "name": "test"},
        }
        assert ask(f"{url}/v1/sessions", session)["person"]["username"] == username


def test_it_ends_by_itself_when_its_standard_input_is_closed(start):
    hub = start()
    hub.address()
    hub.process.stdin.close()
    hub.process.stdin = None
    assert hub.process.wait(60) == 0
    assert hub.process.stderr.read() == ""


def test_it_ends_even_when_the_input_was_closed_before_it_was_up(start):
    hub = start()
    hub.process.stdin.close()
    hub.process.stdin = None
    assert hub.process.wait(60) == 0


def test_it_ends_when_the_program_that_started_it_is_killed(tmp_path):
    command = f"[sys.executable, '-m', 'maintenance_desktop.hub.demo', '--data', {str(tmp_path / 'demo')!r}]"
    program = (
        "import subprocess, sys\n"
        f"hub = subprocess.Popen({command}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "print(hub.stdout.readline(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    port = int(parent.stdout.readline().rsplit(":", 1)[1])
    assert is_answering(port)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 60
    while is_answering(port):
        assert time.monotonic() < deadline, "the demo hub outlived its program"


def is_answering(port):
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def test_the_second_start_finds_the_plant_as_it_was_left(tmp_path):
    folder = tmp_path / "demo"
    with demo.open_demo(folder, NOW) as store:
        instance, count = store.facts().instance, store.last_change()
    assert count > 1000
    with demo.open_demo(folder, NOW) as store:
        assert (store.facts().instance, store.last_change()) == (instance, count)


def test_a_start_that_was_cut_short_is_made_again(tmp_path, monkeypatch):
    folder = tmp_path / "demo"

    def cut_short(store, plant):
        real_fill(store, plant)
        raise KeyboardInterrupt

    real_fill = demo.fill
    monkeypatch.setattr(demo, "fill", cut_short)
    with pytest.raises(KeyboardInterrupt), demo.open_demo(folder, NOW):
        pass
    monkeypatch.setattr(demo, "fill", real_fill)
    with demo.open_demo(folder, NOW) as store:
        assert sign_in(store, DEMO_USER, DEMO_PASSWORD, address="test")["token"]
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("not a folder")
    assert demo.main(["--data", str(file)]) == 1
    assert "cannot be made" in capsys.readouterr().err


def test_the_plant_fills_any_empty_hub(store):
    plant = demo.build_plant(NOW)
    demo.fill(store, plant)
    assert store.last_change() == sum(len(records) for _, records in plant.by_type())
    assert sign_in(store, "henrik", DEMO_PASSWORD, address="test")["person"]["role"] == "requester"


def test_a_database_in_the_way_is_a_sentence_too(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "filling").write_text("in the way")
    with pytest.raises(SetupError, match="cannot be"), demo.open_demo(folder, NOW):
        pass

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time

import httpx
import psycopg
import pytest
from hub_process import HubProcess

from maintenance_desktop import __version__
from maintenance_desktop.hub.address import Address
from maintenance_desktop.hub.cli import main
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.serving import _listen, serve

from .world import edit, new_id

if sys.platform != "win32":
    import pwd


@pytest.fixture
def hub(target, tmp_path):
    database = target if isinstance(target, str) else None
    with HubProcess.start(tmp_path / "hub", database) as hub:
        hub.add_person("dana", "Dana Ortiz", "planner")
        yield hub


def _client(hub, username="dana"):
    body = {"username": username, "password": "correct horse"}
    response = httpx.post(f"{hub.url}/v1/sessions", json=body)
    assert response.status_code == 201, response.text
    headers = {"Authorization": f"Bearer {response.json()['token']}"}
    return httpx.Client(base_url=hub.url, timeout=40, headers=headers)


def _create(client):
    body = {"sent_at": "2026-01-01T00:00:00Z"}
    one = edit("create", "work_order", new_id(), {"title": "A", "status": "open"})
    (result,) = client.post("/v1/edits", json=body | {"edits": [one]}).json()["results"]
    assert result["outcome"] == "applied"
    return one["record_id"]


def _last_cursor(client):
    return json.loads(client.get("/v1/changes").text.splitlines()[-1])["cursor"]


def test_a_change_through_another_process_is_seen_within_a_second(hub):
    """Two hub processes on one database; the waiting one is not told, it looks. The quickest of three."""
    took = []
    with (
        HubProcess.start(hub.data_dir, hub.database) as other,
        _client(hub) as writing,
        _client(other) as waiting,
    ):
        for _ in range(3):
            since = _last_cursor(waiting)
            with waiting.stream("GET", "/v1/changes", params={"since": since, "wait": 20}) as stream:
                assert stream.status_code == 200  # the headers are here before anything changed
                made = _create(writing)
                started = time.monotonic()
                lines = [json.loads(line) for line in stream.iter_lines()]
            took.append(time.monotonic() - started)
            assert lines[1]["id"] == made
    assert min(took) < 1


def test_sigterm_ends_waiting_calls_and_the_process(hub):
    with _client(hub) as client:
        since = _last_cursor(client)
        ended = []

        def stop():
            started = time.monotonic()
            ended.append((hub.stop(25), time.monotonic() - started))

        with client.stream("GET", "/v1/changes", params={"since": since, "wait": 30}) as stream:
            stopper = threading.Thread(target=stop)
            stopper.start()
            lines = [json.loads(line) for line in stream.iter_lines()]
        stopper.join()
    assert lines == [{"total": 0}, {"cursor": since, "more": False}]
    ((code, seconds),) = ended
    assert code == 0
    assert seconds < 10  # and not the 30 that somebody waits for


def test_what_was_answered_survives_a_kill(hub):
    with _client(hub) as client:
        made = _create(client)
        hub.kill()
        hub.start_again()
        assert made in client.get("/v1/changes").text


def test_a_disabled_person_is_out_at_once(hub):
    with _client(hub) as client:
        hub.disable_person("dana")
        assert client.get("/v1/changes").status_code == 401


def test_the_commands_work_while_the_hub_runs(hub, tmp_path):
    csv = tmp_path / "assets.csv"
    csv.write_text("tag,name\nP-1,Pump\nP-2,\n", encoding="utf-8")
    refused = hub.run("import", "assets", str(csv))
    assert refused.returncode == 1
    assert "administrator" in refused.stderr
    dry = hub.run("import", "assets", str(csv), "--dry-run", "--as", "dana")
    assert dry.stdout.startswith("Dry run, nothing was written: 1 added")
    done = hub.run("import", "assets", str(csv), "--as", "dana")
    assert (done.returncode, done.stdout) == (1, "1 added, 0 changed, 0 unchanged, 1 refused.\n")
    assert "line 3: name: This is needed." in done.stderr
    out = hub.run("export", "assets", str(tmp_path / "out.csv"))
    assert out.returncode == 0
    assert "P-1,Pump" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert hub.run("backup", str(tmp_path / "b")).returncode == 0
    with _client(hub) as client:
        epoch = client.get("/v1/info").json()["epoch"]
        assert hub.run("restore", str(tmp_path / "b")).returncode == 0
        assert client.get("/v1/info").json()["epoch"] != epoch
        assert client.get("/v1/changes").status_code == 401


def test_serving_prints_exactly_one_line(tmp_path):
    hub = HubProcess.start(tmp_path / "hub")
    process = hub._process
    process.terminate()
    rest, _ = process.communicate(timeout=60)
    assert (rest, process.returncode) == ("", 0)
    assert hub.url.startswith("http://127.0.0.1:")


def _fails(capsys, *arguments):
    assert main(list(arguments)) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("maintenance-hub: ")
    assert said.err.count("\n") == 1
    return said.err


def test_what_cannot_be_done_is_said_in_one_sentence(tmp_path, capsys):
    data = ["--data", str(tmp_path / "hub")]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert "Address already in use" in _fails(capsys, "serve", *data, "--port", port)
    assert "--insecure" in _fails(capsys, "serve", *data, "--host", "0.0.0.0", "--port", "0")
    assert "go together" in _fails(capsys, "serve", *data, "--tls-cert", "x")
    assert "certificate" in _fails(capsys, "serve", *data, "--port", "0", "--tls-cert", "x", "--tls-key", "y")
    assert "no such port" in _fails(capsys, "serve", *data, "--port", "99999")
    assert "not an address" in _fails(capsys, "serve", *data, "--host", "no.such.host.invalid", "--insecure")
    assert "postgresql://" in _fails(capsys, "serve", *data, "--database", "mysql://x/y")
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    assert "database cannot be used" in _fails(capsys, "serve", *data, "--database", nowhere)
    (tmp_path / "file").write_text("x")
    assert "cannot be used" in _fails(capsys, "person", "disable", "x", "--data", str(tmp_path / "file"))
    assert "no person" in _fails(capsys, "person", "disable", "nobody", *data)


def test_a_database_of_another_version_is_not_touched(store, target):
    store.database.write(lambda tx: tx.run("UPDATE meta SET value = '99' WHERE key = 'schema'"))
    with pytest.raises(SetupError, match="another version"):
        type(store).open(target)


def test_passwords_are_asked_for_twice(tmp_path, capsys, monkeypatch):
    data = ["--data", str(tmp_path / "hub")]
    said = ["correct horse", "correct house", "correct horse", "correct horse", *["battery staple"] * 2]
    answers = iter(said)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    add = ["person", "add", "dana", "--name", "Dana", "--role", "admin", *data]
    assert "not the same" in _fails(capsys, *add)
    assert main(add) == 0
    assert main(["person", "set-password", "dana", *data]) == 0


def test_a_database_account_without_the_right_to_make_tables_is_told_so(postgres, capsys):
    name = postgres.new_database()
    with psycopg.connect(postgres.url(name), autocommit=True) as connection:
        connection.execute("CREATE ROLE stranger LOGIN")
    address = postgres.url(name).replace("postgres@", "stranger@")
    said = _fails(capsys, "export", "assets", "-", "--database", address)
    assert "database cannot be used: permission denied for schema public" in said
    postgres.drop_database(name)


def test_several_processes_may_make_the_tables_at_once(postgres, tmp_path):
    name = postgres.new_database()
    hubs = []
    threads = [
        threading.Thread(target=lambda: hubs.append(HubProcess.start(tmp_path / "hub", postgres.url(name))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    instances = {httpx.get(f"{hub.url}/v1/info").json()["instance"] for hub in hubs}
    for hub in hubs:
        hub.stop()
    postgres.drop_database(name)
    assert (len(hubs), len(instances)) == (3, 1)


def test_tls(tmp_path):
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    files = ["-keyout", str(key), "-out", str(certificate)]
    command_line = [*command.split(), "subjectAltName=IP:127.0.0.1", *files]
    subprocess.run(command_line, check=True, capture_output=True)
    hub = HubProcess(tmp_path / "hub", None)
    hub.start_again(0, "--tls-cert", str(certificate), "--tls-key", str(key))
    with hub:
        assert hub.url.startswith("https://")
        assert (
            httpx.get(f"{hub.url}/v1/info", verify=ssl.create_default_context(cafile=certificate)).json()[
                "api"
            ]
            == 1
        )
        where = ["--port", str(hub.port)]
        certified = ["--tls-cert", str(certificate), "--tls-key", str(key)]
        assert main(["status", *where, *certified]) == 0
        assert main(["status", *where]) == 0  # the service may have it from where we do not see it


def test_no_part_of_a_password_is_quoted(tmp_path, capsys):
    """An @ or / in a password moves its rest to where the host, the port or the name should be."""
    for url in (
        "postgresql://hub:se@cret:word@db/hub",
        "postgresql://hub:se/cret@db/hub",
        "postgresql://hub:se@cret/word@db/hub",
        "postgresql://hub:secret@db:word/hub",
        "postgresql://hub:secret@db/hub?word",
    ):
        (tmp_path / "database").write_text(url)
        said = _fails(capsys, "serve", "--database-file", str(tmp_path / "database"))
        assert "cannot be read" in said
        assert "cret" not in said
        assert "word" not in said.replace("a password", "")


def test_the_settings_file_is_enough(tmp_path):
    file = tmp_path / "hub.conf"
    file.write_text(f"data = {tmp_path / 'hub'}\nport = 0\nname = North plant\n")
    hub = HubProcess(tmp_path / "unused", None)
    hub.where = ["--settings", str(file)]
    with hub.start_again(None):
        assert httpx.get(f"{hub.url}/v1/info").json()["name"] == "North plant"
        hub.add_person("dana", "Dana Ortiz", "planner")
        _client(hub).close()
    assert not hub.data_dir.exists()


def test_status_tells_whether_the_hub_answers(hub, capsys):
    port = str(hub.port)
    assert main(["status", "--port", port]) == 0
    assert capsys.readouterr().out == f"“Maintenance” answers at http://127.0.0.1:{port}\n"
    assert main(["status", "--host", "0.0.0.0", "--port", port]) == 0
    capsys.readouterr()
    hub.stop()
    assert f"No hub answers at http://127.0.0.1:{port}: " in _fails(capsys, "status", "--port", port)


def test_status_passes_on_what_the_hub_says(tmp_path, postgres, capsys):
    name = postgres.new_database()
    with HubProcess.start(tmp_path / "hub", postgres.url(name)) as hub:
        postgres.drop_database(name)
        assert "cannot reach its database" in _fails(capsys, "status", "--port", str(hub.port))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no systemd")
def test_systemd_is_told_when_it_is_ready_and_when_it_stops(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{tmp_path}")  # an address that is no file, as systemd may give
        listener.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{tmp_path}")
        with HubProcess.start(tmp_path / "hub") as hub:
            assert listener.recv(100) == b"READY=1"
            hub.stop()
            assert listener.recv(100) == b"STOPPING=1"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can do it")
def test_root_does_not_write_into_the_folder_of_another(tmp_path, capsys):
    os.chown(tmp_path, pwd.getpwnam("nobody").pw_uid, -1)
    disable = ["person", "disable", "x", "--data", str(tmp_path)]
    assert "run this as nobody, not as root" in _fails(capsys, *disable)
    os.chown(tmp_path, 54321, -1)
    assert "belongs to 54321" in _fails(capsys, *disable)
    assert list(tmp_path.iterdir()) == []


def test_it_knows_its_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"maintenance-hub {__version__}\n"


def test_a_bad_address_leaves_no_socket_open(store):
    with pytest.raises(SetupError):
        serve(store, Address(host="127.0.0.1", port=-5))


def test_small_answers_leave_at_once():
    """asyncio sets TCP_NODELAY only where the protocol is named; without it each call takes 40 ms more."""
    with _listen(Address(port=0)) as listener, socket.create_connection(listener.getsockname()) as caller:
        listener.setblocking(True)
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP
            asyncio.base_events._set_nodelay(accepted)
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        caller.close()

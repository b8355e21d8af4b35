from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from maintenance_desktop.hub.address import Address
from maintenance_desktop.hub.errors import SetupError
from maintenance_desktop.hub.settings import address_of, fill_in, target_of

SECRET = "postgresql://hub:s3cret@db/hub"


def _options(environment=None, **given):
    options = argparse.Namespace(settings=None, **given)
    fill_in(options, environment or {})
    return options


@pytest.fixture
def written(tmp_path):
    def write(*lines):
        file = tmp_path / "hub.conf"
        file.write_text("\n".join(lines), encoding="utf-8")
        return {"MAINTENANCE_HUB_SETTINGS": str(file)}

    return write


def _refusal(environment, **given):
    with pytest.raises(SetupError) as caught:
        _options(environment, **given)
    return str(caught.value)


def test_without_any_setting_it_listens_on_this_machine_only():
    options = _options()
    assert address_of(options) == Address("127.0.0.1", 8765, None, None, insecure=False)
    with pytest.raises(SetupError, match="--data"):
        target_of(options)


def test_every_setting_can_be_in_the_file(written, tmp_path):
    secret = tmp_path / "database"
    secret.write_text(f"{SECRET}\n")
    options = _options(
        written(
            "# comments and empty lines are fine",
            "",
            "data = /var/lib/hub",
            f"database-file={secret}",
            "host = ::",
            "port = 443",
            "tls-cert = /c.pem",
            "tls-key = /k.pem",
            "insecure = no",
            "name = North = “plant”",
        )
    )
    assert address_of(options) == Address("::", 443, Path("/c.pem"), Path("/k.pem"), insecure=False)
    assert (options.data, options.server_name) == (Path("/var/lib/hub"), "North = “plant”")
    assert target_of(options) == SECRET


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(written):
    environment = written("port = 1", "host = 10.0.0.1", "name = File", "data = /file")
    environment |= {"MAINTENANCE_HUB_PORT": "2", "MAINTENANCE_HUB_HOST": "10.0.0.2"}
    options = _options(environment, port=3, host=None)
    assert address_of(options) == Address("10.0.0.2", 3)
    assert (options.server_name, options.data) == ("File", Path("/file"))


def test_port_0_and_no_are_settings_too(written):
    environment = written("port = 8000", "insecure = yes")
    options = _options(environment | {"MAINTENANCE_HUB_INSECURE": "no"}, port=0)
    assert address_of(options) == Address("127.0.0.1", 0, insecure=False)


def test_an_empty_value_sets_nothing(written):
    environment = written("host =", "data = /file") | {"MAINTENANCE_HUB_PORT": "", "MAINTENANCE_HUB_DATA": ""}
    assert address_of(_options(environment)) == Address()


def test_the_nearest_place_decides_how_the_database_is_said(written, tmp_path):
    secret = tmp_path / "database"
    secret.write_text(SECRET)
    environment = written(f"database-file = {secret}")
    assert _options(environment).database == SECRET
    assert _options(environment, database="postgresql:///other").database == "postgresql:///other"
    nearer = environment | {"MAINTENANCE_HUB_DATABASE": "postgresql:///nearer"}
    assert _options(nearer).database == "postgresql:///nearer"
    assert _options(nearer, database_file=secret).database == SECRET


def test_the_credentials_of_the_service_come_last(written, tmp_path):
    handed = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert address_of(_options(handed)).certificate is None
    for name in ("tls-cert", "tls-key"):
        (tmp_path / name).write_text("PEM")
    address = address_of(_options(handed))
    assert (address.certificate, address.key) == (tmp_path / "tls-cert", tmp_path / "tls-key")
    address = address_of(_options(handed | written("tls-cert = /c", "tls-key = /k")))
    assert (address.certificate, address.key) == (Path("/c"), Path("/k"))


def test_a_mistake_in_the_file_is_said_with_its_line(written):
    assert "line 2: there is no setting “hots”" in _refusal(written("", "hots = x"))
    assert "line 1: a setting is written" in _refusal(written("host 0.0.0.0"))
    assert "line 2: host is set a second time" in _refusal(written("host = a", "host = b"))
    assert "port cannot be “many”" in _refusal(written("port = many"))
    assert "insecure cannot be “perhaps”" in _refusal(written("insecure = perhaps"))
    assert "give one" in _refusal(written("database = a", "database-file = b"))


def test_files_that_cannot_be_read_are_named(written, tmp_path):
    missing = tmp_path / "missing"
    assert f"{missing} cannot be read: No such file" in _refusal({"MAINTENANCE_HUB_SETTINGS": str(missing)})
    assert f"{missing} cannot be read" in _refusal({}, database_file=missing)
    empty = tmp_path / "empty"
    empty.write_text("\n\n")
    assert "has no address of a database" in _refusal({}, database_file=empty)
    empty.write_bytes(b"\xff")
    assert "UTF-8" in _refusal({}, database_file=empty)


def test_snapshots_can_be_switched_off_in_each_place(written):
    assert _options().snapshots is None
    assert _options(written("snapshots = no")).snapshots is False
    assert _options({"MAINTENANCE_HUB_SNAPSHOTS": "no"}).snapshots is False
    assert _options(written("snapshots = no"), snapshots="yes").snapshots is True
    assert "snapshots cannot be “maybe”" in _refusal(written("snapshots = maybe"))


@pytest.mark.parametrize("value", ["off", "when-nothing-overlaps", "When-Nothing-Overlaps"])
def test_a_site_may_let_clients_combine(written, value):
    assert _options(written("data = /d", f"combine = {value}")).combine == value.lower()


def test_combining_is_off_unless_it_is_named_right(written):
    assert _options(written("data = /d")).combine is None
    assert "combine cannot be “always”" in _refusal(written("data = /d", "combine = always"))

"""What IT decided, as each system keeps it."""

from __future__ import annotations

import sys

import pytest

from maintenance_desktop.domain.updates import Policy
from maintenance_desktop.storage.machine_policy import REGISTRY_KEY, machine_policy


@pytest.fixture
def file(tmp_path):
    return tmp_path / "updates.ini"


def in_file(file, text):
    file.write_text(text, encoding="utf-8")
    return machine_policy("linux", file=file)


def in_registry(**values):
    def read(key):
        assert key == REGISTRY_KEY
        return values

    return machine_policy("win32", read_registry=read)


def test_no_file_is_no_policy(file):
    assert machine_policy("linux", file=file) == Policy()
    assert machine_policy("darwin", file=file) == Policy()


def test_a_file_says_everything(file):
    said = "[updates]\nupdates = on\nlocation = /srv/updates\nroot = /etc/root 100%.json\nchannel = pilot\n"
    assert in_file(file, said) == Policy(True, "/srv/updates", "/etc/root 100%.json", "pilot")


@pytest.mark.parametrize(
    ("word", "on"), [("0", False), ("off", False), ("No", False), ("1", True), ("", None)]
)
def test_a_file_switches(file, word, on):
    assert in_file(file, f"[updates]\nupdates = {word}\n") == Policy(on)


def test_a_file_with_a_mark_of_byte_order_is_read(file):
    file.write_bytes(b"\xef\xbb\xbf[updates]\r\nupdates=0\r\n")
    assert machine_policy("linux", file=file) == Policy(on=False)


@pytest.mark.parametrize(
    "content", [b"updates = 0\n", b"[updates]\nupdates = perhaps\n", b"\xff\xfe[", b"[a]\n[a]\n"]
)
def test_a_file_that_is_there_and_cannot_be_read_is_not_passed_over(file, content):
    file.write_bytes(content)
    assert machine_policy("linux", file=file) == Policy(is_readable=False)


def test_a_file_that_may_not_be_read_is_not_passed_over(file):
    file.mkdir()
    assert machine_policy("linux", file=file) == Policy(is_readable=False)


def test_no_key_in_the_registry_is_no_policy():
    assert in_registry() == Policy()


def test_the_registry_says_everything():
    said = {
        "Updates": 1,
        "UpdateLocation": r"\\plant\updates",
        "UpdateRoot": r"C:\IT\root.json",
        "UpdateChannel": "pilot",
    }
    assert in_registry(**said) == Policy(True, r"\\plant\updates", r"C:\IT\root.json", "pilot")


@pytest.mark.parametrize("value", [0, "0", "off"])
def test_the_registry_switches_off(value):
    assert in_registry(Updates=value) == Policy(on=False)
    assert in_registry(UPDATES=value) == Policy(on=False)


@pytest.mark.parametrize("values", [{"Updates": 2}, {"Updates": b"\0"}, {"UpdateLocation": 7}])
def test_a_registry_that_makes_no_sense_is_not_passed_over(values):
    assert in_registry(**values) == Policy(is_readable=False)


def test_a_registry_that_may_not_be_read_is_not_passed_over():
    def refuses(key):
        raise PermissionError(5, "Access is denied")

    assert machine_policy("win32", read_registry=refuses) == Policy(is_readable=False)


@pytest.mark.skipif(sys.platform == "win32", reason="it has one")
def test_elsewhere_there_is_no_registry():
    assert machine_policy("win32") == Policy(is_readable=False)
    assert "winreg" not in sys.modules

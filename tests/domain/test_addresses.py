from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance_desktop.domain.addresses import BadAddress, UnsafeAddress, is_loopback, normal_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("hub.plant.local", "https://hub.plant.local"),
        ("  hub.plant.local:8765 ", "https://hub.plant.local:8765"),
        ("https://hub:8765/", "https://hub:8765"),
        ("HTTPS://Hub.Plant.Local:443/", "https://hub.plant.local"),
        ("https://hub/maintenance/", "https://hub/maintenance"),
        ("https://hub/v1/info", "https://hub"),
        ("https://hub/maintenance/v1/", "https://hub/maintenance"),
        ("<https://hub/?from=mail#top>", "https://hub"),
        ("hub.plant.local.", "https://hub.plant.local"),
        ("10.0.0.7:8765", "https://10.0.0.7:8765"),
        ("https://[fd00::7]:8765", "https://[fd00::7]:8765"),
        ("localhost:8765", "http://localhost:8765"),
        ("127.0.0.1:80", "http://127.0.0.1"),
        ("http://127.9.9.9:8765/", "http://127.9.9.9:8765"),
        ("http://[::1]:8765", "http://[::1]:8765"),
        ("https://localhost", "https://localhost"),
        ("https://müllerei.example", "https://müllerei.example"),
    ],
)
def test_what_people_type_becomes_one_form(typed, address):
    assert normal_address(typed) == address
    assert normal_address(address) == address


@pytest.mark.parametrize(
    "typed",
    [
        "http://hub.plant.local",
        "http://10.0.0.7:8765/",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://0.0.0.0",
        "http://127.1",
    ],
)
def test_a_password_never_travels_in_the_open(typed):
    with pytest.raises(UnsafeAddress, match="use https://"):
        normal_address(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "https://",
        "my hub",
        "https://hub plant",
        "https://hub:notaport",
        "https://hub:99999",
        "ftp://hub",
        "https://user:secret@hub",
        "user@hub",
        "https://user:secret@my hub:x",
        "https://[::1",
        "https://hub\\evil",
        "https://hub/a b",
        "https://[fe80::1%25eth0]",
    ],
)
def test_what_is_no_address_is_said_in_a_sentence(typed):
    with pytest.raises(BadAddress) as caught:
        normal_address(typed)
    assert str(caught.value).endswith(".")
    assert "secret" not in str(caught.value)


@given(st.text(max_size=40) | st.from_regex(r"(https?://)?[a-z0-9.:\[\]@/-]{0,30}", fullmatch=True))
def test_anything_typed_is_an_address_or_a_sentence(typed):
    try:
        address = normal_address(typed)
    except BadAddress:
        return
    assert normal_address(address) == address
    assert address.startswith("https://") or is_loopback(urlsplit(address).hostname)


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.255.0.3", "::1", "[::1]"])
def test_this_computer_is_known_by_all_its_names(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "hub", "localhost.example", "128.0.0.1", "::2", "127.0.0.1.nip.io"])
def test_nothing_else_is_this_computer(host):
    assert not is_loopback(host)

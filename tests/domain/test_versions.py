from __future__ import annotations

from itertools import pairwise

import pytest

from maintenance_desktop import __version__
from maintenance_desktop.domain.versions import Version, is_newer

IN_ORDER = (
    "0.1.0-alpha",
    "0.1.0-alpha.1",
    "0.1.0-alpha.beta",
    "0.1.0-rc.2",
    "0.1.0-rc.10",
    "0.1.0",
    "0.1.1",
    "0.2.0",
    "0.10.0",
    "1.0.0-rc.1",
    "1.0.0",
)


@pytest.mark.parametrize(("older", "newer"), list(pairwise(IN_ORDER)))
def test_versions_stand_in_their_order(older, newer):
    assert is_newer(newer, older)
    assert not is_newer(older, newer)
    assert Version.read(older) < Version.read(newer)


def test_no_version_is_newer_than_itself():
    assert not any(is_newer(one, one) for one in IN_ORDER)
    assert not is_newer("0.1.0+build.7", "0.1.0")
    assert not is_newer("0.1.0", "0.1.0+build.7")


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.0", "v1.0.0", "1.0.0 ", "01.0.0", "1.0.0-", "1.0.0.0", "１.0.0", "1.0.0\n", "9" * 400],
)
def test_what_is_no_version_is_never_newer(text):
    with pytest.raises(ValueError, match="not a version"):
        Version.read(text)
    assert not is_newer(text, "0.1.0")
    assert not is_newer("0.1.0", text)


def test_our_own_version_is_one():
    assert Version.read(__version__)

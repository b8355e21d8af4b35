from __future__ import annotations

import pytest

from tests.updates.plant import Computer, It
from tests.updates.web import serving


@pytest.fixture(scope="session")
def _feed_with_keys(tmp_path_factory):
    return It(tmp_path_factory.mktemp("it")).begins()


@pytest.fixture
def it(_feed_with_keys, tmp_path):
    """IT with an empty feed."""
    return _feed_with_keys.copied_to(tmp_path / "it")


@pytest.fixture
def computer(tmp_path):
    return Computer(tmp_path / "computer")


@pytest.fixture
def web(it):
    """The same feed on a web server."""
    with serving(it.feed_folder) as server:
        yield server


@pytest.fixture(params=["folder", "web"])
def place(request, it):
    """Where the feed is: a folder, or an address."""
    return it.feed_folder if request.param == "folder" else request.getfixturevalue("web").url

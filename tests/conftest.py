from __future__ import annotations

import pytest

from tests.installed import install_into


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The package as it is installed on a client."""
    return install_into(tmp_path_factory.mktemp("installed"))

from __future__ import annotations

import pytest
from filelock import FileLock

from tests.services.long_queue.patience import SOAK
from tests.services.long_queue.plant import Plant

A_PART = 1 if SOAK else 10
"""The tests that only need a long queue take a tenth of it, and all of it where there is time."""


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def made_plant(tmp_path_factory, worker_id):
    """Makes the plant of that share once for all test processes."""
    root = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        root = root.parent

    def make(share: int) -> Plant:
        folder = root / f"three-days-{share}"
        with FileLock(f"{folder}.lock"):
            return Plant.of(folder) or Plant.make(folder, share=share)

    return make


@pytest.fixture
def whole_plant(made_plant, tmp_path):
    """5,000 changes in three days, to be spoiled."""
    return made_plant(1).copy_to(tmp_path / "plant")


@pytest.fixture
def plant(made_plant, tmp_path):
    """A long queue, to be spoiled."""
    return made_plant(A_PART).copy_to(tmp_path / "plant")

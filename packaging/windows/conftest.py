"""A display, a hub and fresh machines for the tests of the Windows packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from contents.build import ROOT, program_version

from tests.hub_process import HubProcess
from windows.machine import PASSWORD, Machine
from windows.wine import Wine

OLDER = "0.0.9"


@dataclass(frozen=True)
class Packages:
    """What `make installer-windows-test` has built."""

    setup: Path
    older_setup: Path
    msi: Path
    pictures: Path


@pytest.fixture(scope="session")
def packages() -> Packages:
    folder = ROOT / "build" / "windows-test"
    made = Packages(
        folder / f"maintenance-desktop-{program_version()}-setup.exe",
        folder / f"maintenance-desktop-{OLDER}-setup.exe",
        folder / f"maintenance-desktop-{program_version()}.msi",
        folder / "pictures",
    )
    for file in (made.setup, made.older_setup, made.msi):
        assert file.exists(), f"{file} is missing: make installer-windows-test builds it"
    return made


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen in memory, on a number that is free."""
    end, begin = os.pipe()
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(begin), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[begin],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(begin)
        with os.fdopen(end) as stream:
            yield f":{stream.readline().strip()}"
        server.terminate()


@pytest.fixture(scope="session")
def fresh_windows(display: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Windows on which nothing was ever installed; the tests take copies."""
    wine = Wine(tmp_path_factory.mktemp("windows") / "fresh", display)
    wine.make()
    wine.put_stubs()
    wine.stop()
    return wine.prefix


@pytest.fixture(scope="session")
def new_machine(display: str, fresh_windows: Path) -> Iterator[Callable[[str], Machine]]:
    made: list[Machine] = []

    def make(name: str) -> Machine:
        prefix = fresh_windows.with_name(name)
        shutil.copytree(fresh_windows, prefix, symlinks=True, copy_function=_link)
        wine = Wine(prefix, display)
        wine.stay_up()
        made.append(Machine(wine))
        return made[-1]

    yield make
    for machine in made:
        machine.wine.stop()


@pytest.fixture
def machine(new_machine: Callable[[str], Machine], request: pytest.FixtureRequest) -> Iterator[Machine]:
    """A fresh machine for one test."""
    made = new_machine(request.node.name)
    yield made
    made.wine.stop()
    shutil.rmtree(made.wine.prefix)


@pytest.fixture(scope="session")
def used_machine(new_machine: Callable[[str], Machine], packages: Packages) -> Machine:
    """One on which the program was installed, silently and for this user; the tests leave it so."""
    made = new_machine("used")
    assert made.install(packages.setup) == 0
    return made


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubProcess]:
    """A hub with a planner, an asset and a work order."""
    (tmp_path / "assets.csv").write_text("tag,name\nP-101,Feed pump\n")
    (tmp_path / "work-orders.csv").write_text("title,asset_tag\nPump leaks at the seal,P-101\n")
    with HubProcess.start(tmp_path / "hub") as hub:
        hub.add_person("ada", "Ada Lindqvist", "admin", PASSWORD)
        hub.add_person("dana", "Dana Ortiz", "planner", PASSWORD)
        for kind in ("assets", "work-orders"):
            done = hub.run("import", kind, str(tmp_path / f"{kind}.csv"))
            assert done.returncode == 0, done.stdout + done.stderr
        yield hub


def _link(source: str, target: str) -> None:
    """Share a file of Windows, of which there are 700 MB; the registry is what Wine writes into."""
    if source.endswith(".reg"):
        shutil.copy2(source, target)
    else:
        os.link(source, target)

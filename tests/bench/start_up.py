"""From the start of the process to the first painted window, and to a list of any size; the program at rest.

The last is what it holds in memory and how much it works. How large what is installed is comes beside it.

`INSTALLED=/path/to/maintenance-desktop` names the installed program; without it, one that
`make installer-deb` left in `build` is taken, if any.
"""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from maintenance_desktop.demo.demo import Demo
from maintenance_desktop.domain.views import WorkOrderQuery
from tests.bench.hubs import PASSWORD, hub_with
from tests.bench.plant import PLANNER
from tests.bench.profiles import profile_with
from tests.bench.results import Result, interleaved, result
from tests.bench.sizes import SIZES
from tests.hub_process import HubProcess
from tests.installed import NOT_INSTALLED, install_into
from tests.person import Person

_NAME: Final = "maintenance-desktop"
_ROOT: Final = Path(__file__).parents[2]
_BUILT: Final = _ROOT / "build" / "packages" / "tree" / "made" / _NAME / _NAME
_PAINTED: Final = Path(__file__).with_name("painted.py")
_PENDING: Final = 2_000


def run(times: int) -> list[Result]:
    """Everything in turn, each `times` times."""
    installed = _installed()
    with ExitStack() as at_end:
        room = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        source = _Source(room)
        profile, size = _profile(room)
        measures: dict[str, Callable[[], float]] = {
            "bare": lambda: source.starts("bare"),
            "sign-in": lambda: source.starts("--data", str(room / "new")),
            "profile": lambda: source.starts("--data", str(room / "used"), "--profile", str(profile)),
        }
        if installed:
            hub = at_end.enter_context(HubProcess.start(room / "hub"))
            hub.add_person("ada", "Ada Lindqvist", password=PASSWORD)
            measures["installed"] = lambda: _installed_starts(installed, hub, room)
        found = interleaved(times, measures)
    floor = found["bare"]
    name = "start-up to the first painted window"
    results = [
        result(f"{name}: a bare PySide6 window", floor, "ms"),
        result(f"{name}: source, sign-in window", found["sign-in"], "ms", floor=floor),
        result(f"{name}: source, a profile", found["profile"], "ms", n=size, floor=floor),
        result("longest pause of the window in its first second", source.pauses, "ms", n=size),
    ]
    if installed:
        results.append(result(f"{name}: installed, sign-in window", found["installed"], "ms", floor=floor))
        results.append(result("size of the installed program", [_megabytes(installed)], "MB"))
    return [*results, *(one for n in SIZES for one in _with_a_plant(n, times)), *_online()]


def _with_a_plant(n: int, times: int) -> list[Result]:
    """The start until the list has its rows, beside an empty window; then what is held and done at rest."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        source, profile = _Source(room), profile_with(n, room / "plant", pending=_PENDING)
        os.sync()

        def lists() -> float:
            source.starts("--data", str(room / "data"), "--profile", str(profile))
            return source.listed

        found = interleaved(times, {"bare": lambda: source.starts("bare"), "plant": lists})
        rest = _rests(room / "data", "--profile", str(profile))
    if rest["rows"] < n:
        raise RuntimeError(f"the list had {rest['rows']} rows, not {n}")
    beyond = [one - least for one, least in zip(found["plant"], found["bare"], strict=True)]
    return [
        result("start-up to a list with rows", found["plant"], "ms", n=n, floor=found["bare"]),
        result("start-up to a list with rows, beyond a bare window", beyond, "ms", n=n),
        *_resting(rest, n, "offline"),
    ]


def _online() -> list[Result]:
    """At rest beside a server, which is asked to tell when something changes."""
    n = min(100_000, max(SIZES))
    with tempfile.TemporaryDirectory() as folder, HubProcess.start(hub_with(n, Path(folder) / "hub")) as hub:
        person = Person.signs_in(hub.url, PLANNER, Path(folder) / "data", PASSWORD)
        while not person.profile.cache.is_complete():
            person.syncs()
        person.leaves()
        rest = _rests(Path(folder) / "data", "--url", hub.url)
    if not rest["online"]:
        raise RuntimeError("it was not online")
    return _resting(rest, n, "online")


def _resting(rest: dict[str, float], n: int, where: str) -> list[Result]:
    return [
        result(f"memory at rest, {where}", [rest["settled"]], "MB", n=n),
        result(f"memory after scrolling through, {where}", [rest["scrolled"]], "MB", n=n),
        result(f"processor at rest, {where}", [rest["idle"]], "%", n=n),
    ]


def _rests(*arguments: object) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.resting", *map(str, arguments)],
        env=_screen() | {"PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


class _Source:
    """The program from source, as a client has it: without the hub's packages, and with byte code."""

    def __init__(self, room: Path) -> None:
        self._home = install_into(room / "source")
        compileall.compile_dir(self._home, quiet=1)
        (self._home / "sitecustomize.py").write_text(NOT_INSTALLED)
        self.pauses: list[float] = []
        self.listed = 0.0
        """The same for the rows of the list, of the last start."""

    def starts(self, *arguments: str) -> float:
        """Milliseconds from the start of the process to its first painted window."""
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, str(_PAINTED), *arguments],
            env=_screen() | {"PYTHONPATH": str(self._home)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        painted, listed, pause = (float(line) for line in done.stdout.split())
        if "--profile" in arguments:
            self.pauses.append(pause * 1000)
        self.listed = (listed - began) * 1000
        return (painted - began) * 1000


def _profile(room: Path) -> tuple[Path, int]:
    """A profile with the whole demo plant in it, and how many work orders that is."""
    demo = Demo(room / "demo")
    try:
        person = Person.signs_in(demo.url, demo.username, room / "used", demo.password)
        while not person.profile.cache.is_complete():
            person.syncs()
        size = person.reader.count_work_orders(WorkOrderQuery())
        person.leaves()
    finally:
        demo.stop()
    return person.profile.path, size


def _installed() -> Path | None:
    named = os.environ.get("INSTALLED")
    return Path(named) if named else _BUILT if _BUILT.exists() else None


def _installed_starts(program: Path, hub: HubProcess, room: Path) -> float:
    """It tells by itself, in its smoke test, when its first window was painted."""
    with tempfile.TemporaryDirectory(dir=room) as data:
        job, report = Path(data, "job.json"), Path(data, "report.json")
        content = {
            "server": hub.url,
            "username": "ada",
            "password": PASSWORD,
            "title": "Started",
            "report": str(report),
            "started": time.time(),
        }
        job.write_text(json.dumps(content))
        command = [str(program), "--data", data, "--smoke-test", str(job)]
        done = subprocess.run(
            command, env=_screen(), capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode:
            raise RuntimeError(report.read_text() if report.exists() else done.stderr)
        return float(json.loads(report.read_text())["first_paint_ms"])


def _screen() -> dict[str, str]:
    """The environment of a program under test: on the screen there is, or on one in memory."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if not {"DISPLAY", "WAYLAND_DISPLAY"} & environment.keys() and sys.platform == "linux":
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def _megabytes(program: Path) -> float:
    """All files of the folder that the program is in."""
    folder = program.resolve().parent
    return sum(one.lstat().st_size for one in folder.rglob("*") if not one.is_dir()) / 1e6

"""First downloads: the file that the hub keeps ready, the lines of any other server, and a plant's Wi-Fi."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.bench.hubs import PASSWORD, hub_with
from tests.bench.plant import PLANNER
from tests.bench.results import Result, interleaved, result
from tests.bench.sizes import SIZES, runs_at
from tests.bench.wifi import Link, Wifi
from tests.hub_process import HubProcess

_LAYOUT: Final = 2


def as_files(runs: int) -> list[Result]:
    """Each size; the air is measured at the size a plant with Wi-Fi has."""
    return _each_size(_by_file, runs)


def as_lines(runs: int) -> list[Result]:
    """From a hub that makes no files."""
    return _each_size(_by_lines, runs)


def _each_size(measure: Callable[[Path, int, int], list[Result]], runs: int) -> list[Result]:
    results: list[Result] = []
    for n in SIZES:
        with tempfile.TemporaryDirectory() as room:
            results += measure(Path(room), n, runs_at(n, runs))
    return results


def _by_file(room: Path, n: int, runs: int) -> list[Result]:
    hub = HubProcess.start(hub_with(n, room / "hub"))
    try:
        packed = room / "packed"
        _fetch(hub.url, f"/v1/snapshot?schema={_LAYOUT}", packed, until_ready=True)
        found = _beside(room, runs, {"program": hub.url, "file": Plain(packed)})
        results = _results("first download as a file", n, found["program"], found["file"])
        if n == 100_000:
            results.append(_over_the_air(room, hub.url, packed.stat().st_size, n))
        return results
    finally:
        hub.stop()


def _over_the_air(room: Path, url: str, size: int, n: int) -> Result:
    """20 Mbit/s, 40 ms, 1 % lost, cut twice; the least is what the air alone needs for the bytes."""
    link = Link(cuts=(size // 3, 2 * size // 3))
    with Wifi.start(urlsplit(url).port or 0, link) as through:
        took = [_downloads("program", through.url, room)["seconds"]]
    return result("first download over Wi-Fi", took, "s", n=n, floor=[size * 8 / link.bandwidth])


def _by_lines(room: Path, n: int, runs: int) -> list[Result]:
    hub = HubProcess(hub_with(n, room / "hub"), None)
    hub.start_again(0, "--snapshots", "no")
    try:
        recorded = room / "lines"
        _record(hub.url, recorded)
        found = _beside(room, runs, {"program": hub.url, "lines": Plain(recorded)})
    finally:
        hub.stop()
    ours = found["program"]
    return [
        *_results("first download as lines", n, ours, found["lines"]),
        result("unfinished work is there", [one["first"] for one in ours], "s", n=n),
    ]


def _results(name: str, n: int, ours: list[dict[str, float]], floor: list[dict[str, float]]) -> list[Result]:
    for one in (*ours, *floor):
        if one["count"] != n:
            raise RuntimeError(f"{name}: {one['count']} work orders came, not {n}")
    return [
        result(name, [one["seconds"] for one in ours], "s", n=n, floor=[one["seconds"] for one in floor]),
        result(
            f"{name}: memory",
            [one["megabytes"] for one in ours],
            "MB",
            n=n,
            floor=[one["megabytes"] for one in floor],
        ),
    ]


def _beside(room: Path, runs: int, what: dict[str, str | Plain]) -> dict[str, list[dict[str, float]]]:
    found: dict[str, list[dict[str, float]]] = {how: [] for how in what}

    def measure(how: str, where: str | Plain) -> float:
        address = where if isinstance(where, str) else where.address
        found[how].append(_downloads(how, address, room))
        return 0.0

    interleaved(runs, {how: lambda how=how, where=where: measure(how, where) for how, where in what.items()})
    return {how: some[1:] for how, some in found.items()}


def _downloads(how: str, where: str, room: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=room) as folder:
        os.sync()  # what was prepared is not to be written while this is measured
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.downloading", how, where, folder],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )
    if done.returncode:
        raise RuntimeError(done.stderr)
    if os.environ.get("BENCH_PROFILE"):
        print(f"{how}\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


class Plain:
    """Gives the bytes of a file to whoever connects, and nothing else: what no server can be faster than."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection, self._path.open("rb") as file:
                connection.sendfile(file)


def _fetch(url: str, path: str, into: Path, *, until_ready: bool) -> None:
    """The body of one answer. The hub makes its file in the background after it has started."""
    with _signed_in(url) as (connection, token):
        while True:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            if answer.status == 200:
                with into.open("wb") as file:
                    shutil.copyfileobj(answer, file, 1 << 20)
                return
            answer.read()
            if not until_ready:
                raise RuntimeError(f"{path}: {answer.status}")
            time.sleep(1)  # noqa: TID251 - nobody tells when it is ready


def _record(url: str, into: Path) -> None:
    """All lines of a whole download as one stream, without the cursors in between."""
    with _signed_in(url) as (connection, token), into.open("wb") as file:
        query, more = "?limit=5000", True
        while more:
            connection.request("GET", f"/v1/changes{query}", headers={"Authorization": f"Bearer {token}"})
            first, *lines = connection.getresponse().read().splitlines(keepends=True)
            end = json.loads(lines.pop())
            file.writelines([first, *lines] if query == "?limit=5000" else lines)
            more, query = end["more"], f"?limit=5000&since={end['cursor']}"
        file.write(b'{"cursor":"end","more":false}\n')


@contextmanager
def _signed_in(url: str) -> Iterator[tuple[http.client.HTTPConnection, str]]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    try:
        body: dict[str, Any] = {"username": PLANNER, "password": PASSWORD, "device": {"id": "", "name": ""}}
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/sessions", json.dumps(body), headers)
        yield connection, json.loads(connection.getresponse().read())["token"]
    finally:
        connection.close()

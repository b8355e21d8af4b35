"""A machine with Windows, played by Wine, on which the tests install and use the packages."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from PIL import Image, ImageGrab

from windows.launchers import CLI, DESKTOP
from windows.wine import Wine

PATIENCE_S: Final = 60
PASSWORD: Final = "correct horse"
KEY: Final = r"Software\maintenance-desktop"
APPS_ENTRY: Final = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\maintenance-desktop"
_LOOK_EVERY_S: Final = 0.1
_STILL_FOR: Final = 4
"""So many looks in a row find the same on a screen that has stopped changing."""

_FEW_COLORS: Final = 32
"""A screen with fewer has no window with text on it."""

_VALUE: Final = re.compile(r"^    (.+?)    REG_\w+    (.*)$", re.MULTILINE)


class Hub(Protocol):
    """What the tests need of `tests.hub_process.HubProcess`."""

    url: str

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]: ...


def until(is_so: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        pause.wait(_LOOK_EVERY_S)


def titles_on(hub: Hub, folder: Path) -> set[str]:
    """The titles of all work orders on a hub."""
    file = folder / "work-orders.csv"
    done = hub.run("export", "work-orders", str(file))
    assert done.returncode == 0, done.stderr
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return {row["title"] for row in csv.DictReader(stream)}


class Machine:
    """Wine with one person in front of it."""

    def __init__(self, wine: Wine) -> None:
        self.wine = wine
        self.drive = wine.windows_path("")
        (self.home,) = (path for path in (self.drive / "users").iterdir() if path.name != "Public")
        self.local = self.home / "AppData" / "Local"
        self.program = self.local / "Programs" / "Maintenance Desktop"
        self.link = (
            self.home / "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Maintenance Desktop.lnk"
        )

    def run(
        self, *words: str | Path, stdin: str = "", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return self.wine.run(*words, stdin=stdin, environment=environment)

    def install(self, setup: Path, *switches: str) -> int:
        """Run a program made by NSIS silently; its exit code. `/D=` and `_?=` come last and in one piece.

        They are given word by word, since NSIS wants them without the quotes that Wine would put around them.
        """
        words = [word for switch in switches for word in switch.split(" ")]
        return self.run(setup, "/S", *words).returncode

    def waiting(self) -> str:
        """The switch with which the uninstaller does the work itself and not in a copy of itself."""
        return f"_?={self.windows_name(self.program)}"

    def uninstall(self, folder: Path | None = None) -> None:
        """Remove the program silently; the uninstaller ends before its copy has done the work."""
        program = folder or self.program
        assert self.run(program / "uninstall.exe", "/S").returncode == 0
        until(lambda: not (program / DESKTOP.file).exists(), "the program is gone")
        until(lambda: not self.values(f"HKCU\\{KEY}"), "the registry is clean")

    def values(self, key: str) -> dict[str, str]:
        """The values of a key of the registry; none where there is no such key."""
        return dict(_VALUE.findall(self.run("reg", "query", key).stdout))

    def windows_name(self, path: Path) -> str:
        """What a file on the drive is called there."""
        return "C:\\" + str(path.relative_to(self.drive)).replace("/", "\\")

    def cli(
        self, data: Path, *words: str, stdin: str = "", program: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The command line on the profile that was made in `data`."""
        (work,) = data.rglob("work.db")
        profile = ("--profile", self.windows_name(work.parent))
        return self.run((program or self.program) / CLI.file, *profile, *words, stdin=stdin)

    def smoke(
        self, hub: Hub, title: str, data: Path, *, platform: str = "offscreen", program: Path | None = None
    ) -> dict[str, Any]:
        """Let the installed program sign in, create a work order, send it and quit; its report."""
        report = self.drive / "report.json"
        report.unlink(missing_ok=True)
        content = {
            "server": hub.url,
            "username": "dana",
            "password": PASSWORD,
            "title": title,
            "report": self.windows_name(report),
            "started": time.time(),
        }
        job = self.drive / "job.json"
        job.write_text(json.dumps(content))
        done = self.run(
            (program or self.program) / DESKTOP.file,
            "--data",
            self.windows_name(data),
            "--smoke-test",
            self.windows_name(job),
            environment=_on(platform),
        )
        assert report.exists(), f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
        found: dict[str, Any] = json.loads(report.read_text())
        assert (done.returncode, found["ok"]) == (0, True), found
        return found

    @contextmanager
    def running(self, data: Path) -> Iterator[subprocess.Popen[str]]:
        """The program with its window open; closed at the end as a person closes it."""
        process = self.wine.start(
            self.program / DESKTOP.file, "--data", self.windows_name(data), environment=_on("windows")
        )
        try:
            until(lambda: self.windows("Dana Ortiz"), "the window is open")
            yield process
            self.run("taskkill", "/im", DESKTOP.file)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
            process.communicate()

    def windows(self, title: str) -> list[str]:
        """The windows on the screen with that in their title."""
        return self._xdotool("search", "--onlyvisible", "--name", title).split()

    def press(self, *keys: str) -> None:
        self._xdotool("key", *keys)

    def picture(self, file: Path) -> None:
        """Take a picture of the screen once there is something on it and it has stopped changing."""
        shots: deque[Image.Image] = deque(maxlen=_STILL_FOR)

        def is_still() -> bool:
            shots.append(ImageGrab.grab(xdisplay=self.wine.environment["DISPLAY"]))
            is_empty = shots[-1].getcolors(_FEW_COLORS) is not None
            return not is_empty and len(shots) == _STILL_FOR and len({one.tobytes() for one in shots}) == 1

        until(is_still, "the screen is still")
        file.parent.mkdir(parents=True, exist_ok=True)
        shots[-1].save(file)

    def _xdotool(self, *words: str) -> str:
        command = ["xdotool", *words]
        return subprocess.run(
            command, env=self.wine.environment, capture_output=True, text=True, check=False, timeout=30
        ).stdout


def _on(platform: str) -> dict[str, str]:
    """The environment for a platform plug-in of Qt; Wine itself takes the first four letters away."""
    return {"WINEQT_QPA_PLATFORM": platform}


def content_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Each file's size and time: what an installer or a program has touched, shows."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

"""Wine: runs Windows programs here, to compile byte code and to try the installers."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contents.build import BuildTrouble

_OVERRIDES: Final = {
    "mscms": "n",  # WORKAROUND: wine 8 stops in WcsCreateIccProfile; `put_stubs` has another
    "wbemprox": "",  # WORKAROUND: wine 8 stops when Python asks WMI for the version of Windows
    "winedbg.exe": "d",  # hangs for minutes after a crash
    "winemenubuilder.exe": "d",  # would put our entry into the menu of who runs this
    "mscoree": "",  # offers to download .NET
    "mshtml": "",  # offers to download a browser
}
_STUBS: Final = Path(__file__).parent / "wine"


class Wine:
    """A Windows of our own in a folder. `display` is the X display of its windows, if there is any."""

    def __init__(self, prefix: Path, display: str = "") -> None:
        self.prefix = prefix
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("WINE", "QT_"))},
            "WINEPREFIX": str(prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": ";".join(f"{name}={how}" for name, how in _OVERRIDES.items()),
            "LC_ALL": "C.UTF-8",  # else letters beyond ASCII are lost in arguments
            "DISPLAY": display,
        }
        self.environment.pop("WAYLAND_DISPLAY", None)
        self._started: list[subprocess.Popen[str]] = []

    def make(self) -> None:
        """Set it up, unless it is; it says that it is Windows 10."""
        made = self.prefix / "made.txt"
        if made.exists():
            return
        self.prefix.mkdir(parents=True, exist_ok=True)
        self.run("wineboot", "-i")
        self.run("winecfg", "/v", "win10")
        for folder in self.windows_path("users").glob("*/*"):
            if folder.is_symlink():  # Desktop, Documents, …: those of who runs this
                folder.unlink()
                folder.mkdir()
        made.write_text("This folder can be made again at any time.\n")

    def stay_up(self) -> None:
        """Keep its services running between two programs: starting them takes seconds, each time.

        They inherit the pipes of the program that needs them first, so it is one that nobody waits for.
        """
        idler = self.start("cmd")
        assert idler.stdin is not None
        assert idler.stdout is not None
        idler.stdin.write("echo ready\n")
        idler.stdin.flush()
        while not idler.stdout.readline().endswith("ready\n"):
            pass
        self.start("rundll32", "user32.dll,GetDesktopWindow").wait(60)  # so that the desktop is up, too

    def put_stubs(self) -> None:
        """Give it the two libraries of Windows 10 that Qt loads and wine 8 does not have."""
        for source in sorted(_STUBS.glob("*.c")):
            library = self.windows_path("windows/system32") / f"{source.stem}.dll"
            command = ["x86_64-w64-mingw32-gcc", "-shared", "-O1", "-s", "-o", library, source]
            subprocess.run(list(map(str, command)), check=True, timeout=60)

    def windows_path(self, name: str) -> Path:
        """A file on its drive C, as we see it."""
        return self.prefix / "drive_c" / name

    def run(
        self,
        *words: str | Path,
        folder: Path | None = None,
        stdin: str = "",
        timeout: float = 120,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end.

        WORKAROUND: all three standard handles are pipes, because Python under wine 8 takes no others.
        """
        with self.start(*words, folder=folder, environment=environment) as process:
            try:
                out, err = process.communicate(stdin, timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                self.stop()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def start(
        self,
        *words: str | Path,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start a program and go on; `stop` ends it at the latest."""
        if not shutil.which("wine"):
            raise BuildTrouble("wine is not installed; `python3 packaging/set_up.py package` brings it.")
        process = subprocess.Popen(
            ["wine", *map(str, words)],
            cwd=folder,
            env={**self.environment, **(environment or {})},
            encoding="utf-8",
            errors="replace",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._started.append(process)
        return process

    def stop(self) -> None:
        """End every program in it."""
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False, timeout=30)
        subprocess.run(["wineserver", "-w"], env=self.environment, check=False, timeout=30)
        for process in self._started:
            for pipe in (process.stdin, process.stdout, process.stderr):
                with contextlib.suppress(BrokenPipeError):
                    if pipe:
                        pipe.close()
            process.wait()
        self._started.clear()

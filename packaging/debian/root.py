"""A clean Debian that a person works in, for tests of windows: layers over `contents.clean_root`.

A layer is an overlay: each test has the installed program to itself without installing it. Never mount this
machine's /dev into such a root: debootstrap makes the device nodes it needs.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from contents.build import CACHE, BuildTrouble, run
from contents.clean_root import root_image

PERSON: Final = "zoe"
HOME: Final = "/home/Zoë Größe"
"""Of the person who uses the root: programs must not mind blanks and letters beyond ASCII."""

_PLACE: Final = CACHE / "roots"
_IDS: Final = "1000:1000"
_PATH: Final = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
_APT: Final = (
    "apt-get", "-qq", "--yes", "--no-install-recommends",
    "-o", "APT::Keep-Downloaded-Packages=1", "-o", "Dpkg::Options::=--force-unsafe-io",
)  # fmt: skip
"""Nothing in a root outlives a power cut anyway: dpkg need not wait for the disk."""


class TrialRoot:
    """A layer over older layers; what happens in it is gone when it is closed.

    `keep` leaves the layer's files, so that another root can stand on `layers`.
    """

    def __init__(self, suite: str, layers: Sequence[Path] = ()) -> None:
        self.suite = suite
        self._below = tuple(layers) or (_base(suite),)
        self._folder = Path(tempfile.mkdtemp(prefix=f"root-{suite}-"))
        # in memory, which is quick and forgotten by being unmounted: nothing on disk is ever removed
        run(["mount", "-t", "tmpfs", "-o", "size=4G,mode=755", "tmpfs", self._folder], quiet=True)
        self._started: list[subprocess.Popen[str]] = []
        self.path = self._folder / "root"
        for name in ("root", "own", "work"):
            (self._folder / name).mkdir()
        below = ":".join(map(str, self._below))
        options = f"lowerdir={below},upperdir={self._folder / 'own'},workdir={self._folder / 'work'}"
        run(["mount", "-t", "overlay", "-o", options, "overlay", self.path], quiet=True)
        run(["mount", "-t", "proc", "proc", self.path / "proc"], quiet=True)
        self._mounts = [self.path / "proc", self.path]

    @property
    def layers(self) -> tuple[Path, ...]:
        """What another root can stand on once this one is unmounted."""
        return (self._folder / "own", *self._below)

    @property
    def home(self) -> Path:
        """The person's home, as seen from outside."""
        return self.path / HOME.lstrip("/")

    def run(self, *command: str, as_root: bool = False, is_checked: bool = True, **more: str) -> str:
        """Run a command inside to its end; what it printed. `more` is its environment's."""
        done = subprocess.run(
            self._inside(command, as_root, more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=300,
            check=False,
        )
        if is_checked and done.returncode:
            raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-4000:]}")
        return done.stdout

    def status(self, *command: str, **more: str) -> int:
        """The exit code of a person's command."""
        words = self._inside(command, as_root=False, more=more)
        return subprocess.run(words, stdin=subprocess.DEVNULL, timeout=300, check=False).returncode

    def start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        """Start a person's program inside; it is ended with the root at the latest."""
        words = self._inside(command, as_root=False, more=more)
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, text=True)
        self._started.append(process)
        return process

    def install(self, *packages: str) -> None:
        """Install packages by name, or a file by its path outside."""
        named = [self._put(Path(one)) if one.endswith(".deb") else one for one in packages]
        archives = self.path / "var" / "cache" / "apt" / "archives"
        known = _PLACE / f"archives-{self.suite}"
        known.mkdir(parents=True, exist_ok=True)
        _copy_new(known.glob("*.deb"), archives)
        self.run(*_APT, "install", "--allow-downgrades", *named, as_root=True)
        _copy_new(archives.glob("*.deb"), known)
        shutil.rmtree(self.path / "var" / "tmp" / "put", ignore_errors=True)

    def reach(self, socket: Path) -> None:
        """Make one socket of this machine, like that of a screen, reachable inside at the same path."""
        place = self.path / socket.relative_to("/")
        place.parent.mkdir(exist_ok=True)
        place.touch()
        run(["mount", "--bind", socket, place], quiet=True)
        self._mounts.insert(0, place)

    def version_of(self, package: str) -> str:
        """The installed version; empty when it is not installed."""
        query = ("dpkg-query", "-W", "-f=${db:Status-Status} ${Version}", package)
        said = self.run(*query, as_root=True, is_checked=False)
        return said.removeprefix("installed ") if said.startswith("installed ") else ""

    def unmount(self) -> None:
        """End what runs inside and take the mounts away; the files of this layer stay."""
        for number in self._inhabitants():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        for process in self._started:
            process.wait()
        while self._mounts:
            mounted = self._mounts[0]
            wait_until(functools.partial(_is_unmounted, mounted), f"{mounted} is no longer in use")
            self._mounts.pop(0)

    def close(self) -> None:
        """Unmount, and forget the files of this layer."""
        self.unmount()
        wait_until(functools.partial(_is_unmounted, self._folder), f"{self._folder} is no longer in use")
        self._folder.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _inhabitants(self) -> Iterator[int]:
        """What still runs inside: nobody but this root's user started it."""
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "root").readlink() == self.path:
                    yield int(process.name)

    def _inside(self, command: Sequence[str], as_root: bool, more: Mapping[str, str]) -> list[str]:
        who = [] if as_root else [f"--userspec={_IDS}", "--groups=1000"]
        environment = {
            "HOME": "/root" if as_root else HOME,
            "PATH": _PATH,
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **more,
        }
        words = [f"{name}={value}" for name, value in environment.items()]
        return ["chroot", *who, str(self.path), "env", "-i", *words, *command]

    def _put(self, file: Path) -> str:
        place = self.path / "var" / "tmp" / "put"
        place.mkdir(exist_ok=True)
        shutil.copyfile(file, place / file.name)
        return f"/var/tmp/put/{file.name}"


def wait_until(is_so: Callable[[], object], what: str, patience_s: float = 30) -> None:
    """Look again and again until it is so. Raises AssertionError after the deadline."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"This did not happen within {patience_s:.0f} s: {what}.")
        time.sleep(0.05)  # noqa: TID251 - the one place that waits between two looks


def _base(suite: str) -> Path:
    """The bare suite, unpacked, with one person in it; made anew when its image is."""
    if os.geteuid():
        raise BuildTrouble("Only root can make a clean root for tests.")
    image = root_image(suite, ())
    base = _PLACE / f"{suite}-{image.stat().st_mtime_ns}"
    if base.exists():
        return base
    for older in _PLACE.glob(f"{suite}-[0-9]*"):
        run(["rm", "-rf", "--one-file-system", older], quiet=True)
    root = Path(tempfile.mkdtemp(prefix=f"{suite}-making-", dir=_PLACE))
    run(["tar", "--extract", "--numeric-owner", "--file", image, "--directory", root], quiet=True)
    with (root / "etc" / "passwd").open("a", encoding="utf-8") as people:
        people.write(f"{PERSON}:x:{_IDS}::{HOME}:/bin/sh\n")
    with (root / "etc" / "group").open("a", encoding="utf-8") as groups:
        groups.write(f"{PERSON}:x:1000:\n")
    home = root / HOME.lstrip("/")
    home.mkdir()
    os.chown(home, 1000, 1000)
    root.chmod(0o755)
    try:
        return root.rename(base)
    except OSError:  # another worker was faster
        run(["rm", "-rf", "--one-file-system", root], quiet=True)
        return base


def _copy_new(files: Iterable[Path], place: Path) -> None:
    for file in files:
        if not (place / file.name).exists():
            unfinished = place / f"{file.name}.{os.getpid()}"
            shutil.copyfile(file, unfinished)
            unfinished.replace(place / file.name)


def _is_unmounted(place: Path) -> bool:
    return subprocess.run(["umount", place], stderr=subprocess.DEVNULL, check=False).returncode == 0

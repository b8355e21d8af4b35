"""A freshly installed Debian in a folder, to install a package in and try it.

Nothing of this machine is in it but its /proc: debootstrap makes the device nodes that are needed. Taking
such a folder away with the machine's own /dev mounted in it would delete the machine's devices.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from contents.build import CACHE, BuildTrouble, run

_FRESH: Final = 7 * 24 * 3600
"""Seconds after which a kept system knows packages that the mirror may not have any more."""

_MOUNTS: Final = Path("/proc/mounts")
_ENVIRONMENT: Final = {
    "HOME": "/root",
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}


class CleanRoot:
    """The system in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(
        self,
        *command: str,
        environment: Mapping[str, str] | None = None,
        stdin: str = "",
        may_fail: bool = False,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program in there as root. Raises BuildTrouble when it fails, unless it may."""
        done = subprocess.run(
            self.command(*command),
            env={**_ENVIRONMENT, **(environment or {})},
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode and not may_fail:
            said = f"{done.stdout}{done.stderr}"[-4000:]
            raise BuildTrouble(f"{' '.join(command)} failed in the clean system ({done.returncode}):\n{said}")
        return done

    def start(self, *command: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a program in there. Whoever starts it ends it."""
        return subprocess.Popen(
            self.command(*command),
            env={**_ENVIRONMENT, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *command: str) -> list[str]:
        """What to run out here, so that `command` runs in there."""
        return ["chroot", str(self.folder), *command]

    def put(self, file: Path) -> str:
        """Copy a file in. The answer is its path in there."""
        shutil.copy(file, self.folder / "var" / "tmp" / file.name)
        return f"/var/tmp/{file.name}"

    def install(self, *packages: str) -> str:
        """Install Debian packages, or files that `put` brought. The answer is what apt said."""
        done = self.run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages)
        return done.stdout + done.stderr

    def path(self, inside: str) -> Path:
        """Where the file that is called `inside` in there lies out here."""
        return self.folder / inside.lstrip("/")


@contextmanager
def clean_root(suite: str, *, packages: tuple[str, ...] = ()) -> Iterator[CleanRoot]:
    """A minimal system of that Debian suite, with `packages` besides. It is gone afterwards.

    The system is made once and kept in the cache, since that takes a minute.
    """
    image = root_image(suite, packages)
    folder = Path(tempfile.mkdtemp(prefix=f"clean-{suite}-", dir="/var/tmp"))
    try:
        run(["tar", "--extract", "--numeric-owner", "--file", image, "--directory", folder], quiet=True)
        with _with_proc(folder):
            yield CleanRoot(folder)
    finally:
        _take_away(folder)


def root_image(suite: str, packages: tuple[str, ...]) -> Path:
    """The tar file of such a system, from the cache or newly made."""
    image = CACHE / "roots" / ("-".join([suite, *packages]) + ".tar")
    if image.exists() and time.time() - image.stat().st_mtime < _FRESH:
        return image
    if packages:
        with clean_root(suite) as root:
            root.install(*packages)
            root.run("apt-get", "clean")
            _pack(root.folder, image)
        return image
    folder = Path(tempfile.mkdtemp(prefix=f"making-{suite}-", dir="/var/tmp"))
    try:
        run(["debootstrap", "--variant=minbase", suite, folder, _mirror()])
        # what the machine needs to reach the mirror, the clean system needs as well
        shutil.copy("/etc/resolv.conf", folder / "etc" / "resolv.conf")
        with _with_proc(folder):
            CleanRoot(folder).run("apt-get", "update", "--quiet")
        _pack(folder, image)
    finally:
        _take_away(folder)
    return image


def _pack(folder: Path, image: Path) -> None:
    """Keep a system. Two who make the same one at the same time do not disturb each other."""
    image.parent.mkdir(parents=True, exist_ok=True)
    unfinished = image.with_name(f"{image.name}.{os.getpid()}")
    pack: list[str | Path] = ["tar", "--create", "--numeric-owner", "--one-file-system"]
    run([*pack, "--file", unfinished, "--directory", folder, "."])
    unfinished.replace(image)


def _mirror() -> str:
    """Where this machine has its own Debian packages from."""
    said = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(ORIGIN)"], quiet=True)
    for line in said.splitlines():
        address, release, origin = (*line.split(), "", "", "")[:3]
        if origin == "Debian" and "security" not in address and "-" not in release:
            return address
    raise BuildTrouble("This machine's apt has no Debian mirror to make a clean system from.")


@contextmanager
def _with_proc(folder: Path) -> Iterator[None]:
    folder.chmod(0o755)
    run(["mount", "-t", "proc", "proc", folder / "proc"], quiet=True)
    try:
        yield
    finally:
        run(["umount", "--lazy", folder / "proc"], quiet=True)


def _take_away(folder: Path) -> None:
    if f" {folder}/" in _MOUNTS.read_text():
        raise BuildTrouble(f"Something is still mounted below {folder}: it is left as it is.")
    run(["rm", "-rf", "--one-file-system", folder], quiet=True)

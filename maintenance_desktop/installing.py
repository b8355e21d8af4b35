"""Putting a newer program in the place of this one, after everything is saved and closed."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from maintenance_desktop import disk
from maintenance_desktop.domain.updates import Kind, Reason, UpdateTrouble
from maintenance_desktop.installation import Surroundings

PREVIOUS: Final = ".previous"
"""What the name of the replaced AppImage ends in."""

_WINDOWS_LINE: Final = (
    # `set /p` waits until this program is gone: only then does its end of the pipe close
    'set /p "gone=" & start "" /wait "%MAINTENANCE_SETUP%" /S /CurrentUser & start "" "%MAINTENANCE_PROGRAM%"'
)
_OF_THE_APPIMAGE: Final = ("APPDIR", "APPIMAGE", "ARGV0", "OWD")


@dataclass(frozen=True)
class Start:
    """A program to start, which goes on when this one has ended.

    `until_gone` keeps a pipe to it open until then.
    """

    command: str | Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    until_gone: bool = False


Starter = Callable[[Start], None]
"""Starts a program. Raises OSError."""


class Installer:
    """Installs a verified file as this kind of installation does, and starts the program again."""

    def __init__(
        self,
        kind: Kind,
        seen: Surroundings,
        arguments: Sequence[str],
        start: Starter | None = None,
    ) -> None:
        """`arguments` are those that this program was started with."""
        self._kind = kind
        self._seen = seen
        self._arguments = tuple(arguments)
        self._start = start or start_detached

    def install(self, file: Path, verify: Callable[[Path], None]) -> None:
        """Begin. `verify` is asked about the very file that will be run. Raises UpdateTrouble."""
        try:
            match self._kind:
                case Kind.WINDOWS_USER:
                    self._start(self._setup(file))
                case Kind.APPIMAGE if self._seen.appimage is not None:
                    self._replace_appimage(self._seen.appimage, file, verify)
                    self.start_again()
                case Kind.MACOS:
                    self._start(Start(["/usr/bin/open", str(file)], file.parent, self._environment()))
                case _:
                    raise UpdateTrouble(Reason.NOT_INSTALLED, f"{self._kind} is not installed by itself")
        except OSError as error:
            raise UpdateTrouble(Reason.NOT_INSTALLED, str(error)) from error

    def start_again(self) -> None:
        """Start the program that is installed. Raises OSError."""
        program = self._seen.appimage or self._seen.executable
        command = [str(program), *self._arguments]
        self._start(Start(command, Path.home(), self._environment()))

    def _setup(self, file: Path) -> Start:
        # the names go through the environment, where nothing in them can be taken for a command
        names = {"MAINTENANCE_SETUP": str(file), "MAINTENANCE_PROGRAM": str(self._seen.executable)}
        line = _WINDOWS_LINE
        if self._arguments:
            names["MAINTENANCE_ARGUMENTS"] = " ".join(f'"{one}"' for one in self._arguments)
            line += " %MAINTENANCE_ARGUMENTS%"
        shell = self._seen.environment.get("COMSPEC", "cmd.exe")
        command = f'"{shell}" /d /s /c "{line}"'
        return Start(command, file.parent, {**self._environment(), **names}, until_gone=True)

    def _replace_appimage(self, old: Path, file: Path, verify: Callable[[Path], None]) -> None:
        new, previous, before = (old.with_name(old.name + end) for end in (".new", PREVIOUS, ".before"))
        try:
            shutil.copyfile(file, new)
            verify(new)
            new.chmod(old.stat().st_mode | 0o100)
            before.unlink(missing_ok=True)
            try:
                os.link(old, before)  # under both names for a moment: there is always one to start
            except OSError:
                shutil.copy2(old, before)  # a file system without links
            disk.replace_file(before, previous)
            disk.replace_file(new, old)
        except BaseException:
            for left in (new, before):
                with contextlib.suppress(OSError):
                    left.unlink(missing_ok=True)
            raise

    def _environment(self) -> dict[str, str]:
        """What the system gave us, without what belongs to this copy of the program."""
        seen = dict(self._seen.environment)
        for name in _OF_THE_APPIMAGE if self._seen.appimage else ():
            seen.pop(name, None)
        if "LD_LIBRARY_PATH_ORIG" in seen:
            seen["LD_LIBRARY_PATH"] = seen.pop("LD_LIBRARY_PATH_ORIG")
        if self._seen.is_frozen:
            seen["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
        return seen


def start_detached(start: Start) -> None:
    """Start a program that outlives this one. Raises OSError."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        import ctypes  # most programs never need it

        ctypes.windll.kernel32.SetDllDirectoryW(None)  # it would look for its libraries among ours
    # the end of a pipe that is ours is never closed: that is how it learns that this program is gone
    waits_on, _kept_open = os.pipe() if start.until_gone else (subprocess.DEVNULL, -1)
    try:
        process = subprocess.Popen(
            start.command,
            cwd=start.folder,
            env=dict(start.environment),
            stdin=waits_on,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            creationflags=flags,
        )
    finally:
        if start.until_gone:
            os.close(waits_on)
    process.returncode = 0  # nobody here will ever ask, and Python warns of a process that is left behind

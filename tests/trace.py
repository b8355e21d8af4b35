"""What a program has on the disk at each of its system calls, read from what `strace` saw of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]

_NAMES = ("openat", "?open", "?creat", "?mkdir", "mkdirat", "?rename", "?renameat", "renameat2", "?unlink",
          "unlinkat", "ftruncate", "write", "writev", "pwrite64", "pwritev", "sendto", "sendmsg", "fsync",
          "fdatasync")  # fmt: skip
_STRACE = ["strace", "-f", "-y", "-qq", "-s", "8192", "--seccomp-bpf", "-e", "signal=none",
           "-e", f"trace={','.join(_NAMES)}"]  # fmt: skip
_WHOLE = re.compile(r"(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<(.*?)>)?(?: E[A-Z]+ \(.*\))?$")
_BEGIN = re.compile(r"(\d+) +(\w+\(.*) <unfinished \.\.\.>$")
_END = re.compile(r"(\d+) +<\.\.\. \w+ resumed>(.*)$")
_NAMED = re.compile(r'(?:\w+<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
_OPEN_FILE = re.compile(r"\d+<([^>]*)>")


@dataclass(frozen=True)
class Call:
    """One system call that succeeded. `begin` and `end` are places in the trace: others may lie between."""

    process: int
    name: str
    arguments: str
    path: str
    """Of the open file, or of the one that is named; of a rename where it leads to."""
    old_path: str
    begin: int
    end: int

    @property
    def is_write(self) -> bool:
        return self.name in ("write", "writev", "pwrite64", "pwritev", "ftruncate")

    @property
    def is_rename(self) -> bool:
        return self.name.startswith("rename")

    @property
    def is_sync(self) -> bool:
        return self.name in ("fsync", "fdatasync")

    def said(self, words: str) -> bool:
        """Whether this writes a line of the program's own to its standard output."""
        return self.name == "write" and self.arguments.startswith("1<") and f'"{words}' in self.arguments

    def sent(self, words: str) -> bool:
        """Whether this sends something that begins so to a socket."""
        return "<socket:" in self.arguments.split(",")[0] and f'"{words}' in self.arguments


@dataclass(frozen=True)
class Moment:
    """A call, and what a power cut right before it would take: contents of files, and names in folders."""

    call: Call
    contents: frozenset[str]
    names: frozenset[str]

    @property
    def at_risk(self) -> set[str]:
        """Everything, by path; SQLite makes the content of `-shm` again, and a lock has none."""
        return {path for path in self.contents | self.names if not path.endswith(("-shm", ".lock"))}

    def would_lose(self, path: Path) -> set[str]:
        """What of a file, its journal and the names that lead there would be gone."""
        ways = {str(folder) for folder in path.parents}
        return {one for one in self.at_risk if one in ways or one.removesuffix("-wal") == str(path)}


class Trace:
    """A program's story under one folder. `known` are the files that were there before it began."""

    def __init__(self, lines: list[str], root: Path, known: set[str]) -> None:
        self.calls = list(_calls(lines))
        self.moments = list(_moments(self.calls, str(root), known))

    def when(self, what: str) -> list[Moment]:
        """The moments in which the program said this."""
        return [moment for moment in self.moments if moment.call.said(what)]

    def between(self, first: str, last: str) -> list[Moment]:
        """Everything from where the program said the one up to where it said the other."""
        begin, end = self.when(first)[0].call.begin, self.when(last)[0].call.begin
        return [moment for moment in self.moments if begin <= moment.call.begin < end]

    def journals_thrown_away(self) -> list[Moment]:
        return [
            one for one in self.moments if one.call.name == "unlink" and one.call.path.endswith(".db-wal")
        ]


def traced(program: str, root: Path, *arguments: str) -> Trace:
    """Run a Python program to its end, on the files under `root`."""
    if reason := why_not():
        pytest.skip(reason)
    known = {str(path) for path in root.rglob("*")}
    told = root.parent / f"{root.name}.strace"
    command = [*_STRACE, "-o", str(told), sys.executable, "-c", program, str(root), *arguments]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        command, cwd=REPOSITORY, env=plain, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return Trace(told.read_text(errors="replace").splitlines(), root, known)


@cache
def why_not() -> str:
    """Why nothing can be traced here; empty where it can."""
    if not shutil.which("strace"):
        return "strace is not installed (on Linux, `python3 packaging/set_up.py dev` does it)"
    done = subprocess.run([*_STRACE, "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return f"ptrace is not permitted here: {done.stderr.strip()}" if done.returncode else ""


def _calls(lines: list[str]) -> Iterator[Call]:
    """Calls in the order in which they began; those that failed did nothing."""
    found, begun = [], {}
    for place, line in enumerate(lines):
        begin = place
        if unfinished := _BEGIN.match(line):
            begun[unfinished[1]] = (place, unfinished[2])
            continue
        if resumed := _END.match(line):
            begin, first = begun.pop(resumed[1])
            line = f"{resumed[1]} {first}{resumed[2]}"
        whole = _WHOLE.match(line)
        if whole and not whole[4].startswith("-"):
            found.append(_call(whole, begin, place))
    yield from sorted(found, key=lambda call: call.begin)


def _call(whole: re.Match[str], begin: int, end: int) -> Call:
    process, name, arguments, _, opened = whole.groups()
    if name.startswith(("mkdir", "rename", "unlink")):
        named = [str(Path(folder, path)) for folder, path in _NAMED.findall(arguments)]
        return Call(int(process), name, arguments, named[-1], named[0], begin, end)
    file = _OPEN_FILE.match(arguments)
    return Call(int(process), name, arguments, opened or (file[1] if file else ""), "", begin, end)


class _Disk:
    """What is not on it yet, and since which place in the trace."""

    def __init__(self, root: str, known: set[str]) -> None:
        self._root = root
        self._there = set(known)
        self.contents: dict[str, int] = {}
        self.names: dict[str, int] = {}

    def change(self, call: Call) -> None:
        if not call.path.startswith(self._root):
            return
        if call.is_write:
            self.contents[call.path] = call.end
        elif call.is_rename:
            content = self.contents.pop(call.old_path, None)
            self._forget(call.old_path)
            self._forget(call.path)
            self._appear(call)
            if content is not None:
                self.contents[call.path] = content
        elif call.name.startswith("unlink"):
            self._forget(call.path)
        elif call.name.startswith("mkdir") or ("O_CREAT" in call.arguments and call.path not in self._there):
            self._appear(call)

    def sync(self, call: Call) -> None:
        """Keep what was there when the sync began: a file's content, or the names in a folder."""
        if self.contents.get(call.path, call.begin) < call.begin:
            del self.contents[call.path]
        for path, since in list(self.names.items()):
            if since < call.begin and str(Path(path).parent) == call.path:
                del self.names[path]

    def _appear(self, call: Call) -> None:
        self._there.add(call.path)
        self.names[call.path] = call.begin

    def _forget(self, path: str) -> None:
        self._there.discard(path)
        self.contents.pop(path, None)
        self.names.pop(path, None)


def _moments(calls: list[Call], root: str, known: set[str]) -> Iterator[Moment]:
    """A change counts from where it begins, a sync from where it ends."""
    disk = _Disk(root, known)
    syncs: list[Call] = []
    for call in calls:
        for sync in [one for one in syncs if one.end < call.begin]:
            syncs.remove(sync)
            disk.sync(sync)
        yield Moment(call, frozenset(disk.contents), frozenset(disk.names))
        if call.is_sync:
            syncs.append(call)
        else:
            disk.change(call)

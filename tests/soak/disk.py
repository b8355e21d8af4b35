"""A disk that can fail: SQLite's own files on it, every write and sync of which may be the last one.

It stands between the real SQLite and the real files, as a VFS (https://www.sqlite.org/vfs.html) that hands
everything on to the system's own and keeps what was written since the last sync. So a program can be killed
between any two I/O operations, in the middle of one, and with or without the power going: what was not
synced is then on the disk in part, in any part, or not at all.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
import sys
from collections import Counter
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

_OK: Final = 0
_FULL: Final = 13
_IOERR: Final = 10
_IOERR_SHORT_READ: Final = 522


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("app_data", c_void_p),
        *((name, c_void_p) for name in ("open", "delete")),
        ("others", c_void_p * 14),
    ]


class _Methods(ctypes.Structure):
    _fields_ = [
        ("version", c_int),
        *((name, c_void_p) for name in ("close", "read", "write", "truncate", "sync", "size")),
        ("others", c_void_p * 12),
    ]


# The name of a file is handed on as the pointer it is: SQLite keeps it while the file is open
_OPEN = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_DELETE = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_CLOSE = ctypes.CFUNCTYPE(c_int, c_void_p)
_READ = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_WRITE = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = ctypes.CFUNCTYPE(c_int, c_void_p, c_int)
_SIZE = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(c_int64))


@dataclass(frozen=True, slots=True)
class _Write:
    """One change of a file that is not synced yet: `new` stands at `at`, where `old` stood before.

    `size` is how long the file was. A truncation has no `new` and ends the file at `at`.
    """

    at: int
    new: bytes | None
    old: bytes
    size: int


@dataclass(eq=False)
class Disk:
    """One computer's disk: the files in a folder. Dead, nothing can be written any more."""

    folder: Path
    is_dead: bool = False
    is_full: bool = False
    operations: int = 0
    dies_in: int | None = None
    """How many more operations there will be; None: it lives on."""
    torn: Callable[[int], int] = field(default=lambda size: 0)
    """How many bytes of the write in which it dies still reach the file, of so many."""
    life: int = 0
    """How often it died. Files that were open when it did stay dead."""
    unsynced: dict[str, list[_Write]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._prefix = f"{self.folder}{os.sep}"
        _install()
        _disks.append(self)

    def remove(self) -> None:
        """Forget about it; the files stay."""
        _disks.remove(self)

    def holds(self, path: str) -> bool:
        return path.startswith(self._prefix)

    def open_files(self) -> list[str]:
        """Which of its files SQLite still has open."""
        return sorted(Path(path).name for disk, path, _ in _open_files.values() if disk is self)

    def dies(self) -> None:
        self.is_dead, self.dies_in = True, None

    def lives_again(self, power_cut: Random | None) -> None:
        """After a power cut any part of what was not synced is there, or none."""
        assert not self.open_files(), "whatever is still open would write when Python collects it"
        self.is_dead, self.is_full, self.dies_in = False, False, None
        self.life += 1
        if power_cut is not None:
            for path, writes in sorted(self.unsynced.items()):
                if writes and Path(path).exists():
                    _replay(Path(path), writes, power_cut)
                    self.counts["files torn by a power cut"] += 1
        self.unsynced.clear()

    def step(self, life: int | None = None) -> bool:
        """One more operation; False where it is the one that does not happen any more."""
        if self.is_dead or life not in (None, self.life):
            return False
        self.operations += 1
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                self.dies()
                return False
        return True


def _replay(path: Path, writes: list[_Write], pick: Random) -> None:
    content = bytearray(path.read_bytes())
    for write in reversed(writes):
        _undo(content, write)
    keeps_all_before = pick.randrange(len(writes) + 1)
    keeps_others = pick.choice([0.0, 0.0, 0.5])
    for number, write in enumerate(writes):
        if number < keeps_all_before:
            _apply(content, write, len(write.new or b""))
        elif pick.random() < keeps_others or number == keeps_all_before:
            _apply(content, write, pick.randrange(len(write.new or b"") + 1))
    path.write_bytes(content)


def _undo(content: bytearray, write: _Write) -> None:
    if write.new is None:
        content[write.at :] = write.old
        return
    content[write.at : write.at + len(write.new)] = write.old
    del content[write.size :]


def _apply(content: bytearray, write: _Write, length: int) -> None:
    if write.new is None:
        del content[write.at :]
        return
    if len(content) < write.at:
        content.extend(bytes(write.at - len(content)))
    content[write.at : write.at + length] = write.new[:length]


_disks: Final[list[Disk]] = []
_open_files: Final[dict[int, tuple[Disk, str, int]]] = {}
_patched: Final[dict[int, _Methods]] = {}
_kept: Final[list[object]] = []
"""What C code points to and Python must not collect."""


def _disk_of(path: str) -> Disk | None:
    return next((disk for disk in reversed(_disks) if disk.holds(path)), None)


def _install() -> None:
    """Put ourselves before the system's VFS, once; a file on no disk of ours is left alone."""
    if _kept:
        return
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = c_void_p
    address = library.sqlite3_vfs_find(None)
    system = _Vfs.from_address(address)
    open_there, delete_there = _OPEN(system.open), _DELETE(system.delete)

    @_OPEN
    def open_here(vfs: int, name: int | None, file: int, flags: int, out_flags: object) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        disk = _disk_of(path) if path else None
        if disk is not None and disk.is_dead:
            ctypes.c_void_p.from_address(file).value = None
            return _IOERR
        code = open_there(address, name, file, flags, out_flags)
        if code == _OK and disk is not None:
            methods = c_void_p.from_address(file)
            assert methods.value is not None
            _open_files[file] = disk, path, disk.life
            methods.value = ctypes.addressof(_patched_from(methods.value))
        return code

    @_DELETE
    def delete_here(vfs: int, name: bytes, sync_folder: int) -> int:
        path = os.fsdecode(name)
        disk = _disk_of(path)
        if disk is not None:
            if not disk.step():
                return _IOERR
            disk.unsynced.pop(path, None)
        return delete_there(address, name, sync_folder)

    ours = _Vfs.from_buffer_copy(system)
    ours.name = b"failing"
    ours.open = ctypes.cast(open_here, c_void_p)
    ours.delete = ctypes.cast(delete_here, c_void_p)
    _kept.extend([library, system, ours, open_here, delete_here])
    assert library.sqlite3_vfs_register(ctypes.byref(ours), 1) == _OK
    sys.addaudithook(_python_file_operation)


def _patched_from(address: int) -> _Methods:
    """The methods of the system's files with our own in the places that matter."""
    if address in _patched:
        return _patched[address]
    system = _Methods.from_address(address)
    close_there, read_there, write_there = _CLOSE(system.close), _READ(system.read), _WRITE(system.write)
    truncate_there, sync_there, size_there = (
        _TRUNCATE(system.truncate),
        _SYNC(system.sync),
        _SIZE(system.size),
    )
    size = c_int64()

    def before(file: int, at: int, length: int) -> tuple[bytes, int]:
        """What stands there now, and how long the file is."""
        size_there(file, ctypes.byref(size))
        there = max(0, min(length, size.value - at))
        if not there:
            return b"", size.value
        buffer = ctypes.create_string_buffer(there)
        read_there(file, ctypes.addressof(buffer), there, at)
        return buffer.raw, size.value

    @_CLOSE
    def close_here(file: int) -> int:
        _open_files.pop(file, None)
        return close_there(file)

    @_WRITE
    def write_here(file: int, data: int, length: int, at: int) -> int:
        disk, path, life = _open_files[file]
        was_alive = not disk.is_dead and life == disk.life
        if not disk.step(life):
            if was_alive:
                length = min(disk.torn(length), length)
                if length:
                    _remember(disk, path, at, ctypes.string_at(data, length), *before(file, at, length))
                    write_there(file, data, length, at)
            return _IOERR
        if disk.is_full:
            disk.counts["disk full"] += 1
            return _FULL
        _remember(disk, path, at, ctypes.string_at(data, length), *before(file, at, length))
        return write_there(file, data, length, at)

    @_TRUNCATE
    def truncate_here(file: int, at: int) -> int:
        disk, path, life = _open_files[file]
        if not disk.step(life):
            return _IOERR
        _remember(disk, path, at, None, *before(file, at, 1 << 40))
        return truncate_there(file, at)

    @_SYNC
    def sync_here(file: int, flags: int) -> int:
        disk, path, life = _open_files[file]
        if not disk.step(life):
            return _IOERR
        disk.unsynced.pop(path, None)
        return sync_there(file, flags)

    ours = _Methods.from_buffer_copy(system)
    for name, function in (
        ("close", close_here), ("write", write_here), ("truncate", truncate_here), ("sync", sync_here),
    ):  # fmt: skip
        setattr(ours, name, ctypes.cast(function, c_void_p))
        _kept.append(function)
    _patched[address] = ours
    return ours


def _remember(disk: Disk, path: str, at: int, new: bytes | None, old: bytes, size: int) -> None:
    disk.unsynced.setdefault(path, []).append(_Write(at, new, old, size))


_FILE_OPERATIONS: Final = frozenset({"os.rename", "os.remove", "open"})


def _python_file_operation(event: str, arguments: tuple[object, ...]) -> None:
    """Renaming, removing and writing files from Python are operations of the disk as well."""
    if event not in _FILE_OPERATIONS or not _disks:
        return
    path = arguments[0]
    if not isinstance(path, str | bytes | os.PathLike):
        return
    if event == "open" and not _is_for_writing(arguments[2]):
        return
    disk = _disk_of(os.fsdecode(path))
    if disk is not None and not disk.step():
        raise OSError("this computer is off")


def _is_for_writing(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))

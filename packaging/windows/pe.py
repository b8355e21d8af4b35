"""What stands in Windows programs and libraries (PE files)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pefile  # type: ignore[import-untyped]

_IMPORTS: Final = ("IMAGE_DIRECTORY_ENTRY_IMPORT", "IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT")


def imported_names(path: Path) -> set[str]:
    """The libraries that a file loads, in small letters."""
    with pefile.PE(path, fast_load=True) as file:
        file.parse_data_directories([pefile.DIRECTORY_ENTRY[name] for name in _IMPORTS])
        entries = [
            *getattr(file, "DIRECTORY_ENTRY_IMPORT", []),
            *getattr(file, "DIRECTORY_ENTRY_DELAY_IMPORT", []),
        ]
        return {entry.dll.decode().lower() for entry in entries}


def version_texts(path: Path) -> dict[str, str]:
    """What Explorer shows of a file on the page “Details”."""
    with pefile.PE(path, fast_load=True) as file:
        file.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        tables = [
            table
            for information in getattr(file, "FileInfo", [])
            for entry in information
            if entry.Key == b"StringFileInfo"
            for table in entry.StringTable
        ]
        return {key.decode(): text.decode() for table in tables for key, text in table.entries.items()}


def icon_sizes(path: Path) -> set[int]:
    """The widths of the pictures in a program's first icon."""
    kinds = pefile.RESOURCE_TYPE
    with pefile.PE(path, fast_load=True) as file:
        file.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
        groups = [kind for kind in file.DIRECTORY_ENTRY_RESOURCE.entries if kind.id == kinds["RT_GROUP_ICON"]]
        place = groups[0].directory.entries[0].directory.entries[0].data.struct
        header = file.get_data(place.OffsetToData, place.Size)
        count = int.from_bytes(header[4:6], "little")
        return {header[6 + 14 * number] or 256 for number in range(count)}

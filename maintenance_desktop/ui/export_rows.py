"""Which rows an export takes, piece by piece; everything here runs on the reading thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from maintenance_desktop.domain.trouble import StorageTrouble
from maintenance_desktop.domain.views import WorkOrderRow
from maintenance_desktop.services.list_file import ListFile, NotExported
from maintenance_desktop.ui.pages import Row
from maintenance_desktop.ui.sheet import sheet_cells
from maintenance_desktop.ui.sights import Source

PIECE: Final = 1_000
_NOT_READ: Final = "The rows could not be read from this computer's disk, so the list was not exported."


@dataclass(frozen=True, slots=True)
class Step:
    """How far an export is: `is_over` with the file in its place, or with a `problem` and without it."""

    written: int
    is_over: bool = False
    problem: str = ""


def whole_list(source: Source[Row]) -> Iterator[Sequence[Row]]:
    """All rows. Where rows join or leave above meanwhile, it goes on behind the row that was last."""
    offset, last = 0, ""
    while True:
        above = 1 if last else 0
        rows = source.rows(offset - above, PIECE + above)
        if above and (not rows or rows[0].id != last):
            place = source.position(last) if source.position else None
            if place is not None and place + 1 != offset:
                offset = place + 1
                continue
        rows = rows[above:]
        if not rows:
            return
        yield rows
        offset += len(rows)
        last = rows[-1].id


def row_ranges(source: Source[Row], ranges: Sequence[tuple[int, int]]) -> Iterator[Sequence[Row]]:
    """The rows of some ranges, from first to last each."""
    for first, last in ranges:
        for offset in range(first, last + 1, PIECE):
            yield source.rows(offset, min(PIECE, last + 1 - offset))


def write_piece(file: ListFile, pieces: Iterator[Sequence[WorkOrderRow]]) -> Step:
    """Write the next piece, or finish where there is none."""
    try:
        rows = next(pieces, None)
        if rows is None:
            file.finish()
            return Step(file.written, is_over=True)
        file.write(map(sheet_cells, rows))
    except NotExported as trouble:
        return Step(file.written, is_over=True, problem=str(trouble))
    except StorageTrouble:
        file.abandon()
        return Step(file.written, is_over=True, problem=_NOT_READ)
    return Step(file.written)

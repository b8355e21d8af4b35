"""The branches of the tree of assets: locations and what stands at them, or assets and their parts.

Everything here runs on the reading thread and knows no window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maintenance_desktop.domain.views import AssetQuery, AssetRow, LocationRow
from maintenance_desktop.services.ports import Reader
from maintenance_desktop.ui.asset_paths import paths_of

Path = tuple[str, ...]
"""The ids from the root to a row; the empty one is the root itself."""
TreeRow = LocationRow | AssetRow

ROOT: Final[Path] = ()
_LOOK_AHEAD: Final = 200
_LARGE: Final = 5_000
_FEW_AT_THE_TOP: Final = 20


class TreeOrder(StrEnum):
    """What the tree is ordered by."""

    LOCATION = "location"
    PARENT = "parent"


@dataclass(frozen=True, slots=True)
class Twig:
    """A row of a branch. `is_end`: somebody looked, and nothing stands below it."""

    row: TreeRow
    is_end: bool = False


Branches = Mapping[Path, tuple[Twig, ...]]
"""What stands right below each path that somebody looked at."""


@dataclass(frozen=True)
class Look:
    """What was read of a tree. `is_new`: all of it, from its top. `place` is where an asset was found."""

    order: TreeOrder
    branches: Branches
    is_new: bool = False
    place: Path = ROOT


def first_look(reader: Reader, order: TreeOrder) -> Look:
    """The top, and what is opened at once so that the first look shows assets."""
    reading = _TreeReading(reader, order)
    branches = {ROOT: reading.below(ROOT)}
    for depth in range(depth_at_first(order, len(branches[ROOT]))):
        for path in [path for path in branches if len(path) == depth]:
            for twig in branches[path]:
                if not twig.is_end:
                    below = (*path, twig.row.id)
                    branches[below] = reading.below(below)
    return Look(order, branches, is_new=True)


def depth_at_first(order: TreeOrder, top: int) -> int:
    """How deep the tree is open at the first look."""
    if order is not TreeOrder.LOCATION or top > _FEW_AT_THE_TOP:
        return 0
    return 2 if top == 1 else 1


def look_again(reader: Reader, order: TreeOrder, known: Branches) -> Look:
    """The branches that are no longer as they are known."""
    now = look_below(reader, order, known).branches
    return Look(order, {path: twigs for path, twigs in now.items() if twigs != known[path]})


def look_below(reader: Reader, order: TreeOrder, paths: Iterable[Path]) -> Look:
    """What stands below these paths now."""
    reading = _TreeReading(reader, order)
    return Look(order, {path: reading.below(path) for path in paths})


def look_for(reader: Reader, order: TreeOrder, asset_id: str, known: Branches) -> Look:
    """Where an asset stands, with the branches on the way that are not known yet; nowhere: at the root."""
    reading = _TreeReading(reader, order)
    found = dict(known)
    for path in paths_of(reader, asset_id):
        for depth, row_id in enumerate(path):
            above = path[:depth]
            if above not in found:
                found[above] = reading.below(above)
            if all(twig.row.id != row_id for twig in found[above]):
                break
        else:
            return Look(order, _on_the_way(path, found), place=path)
    return Look(order, {})


def _on_the_way(path: Path, branches: Branches) -> Branches:
    return {path[:depth]: branches[path[:depth]] for depth in range(len(path))}


class _TreeReading:
    """Reads branches of one tree; what they have in common is read once."""

    def __init__(self, reader: Reader, order: TreeOrder) -> None:
        self._reader = reader
        self._order = order
        self._locations: dict[str | None, list[LocationRow]] = {}
        self._places: set[str] = set()
        self._is_large: bool | None = None
        if order is TreeOrder.LOCATION:
            rows = reader.locations()
            self._places = {row.id for row in rows}
            for row in rows:
                above = row.parent_id if row.parent_id in self._places else None
                self._locations.setdefault(above, []).append(row)

    def below(self, path: Path) -> tuple[Twig, ...]:
        """What stands right below a path. An asset never stands below itself, whatever the server says."""
        rows = self._rows_below(path)
        return tuple(Twig(row, self._is_end((*path, row.id), len(rows))) for row in rows)

    def _is_end(self, path: Path, beside: int) -> bool:
        """Looking into each of many would take long: those seem to have something below."""
        if beside > _LOOK_AHEAD or (path[-1] in self._places and self._has_many_assets()):
            return False
        return not self._rows_below(path)

    def _has_many_assets(self) -> bool:
        if self._is_large is None:
            self._is_large = self._reader.count_assets(AssetQuery()) > _LARGE
        return self._is_large

    def _rows_below(self, path: Path) -> list[TreeRow]:
        return [row for row in self._all_below(path) if row.id not in path]

    def _all_below(self, path: Path) -> Iterator[TreeRow]:
        last = path[-1] if path else None
        if self._order is TreeOrder.LOCATION and (last is None or last in self._places):
            yield from self._locations.get(last, ())
            yield from self._reader.assets_at(last)
        else:
            yield from self._reader.assets_below(last)

"""Where an asset can stand in a tree, worked out from the asset upwards."""

from __future__ import annotations

from collections.abc import Iterator

from maintenance_desktop.services.ports import Reader


def paths_of(reader: Reader, asset_id: str) -> Iterator[tuple[str, ...]]:
    """The ids from a root to the asset, nearest first: below each of its parents, at each one's location."""
    above_location = {row.id: row.parent_id for row in reader.locations()}
    chain: list[str] = []
    here: str | None = asset_id
    while here is not None and here not in chain:
        chain.insert(0, here)
        view = reader.record("asset", here)
        fields = view.fields if view else {}
        yield (*_location_path(str(fields.get("location_id") or ""), above_location), *chain)
        yield tuple(chain)
        here = str(fields["parent_id"]) if fields.get("parent_id") else None


def _location_path(location_id: str, above: dict[str, str | None]) -> tuple[str, ...]:
    path: list[str] = []
    here: str | None = location_id
    while here in above and here not in path:
        path.insert(0, here)
        here = above[here]
    return tuple(path)

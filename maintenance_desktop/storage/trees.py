"""Trees of locations and assets as a server may really send them: with missing parents and with cycles."""

from __future__ import annotations

from collections.abc import Mapping


def topmost(parents: Mapping[str, str | None]) -> set[str]:
    """The ids that stand at the root: without a known parent, or above themselves.

    With these at the root and all others below their parent, a tree shows each one exactly once.
    """
    tops: set[str] = set()
    clear: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        here: str | None = start
        while here is not None and here not in clear and here not in path:
            path[here] = None
            above = parents[here]
            if above not in parents:
                tops.add(here)
                above = None
            here = above
        if here is not None and here in path:
            walked = list(path)
            tops.update(walked[walked.index(here) :])
        clear.update(path)
    return tops

"""How many work orders there are, from one run to the next."""

from __future__ import annotations

import os
from typing import Final

SIZES: Final = tuple(int(size) for size in os.environ.get("SIZES", "10000 100000 1000000").split())
"""`make bench SIZES="10000 100000"` leaves out the largest, which takes minutes to make the first time."""


def runs_at(n: int, runs: int) -> int:
    """How often something that grows with the size is measured."""
    return max(1, min(runs, 500_000 // n))

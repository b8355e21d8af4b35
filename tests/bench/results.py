"""What a benchmark answers, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. It is the median of `runs`, the single measurements in the order they were made.

    `n` is how much there was to do it with (records, edits); 0 where there is nothing to count. `floor` is
    what the least possible costs on this machine, measured beside it, and `ratio` how often that fits.
    """

    name: str
    n: int
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    runs: tuple[float, ...]


def result(
    name: str, runs: Sequence[float], unit: str, *, n: int = 0, floor: Sequence[float] | None = None
) -> Result:
    value = statistics.median(runs)
    least = statistics.median(floor) if floor else None
    return Result(name, n, value, unit, least, value / least if least else None, tuple(runs))


def percentile(name: str, runs: Sequence[float], share: int, unit: str, *, n: int = 0) -> Result:
    """The value that so many of a hundred measurements stay below: each is of something else."""
    value = statistics.quantiles(runs, n=100, method="inclusive")[share - 1]
    return Result(f"{name}, {share} %", n, value, unit, None, None, tuple(runs))


def interleaved(times: int, makers: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Measure each in turn, so that what the machine does beside it falls on all of them.

    A first round that fills the caches is thrown away.
    """
    found: dict[str, list[float]] = {name: [] for name in makers}
    for number in range(times + 1):
        for name, measure in makers.items():
            value = measure()
            if number:
                found[name].append(value)
    return found


def table(results: Sequence[Result]) -> str:
    head = ("what", "n", "median", "middle half", "unit", "floor", "times the floor")
    rows = [head, *(_cells(one) for one in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 4) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def growth(results: Sequence[Result]) -> str:
    """How each cost grows with the size: the exponent from each size to the next.

    0 is no growth, 1 is as much as there is more, 2 is a list of all pairs.
    """
    by_name: dict[str, list[Result]] = {}
    for one in results:
        if one.n and one.value > 0:
            by_name.setdefault(one.name, []).append(one)
    lines = []
    for name, some in by_name.items():
        some.sort(key=lambda one: one.n)
        steps = [
            f"{math.log(after.value / before.value) / math.log(after.n / before.n):+.2f}"
            f" ({before.n:,} to {after.n:,})"
            for before, after in pairwise(some)
            if after.n > before.n
        ]
        if steps:
            lines.append(f"{name}: {', '.join(steps)}")
    return "\n".join(["grows with the exponent", *lines]) if lines else ""


def write(file: Path, results: Sequence[Result]) -> None:
    """What was measured before under other names stays."""
    known = {(one["name"], one["n"]): one for one in json.loads(file.read_text())} if file.exists() else {}
    known |= {(one.name, one.n): asdict(one) for one in results}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(list(known.values()), indent=1) + "\n", encoding="utf-8")


def _cells(one: Result) -> tuple[str, ...]:
    spread = ""
    if len(one.runs) > 1:
        low, _, high = statistics.quantiles(one.runs, n=4)
        spread = f"{_figure(low)} … {_figure(high)}"
    floor = "" if one.floor is None else _figure(one.floor)
    ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
    return one.name, str(one.n or ""), _figure(one.value), spread, one.unit, floor, ratio


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"

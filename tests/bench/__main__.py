"""Runs the benchmarks, prints a table and writes `build/bench.json`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from tests.bench import hub_fanout, hub_limits, start_up
from tests.bench.results import table, write

BENCHMARKS: Final = {
    "start-up": start_up.run,
    "hub": hub_fanout.run,
    "hub-limits": hub_limits.run,
}
"""Each is a file of its own with a function that measures everything so many times."""

_FILE: Final = Path(__file__).parents[2] / "build" / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHMARKS), metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--runs", type=int, default=11, metavar="N", help="how often each is measured (11)")
    options = parser.parse_args()
    results = [
        result
        for name, run in BENCHMARKS.items()
        if options.only in (None, name)
        for result in run(options.runs)
    ]
    print(table(results))
    write(_FILE, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs the benchmarks, prints a table and writes `build/bench.json`."""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
from pathlib import Path
from typing import Final

from tests.bench import first_download, hub_fanout, hub_limits, lists, saving, start_up, steady, window
from tests.bench.results import Result, growth, table, write

BENCHMARKS: Final = {
    "first-download": first_download.as_files,
    "first-download-lines": first_download.as_lines,
    "steady": steady.run,
    "save": saving.run,
    "lists": lists.run,
    "start-up": start_up.run,
    "window": window.run,
    "hub": hub_fanout.run,
    "hub-limits": hub_limits.run,
}
"""Each is a file of its own with a function that measures everything so many times."""

_LINES: Final = 25
_FILE: Final = Path(__file__).parents[2] / "build" / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHMARKS), metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--runs", type=int, default=11, metavar="N", help="how often each is measured (11)")
    parser.add_argument("--profile", action="store_true", help="show where the time goes, which costs some")
    options = parser.parse_args()
    results: list[Result] = []
    for name, run in BENCHMARKS.items():
        if options.only not in (None, name):
            continue
        profile = cProfile.Profile()
        if options.profile:
            os.environ["BENCH_PROFILE"] = "1"
            results += profile.runcall(run, options.runs)
            print(f"where the time of {name} goes, in this process")
            pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(_LINES)
        else:
            results += run(options.runs)
    print(table(results))
    print(growth(results))
    if not options.profile:
        write(_FILE, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Says which part of the branches the tests took, and fails below the bar: `branch_coverage.py BAR`.

pytest-cov's own bar mixes lines with branches, which flatters.
"""

from __future__ import annotations

import json
import subprocess
import sys


def main(bar: float) -> None:
    """Read what the last test run left behind."""
    report = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "--quiet", "-o", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    totals = json.loads(report.stdout)["totals"]
    taken, there = totals["covered_branches"], totals["num_branches"]
    percent = 100 * taken / there
    print(f"Branches taken: {taken} of {there}, {percent:.1f} % (at least {bar:g} %)")
    if percent < bar:
        sys.exit(1)


if __name__ == "__main__":
    main(float(sys.argv[1]))

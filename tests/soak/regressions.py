"""Runs that once failed, kept as files: each is an ordinary test from then on."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tests.soak.plan import Plan, Step
from tests.soak.run import Verdict

FOLDER = Path(__file__).parents[1] / "regressions"


def keep(verdict: Verdict) -> str:
    """Write a failed run down; the name of the file."""
    FOLDER.mkdir(exist_ok=True)
    plan = asdict(verdict.plan) | {"steps": [list(step) for step in verdict.plan.steps]}
    path = FOLDER / f"seed-{verdict.plan.seed}.json"
    path.write_text(json.dumps({"problem": verdict.problems[0], "plan": plan}, indent=1) + "\n")
    return f"tests/regressions/{path.name}"


def kept() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def plan_in(path: Path) -> Plan:
    found = json.loads(path.read_text())["plan"]
    steps = tuple(Step(*step) for step in found.pop("steps"))
    return Plan(**found | {"seats": tuple(found["seats"]), "steps": steps})

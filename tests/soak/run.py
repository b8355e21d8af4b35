"""One run from its plan to its verdict."""

from __future__ import annotations

import contextlib
import gc
import shutil
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from maintenance_desktop.domain.edits import Ending
from maintenance_desktop.storage.edit_rows import HISTORY_COLUMNS, entry_of
from tests.soak.computer import Computer, Program
from tests.soak.evidence import Final_
from tests.soak.judge import Judge
from tests.soak.plan import Plan
from tests.soak.world import Tally, World, world_of

TWO_STORIES: Final = "the same seed told two stories"
_OFTEN: Final = (50, 2, 2)
_TABLES = ("person", "location", "asset", "work_order", "labor", "comment", "other")


@dataclass
class Verdict:
    """What came out of a run."""

    plan: Plan
    problems: list[str]
    story: str
    lines: list[str]
    tally: Tally
    edits: int = 0
    endings: Counter[str] = field(default_factory=Counter)


def run(plan: Plan) -> Verdict:
    """Let it all happen, wait until it is quiet, and judge."""
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=_fastest_place()))
    try:
        with world_of(plan, folder / "world") as world:
            try:
                world.runs()
                world.comes_to_rest()
            except Exception as error:  # whatever ends the program is what is looked for
                where = traceback.extract_tb(error.__traceback__)[-1]
                world.journal.finds(f"{type(error).__name__} in {where.name}: {error}")
                world.journal.notes("".join(traceback.format_exception(error)))
                return _unjudged(world)
            if off := [computer.name for computer in world.computers if computer.program is None]:
                world.journal.finds(f"{', '.join(off)}: off in the end")
                return _unjudged(world)
            finals = [final_of(computer, world.ids[computer.username]) for computer in world.computers]
            judge = Judge(world.journal, world.hub.log(), world.hub.records(), finals)
            return Verdict(
                plan, judge.judges(), world.story(), world.journal.lines, world.tally,
                len(world.journal.saves), judge.endings,
            )  # fmt: skip
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unjudged(world: World) -> Verdict:
    return Verdict(world.plan, world.journal.problems, world.story(), world.journal.lines, world.tally)


def run_twice(plan: Plan) -> Verdict:
    """The same once more, while Python collects garbage all the time: that has to be the same story."""
    verdict = run(plan)
    with _collecting_garbage():
        again = run(plan)
    if again.story != verdict.story:
        verdict.problems.append(TWO_STORIES)
    return verdict


@contextlib.contextmanager
def _collecting_garbage() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.freeze()  # Python looks through old objects once there are a quarter more of them
    gc.set_threshold(*_OFTEN)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def final_of(computer: Computer, person_id: str) -> Final_:
    """What a computer has in the end, read once more from its files."""
    program = computer.program
    assert program is not None
    queue = program.reader.queue()
    rows = program.profile._work.database.rows(f"SELECT {', '.join(HISTORY_COLUMNS)} FROM main.history")
    history = [entry_of(row) for row in rows]
    shown = [replace(one, became=None) for one in program.reader.history("", 0, 1_000_000)]
    if [one for one in history if one.ending is not Ending.FOLDED] != shown[::-1]:
        computer.journal.finds(f"{computer.name}: the history that is shown is not the one that is kept")
    return Final_(
        seat=computer.name,
        person_id=person_id,
        history=history,
        waiting={item.edit.id: item.waiting.value for item in queue},
        cache=cache_rows(program),
    )


def cache_rows(program: Program) -> list[tuple[Any, ...]]:
    """The copy of the server as the program reads it."""
    columns = "id, type, version, changed_at, changed_by, body"
    rows = program.reader._view.rows
    return [row for table in _TABLES for row in rows(f"SELECT {columns} FROM cache.{table}")]


def _fastest_place() -> str | None:
    """Memory instead of a disk, where there is one: what a power cut takes is simulated anyway."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None

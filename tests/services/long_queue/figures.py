"""What 5,000 waiting changes cost, in milliseconds: `python -m tests.services.long_queue.figures`."""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from maintenance_desktop.domain.planning import plan
from tests.person import Person
from tests.services.long_queue.plant import Plant, breaking_hub, dana_at, dana_offline

_BETWEEN_SAVES = 0.1


def main() -> None:
    logging.disable()
    with tempfile.TemporaryDirectory() as root:
        plant = Plant.make(Path(root) / "plant")
        _say("A save with looking at it (processor)", plant.seconds[50:150], "at 100 waiting")
        _say("A save with looking at it (processor)", plant.seconds[-100:], "at 5,000 waiting")
        with dana_offline(plant.copy_to(Path(root) / "offline")) as dana:
            _offline(dana)
        _reconnect(plant.copy_to(Path(root) / "idle"), is_busy=False)
        _reconnect(plant, is_busy=True)


def _offline(dana: Person) -> None:
    pending = dana.profile.outbox.pending()
    first = next(edit for edit in pending if edit.kind == "update" and edit.type == "work_order")
    words = iter(range(1_000))
    comments = iter([edit.id for edit in pending if edit.type == "comment"])
    for what, act in {
        "Changing the first work order once more": lambda: dana.changes(
            first.record_id, cause=f"{next(words)}"
        ),
        "Undoing the first comments": lambda: dana.records.undo(next(comments)),
        "tally()": dana.reader.tally,
        "notifications()": dana.reader.notifications,
        "queue()": dana.reader.queue,
        "pending()": dana.profile.outbox.pending,
        "plan()": lambda: plan(pending, most=500),
        "freeze() of 500": lambda: dana.profile.outbox.freeze(
            [edit.id for edit in pending[-500:]], dana.clock()
        ),
    }.items():
        _say(what, [_seconds(act) for _ in range(20)])


def _reconnect(plant: Plant, *, is_busy: bool) -> None:
    """One round; if `is_busy`, the person goes on saving and looking meanwhile."""
    with breaking_hub(plant) as hub, dana_at(plant, hub.url) as dana:
        pending = dana.profile.outbox.pending()
        order = next(one.record_id for one in pending if one.type == "work_order" and one.kind == "create")
        comment = {"work_order_id": order, "text": "Goes on"}
        push, at_the_hub = dana.backend.push, []

        def timed(edits, sent_at):
            before = perf_counter()
            try:
                return push(edits, sent_at)
            finally:
                at_the_hub.append(perf_counter() - before)

        dana.backend.push = timed
        is_over, results = threading.Event(), []

        def syncs() -> None:
            results.append(dana.syncs())
            dana.profile.close_thread()
            is_over.set()

        thread = threading.Thread(target=syncs)
        before = perf_counter()
        thread.start()
        saves, tallies = [], []
        while is_busy and not is_over.wait(_BETWEEN_SAVES):
            saves.append(_seconds(lambda: dana.records.create("comment", comment)))
            tallies.append(_seconds(dana.reader.tally))
        thread.join()
        took, there, done = perf_counter() - before, sum(at_the_hub), results[0].applied
        _write(
            f"One round{' while the person saves on' if is_busy else ''}: {done} applied in {took:.1f} s, "
            f"{len(at_the_hub)} requests; each took {there / done * 1000:.2f} ms at the hub "
            f"and {(took - there) / done * 1000:.2f} ms here"
        )
        if is_busy:
            _say("A save meanwhile", saves)
            _say("tally() meanwhile", tallies)


def _seconds(act: Callable[[], object]) -> float:
    before = perf_counter()
    act()
    return perf_counter() - before


def _say(what: str, seconds: list[float], when: str = "") -> None:
    ms = [one * 1000 for one in seconds]
    _write(f"{what} {when}: median {median(ms):.2f}, 95 % {quantiles(ms, n=20)[-1]:.2f}, worst {max(ms):.2f}")


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""The plan of a run: everything that happens follows from it, and it from a seed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from maintenance_desktop.backends import stream
from maintenance_desktop.hub import asking, calls, changes

PEOPLE: Final = {
    "ada": ("Ada Tech", "technician"),
    "bob": ("Bob Tech", "technician"),
    "eve": ("Eve Tech", "technician"),
    "pia": ("Pia Plan", "planner"),
    "max": ("Max Min", "admin"),
    "rob": ("Rob Quest", "requester"),
}


class Step(NamedTuple):
    """One thing that happens. `luck` decides everything about it that is open, whatever came before."""

    what: str
    seat: int
    luck: int


@dataclass(frozen=True)
class Plan:
    """Everything a run follows from. Steps may be left out; the others keep their luck."""

    seed: int
    seats: tuple[str, ...]
    fault_rate: float
    pauses_between: float
    haste: float
    page: int
    piece: int
    edits_per_push: int
    steps: tuple[Step, ...]

    @classmethod
    def drawn(cls, seed: int, length: int | None = None) -> Plan:
        pick = Random(seed)
        seats = tuple(pick.choice(list(PEOPLE)) for _ in range(pick.choice([2, 2, 3, 3, 4, 5, 6, 8])))
        if not {"ada", "bob", "eve"} & set(seats):
            seats = ("ada", *seats[1:])
        weights = {
            "goes on": 100.0, "acts": 55.0, "signs out": 0.5, "signs in": 6.0, "starts": 8.0, "quits": 1.0,
            "dies": 1.0, "will die": 2.0, "clock jumps": 0.7, "disk is full": 0.4, "disk has room": 2.0,
            "late request": 4.0, "hub will die": 1.0, "hub dies": 0.5, "hub starts": 5.0, "sessions end": 0.4,
            "role changes": 0.3, "cache rots": 0.6,
            "looks": 3.0, "time passes": 2.0, "rescues": 6.0,
        }  # fmt: skip
        kind_of_plant = pick.random()
        if kind_of_plant < 0.25:  # quiet: only people meet
            weights |= dict.fromkeys(("dies", "will die", "hub will die", "hub dies", "disk is full"), 0.0)
        elif kind_of_plant < 0.5:  # rough: computers go off all the time
            weights |= {
                "dies": 8.0,
                "will die": 12.0,
                "starts": 60.0,
                "hub will die": 3.0,
                "hub starts": 20.0,
            }
        if pick.random() < 0.25:  # where people are much faster than the network
            weights["acts"] = 200.0
        whats = list(weights)
        count = length or pick.choice([300, 600, 1000, 2000])
        steps = (
            Step(what, pick.randrange(len(seats)), pick.getrandbits(40))
            for what in pick.choices(whats, list(weights.values()), k=count)
        )
        return cls(
            seed=seed,
            seats=seats,
            fault_rate=pick.choice([0.0, 0.05, 0.1, 0.25, 0.5]),
            pauses_between=pick.choice([0.0, 0.1, 0.5]),
            haste=pick.choice([0.3, 0.7, 0.9]),
            page=pick.choice([2, 5, 20, 5_000]),
            piece=pick.choice([1, 3, 200]),
            edits_per_push=pick.choice([1, 2, 5, 500]),
            steps=tuple(steps),
        )


@contextlib.contextmanager
def limits(plan: Plan) -> Iterator[None]:
    """Small pages and small batches, so that a few records need many of them."""
    was = changes.LARGEST_PAGE, stream.PIECE, calls.EDITS_PER_PUSH, asking.EDITS_PER_PUSH
    changes.LARGEST_PAGE, stream.PIECE = plan.page, plan.piece
    calls.EDITS_PER_PUSH = asking.EDITS_PER_PUSH = plan.edits_per_push
    try:
        yield
    finally:
        changes.LARGEST_PAGE, stream.PIECE, calls.EDITS_PER_PUSH, asking.EDITS_PER_PUSH = was

"""What is going on at the demo plant right now: the work orders a visitor will open first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Story:
    """An unfinished work order. Days count from today: `age` back, `due` forward.

    `hours` are (who, days ago, how many); `said` are (who, days ago, text).
    """

    title: str
    tag: str
    description: str
    status: str
    priority: str
    assigned_to: str | None
    age: int
    due: int | None
    estimate: float
    work_type: str = "corrective"
    requested_by: str = "henrik"
    problem: str = ""
    hours: tuple[tuple[str, int, float], ...] = ()
    said: tuple[tuple[str, int, str], ...] = ()


STORIES: Final = (
    Story(
        "Replace DE bearing",
        "P-204",
        "Bearing noisy at the drive end, 6.9 mm/s on the last route and rising. Replace before it seizes: "
        "without this pump the pasteuriser stands.",
        "open",
        "high",
        "ada",
        4,
        0,
        4.0,
        requested_by="ruth",
        problem="Drive-end bearing noisy, outer race.",
        said=(
            ("ruth", 4, "Spectrum is in the folder. I would not wait for the weekend."),
            ("dana", 3, "Bearing 6309-C3 is in bin C4-11. Window today from 13:00, after the apple run."),
            ("henrik", 1, "Line 1 can run from the buffer tank for about two hours."),
        ),
    ),
    Story(
        "Inspect guard at infeed",
        "C-11",
        "Guard rattles and the switch flickers. Nobody may run the line with it open.",
        "open",
        "medium",
        "milo",
        2,
        2,
        0.5,
        "safety",
        said=(("milo", 1, "Switch is fine when I press the guard. I think the hinge has dropped."),),
    ),
    Story(
        "Oil leak at gearbox",
        "G-7",
        "Oil on the tray below the filler gearbox, about half a cup each shift.",
        "in_progress",
        "high",
        "ada",
        3,
        1,
        3.5,
        problem="Output shaft seal wet.",
        hours=(("ada", 1, 1.5), ("tomasz", 1, 1.0)),
        said=(
            (
                "ada",
                1,
                "Cleaned it and ran ten minutes: it comes from the output seal, not from the drain plug.",
            ),
            ("tomasz", 1, "Topped up 0.4 l on the night shift."),
        ),
    ),
    Story(
        "Check belt tension",
        "C-12",
        "Bottles fall at the transfer when the filler starts. Tension looks low.",
        "in_progress",
        "medium",
        "ada",
        6,
        -2,
        1.0,
        hours=(("ada", 2, 0.5),),
    ),
    Story(
        "Chiller 2: commissioning after compressor exchange",
        "CH-2",
        "The maker's engineer comes once the new controller is here. Keep the isolation and the sign.",
        "on_hold",
        "high",
        "priya",
        24,
        6,
        8.0,
        requested_by="dana",
        hours=(("priya", 20, 3.0), ("milo", 20, 3.0)),
        said=(
            ("dana", 18, "Controller delayed, new date from Tarnwell: end of next week."),
            ("henrik", 9, "Please keep me posted, chiller 1 is at its limit on warm days."),
        ),
    ),
    Story(
        "Stretch wrapper does not start",
        "SW-2",
        "Dead after the power dip. Fuses are good.",
        "open",
        "medium",
        "milo",
        5,
        -1,
        2.0,
        said=(("milo", 4, "Drive shows nothing at all. Spare is on order, Thursday."),),
    ),
    Story(
        "Conductivity reading too low",
        "AT-225",
        "CIP returns to product 40 s too early according to the lab.",
        "in_progress",
        "critical",
        "priya",
        1,
        0,
        2.0,
        "emergency",
        requested_by="ruth",
        hours=(("priya", 0, 1.0),),
        said=(("priya", 0, "Electrode cleaned; slope is still off. Changing it now."),),
    ),
    Story(
        "Crowner gearbox: plan the overhaul",
        "G-22",
        "Play was 0.35 mm in spring. Plan it for the winter stop; the kit takes eight weeks.",
        "open",
        "low",
        "dana",
        40,
        30,
        16.0,
        "project",
        requested_by="ruth",
    ),
    Story(
        "Wet floor at bottle washer, door 3",
        "BW-2",
        "Water runs to the walkway, people slip.",
        "open",
        "high",
        "tomasz",
        2,
        0,
        2.0,
        "safety",
        said=(("henrik", 2, "Put out the yellow signs for now."),),
    ),
    Story(
        "Compressor 2 takes long to load",
        "K-2",
        "Needs half a minute after the start. Air is enough as long as K-1 runs.",
        "on_hold",
        "medium",
        "tomasz",
        12,
        -3,
        3.0,
        hours=(("tomasz", 10, 1.25),),
        said=(
            ("tomasz", 10, "Inlet valve is sticky. Kit ordered."),
            (
                "dana",
                7,
                "The supplier sent the kit to the wrong plant. New one next week.",
            ),
        ),
    ),
    Story(
        "Labels wrinkled on the 0.5 l bottle",
        "LB-1",
        "Only the half-litre, only at full speed.",
        "open",
        "medium",
        "ada",
        3,
        3,
        1.5,
    ),
    Story(
        "Dock door 2 stops half way",
        "DR-2",
        "Goes up again by itself. We use door 1.",
        "open",
        "low",
        None,
        8,
        10,
        1.0,
    ),
    Story(
        "Level of T-10 jumps",
        "LT-10",
        "Jumps by 5 % when the pump starts.",
        "open",
        "medium",
        "priya",
        7,
        -4,
        1.0,
        said=(("priya", 5, "Foam, I think. Will try the filter setting at the next cleaning."),),
    ),
    Story(
        "Add a drip tray below dosing pump",
        "P-202",
        "Concentrate eats the floor coating.",
        "open",
        "low",
        "ada",
        30,
        14,
        3.0,
        "project",
    ),
    Story(
        "Feed water pump trips at night",
        "P-301",
        "Twice this week, around two. Pump 2 took over.",
        "in_progress",
        "high",
        "milo",
        3,
        0,
        2.5,
        hours=(("milo", 1, 2.0),),
        said=(("milo", 1, "Relay was set to 14 A, nameplate says 17.5. Corrected; watching it tonight."),),
    ),
)

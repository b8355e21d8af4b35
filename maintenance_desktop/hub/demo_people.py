"""Who works at the demo plant. Everybody here is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person at the plant."""

    username: str
    name: str
    role: str
    trade: str


PLANNER: Final = "dana"
ELECTRICIAN: Final = "milo"
LINE_LEAD: Final = "henrik"
ADMINISTRATOR: Final = "sam"

PEOPLE: Final = (
    DemoPerson("sam", "Sam Whitaker", "admin", "IT and systems"),
    DemoPerson("dana", "Dana Ortiz", "planner", "Maintenance planning"),
    DemoPerson("ruth", "Ruth Okafor", "planner", "Reliability engineering"),
    DemoPerson("ada", "Ada Lindqvist", "technician", "Mechanical"),
    DemoPerson("milo", "Milo Brandt", "technician", "Electrical"),
    DemoPerson("priya", "Priya Nair", "technician", "Instrumentation"),
    DemoPerson("tomasz", "Tomasz Zieliński", "technician", "Mechanical"),
    DemoPerson("henrik", "Henrik Dahl", "requester", "Line lead, bottling"),
)

TECHNICIANS: Final = tuple(person.username for person in PEOPLE if person.role == "technician")

DEMO_USER: Final = "ada"
"""Whom the demo signs in: a technician."""
COLLEAGUE_USER: Final = "dana"
"""The second person of the demo: the planner, who changes and completes what Ada is working on."""
DEMO_PASSWORD: Final = "demo"
COLLEAGUE_PASSWORD: Final = "demo"
"""Everybody at the demo plant has this password; their hub listens on this machine only."""

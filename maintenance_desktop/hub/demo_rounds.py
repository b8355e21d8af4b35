"""What is done regularly at the demo plant, before something goes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Round:
    """Work that comes back every so many days."""

    title: str
    tag: str
    every_days: int
    hours: float
    trade: str
    description: str
    finding: str
    work_type: str = "preventive"


ROUNDS: Final = (
    Round(
        "Lubrication round, line 1",
        "L1",
        14,
        1.5,
        "Mechanical",
        "Route card L1-2W. Chains, star wheel bearings, capper heads. Food-grade grease only.",
        "All points done. Chain oiler at C-12 topped up.",
    ),
    Round(
        "Lubrication round, line 2",
        "L2",
        14,
        1.5,
        "Mechanical",
        "Route card L2-2W. Washer chain bearings first, while it is cold.",
        "All points done; washer row 4 takes more grease than the others.",
    ),
    Round(
        "Check safety circuits, line 1",
        "L1",
        28,
        1.0,
        "Electrical",
        "Every guard switch and emergency stop once, with the line empty. Sign the sheet at the panel.",
        "All 14 stops and 22 guards switch off as they should.",
        "safety",
    ),
    Round(
        "Check safety circuits, line 2",
        "L2",
        28,
        1.0,
        "Electrical",
        "Every guard switch and emergency stop once, with the line empty. Sign the sheet at the panel.",
        "All stops good. Guard 9 switched late, screw tightened.",
        "safety",
    ),
    Round(
        "Vibration route, pumps and fans",
        "PA-1",
        28,
        2.0,
        "Mechanical",
        "32 points, hand instrument 2. Compare with last month; above 4.5 mm/s write a work order.",
        "No point above 4.5 mm/s.",
        "inspection",
    ),
    Round(
        "Calibrate pasteuriser temperature",
        "TT-212",
        56,
        1.5,
        "Instrumentation",
        "Three points in the block calibrator: 60, 72 and 85 °C. Limit ±0.3 K.",
        "Largest error 0.1 K. Sheet filed.",
    ),
    Round(
        "Test flow diversion valve",
        "V-211",
        28,
        0.5,
        "Instrumentation",
        "Lower the set point by hand until the valve diverts. Write down the temperature.",
        "Diverts at 71.6 °C, back at 72.2 °C.",
        "safety",
    ),
    Round(
        "Compressor service, 2,000 h",
        "K-1",
        90,
        4.0,
        "Mechanical",
        "Oil, oil filter, air filter; separator at every second service. Drain the condensate trap by hand.",
        "Done by the card. Oil sample sent.",
    ),
    Round(
        "Compressor service, 2,000 h",
        "K-2",
        90,
        4.0,
        "Mechanical",
        "Oil, oil filter, air filter; separator at every second service. Drain the condensate trap by hand.",
        "Done by the card. Belt guard screw missing, replaced.",
    ),
    Round(
        "Boiler safety tests",
        "BO-1",
        14,
        0.75,
        "Mechanical",
        "Low-water cut-off, gauge glasses, blow-down. Enter the water values in the boiler book.",
        "All tests passed, conductivity 3,100 µS/cm.",
        "safety",
    ),
    Round(
        "Gearbox oil check",
        "G-7",
        28,
        0.5,
        "Mechanical",
        "Level, colour, temperature, breather. Sample twice a year.",
        "Level good, oil clear.",
    ),
    Round(
        "Clean cooling tower basin",
        "CT-1",
        60,
        3.0,
        "Mechanical",
        "Drain, brush, disinfect by sheet CT-4. Two people, masks.",
        "Basin clean, drift eliminators good.",
    ),
    Round(
        "Thermography of main panels",
        "UT-2",
        180,
        4.0,
        "Electrical",
        "All panels of the list with the load on. Above 15 K over its neighbours: write a work order.",
        "One terminal in panel H2-P4 14 K up; tightened under lock-out.",
        "inspection",
    ),
    Round(
        "Check blow moulder air seals",
        "BM-1",
        21,
        1.5,
        "Mechanical",
        "Listen with the detector at every station; change what leaks.",
        "Stations 2 and 7 changed.",
    ),
    Round(
        "Robot gripper inspection",
        "GR-1",
        28,
        1.0,
        "Mechanical",
        "Plates, cylinders, hoses; close the gripper on the gauge.",
        "Plates good, one hose clip renewed.",
    ),
    Round(
        "Clean oven reflectors",
        "H-1",
        30,
        2.0,
        "Electrical",
        "Cold oven. Wipe, do not polish. Note the hours of each lamp.",
        "Done. Two lamps above 4,000 h.",
    ),
    Round(
        "Forklift service",
        "FT-1",
        90,
        1.5,
        "Mechanical",
        "Chains, brakes, tyres, battery water.",
        "Battery filled, brakes good.",
    ),
)

"""What the people of the benchmarks' plant write: names, machines, and the sentences between them.

`{part}` is a part of the machine, `{tag}` its tag, `{value}` a figure, `{who}` a first name, `{code}` a code
that is seen once or twice, `{firm}` a supplier.
"""

from __future__ import annotations

from typing import Final

FIRST_NAMES: Final = (
    "Ada", "Amélie", "Åsa", "Björn", "Carlos", "Chloé", "Dana", "Dmitri", "Eero", "Élodie", "Femi",
    "François", "Grace", "Günther", "Hana", "Hélène", "Ibrahim", "Ines", "Jürgen", "Kamila", "Kofi",
    "Łukasz", "Maja", "María", "Niamh", "Noël", "Olga", "Øyvind", "Pavel", "Priya", "Quinn", "Renée",
    "Rubén", "Søren", "Tomás", "Uwe", "Vera", "Wanjiru", "Xavier", "Yasmin", "Zoë", "Żaneta",
)  # fmt: skip
LAST_NAMES: Final = (
    "Adeyemi", "Andersson", "Bąk", "Böhm", "Castaño", "Ceballos", "Çelik", "Dahl", "Díaz", "Eriksen",
    "Fischer", "Garnier", "Grün", "Haddad", "Hernández", "Ivanova", "Jovanović", "Kowalski", "Lefèvre",
    "Lindqvist", "Müller", "Nakamura", "Nuñez", "Okafor", "Ortiz", "Pérez", "Quispe", "Rossi", "Sørensen",
    "Šimek", "Tanaka", "Tremblay", "Ünal", "Varga", "Weiß", "Wójcik", "Yılmaz", "Zhang",
)  # fmt: skip
TRADES: Final = ("mechanic", "electrician", "instrumentation", "welder", "lubrication", "building services")
BUILDINGS: Final = (
    "Boiler house", "Bottling hall", "Brewhouse", "Compressor room", "Cold store", "Depot",
    "Effluent plant", "Foundry", "Goods-in", "Hydraulics hall", "Laboratory", "Melt shop", "Packing hall",
    "Paint shop", "Press shop", "Pump station", "Quarry face", "Raw mill", "Tank farm", "Workshop",
)  # fmt: skip
PLACES: Final = ("bay", "mezzanine", "level", "cell", "pit", "platform", "row", "corridor", "roof", "annex")

MACHINES: Final = (
    ("Pump", "PU",
        ("shaft seal", "impeller", "coupling", "bearing", "strainer", "suction valve", "flush line")),
    ("Conveyor", "CV", ("drive chain", "idler", "belt", "gearbox", "guide rail", "bearing", "photo-eye")),
    ("Gearbox", "GB", ("output shaft", "lip seal", "breather", "oil filter", "bearing", "pinion", "key")),
    ("Compressor", "CP",
        ("inlet valve", "separator", "cooler", "drain trap", "belt", "bearing", "controller")),
    ("Fan", "FN", ("V-belt", "rotor", "bearing", "damper", "flexible joint", "motor", "guard")),
    ("Filler", "FL",
        ("filling valve", "membrane", "cam", "starwheel", "level probe", "bearing", "drip tray")),
    ("Press", "PR",
        ("cylinder", "proportional valve", "light curtain", "oil filter", "hose", "ram guide", "pump")),
    ("Crane", "CR",
        ("hoist rope", "limit switch", "brake", "trolley wheel", "pendant", "hook latch", "bearing")),
    ("Boiler", "BO",
        ("burner", "feed pump", "level glass", "safety valve", "gasket", "flame detector", "fan")),
    ("Chiller", "CH",
        ("condenser", "expansion valve", "compressor", "flow switch", "glycol pump", "fan", "sensor")),
    ("Excavator", "EX",
        ("bucket cylinder", "track link", "slew bearing", "hydraulic hose", "boom pin", "cab fan")),
    ("Mixer", "MX",
        ("agitator", "shaft seal", "gearbox", "scraper", "load cell", "bearing", "manhole gasket")),
    ("Labeller", "LB",
        ("gripper cylinder", "glue pump", "vacuum drum", "encoder", "brush", "bearing", "knife")),
    ("Palletiser", "PL",
        ("gripper", "lift chain", "servo drive", "light curtain", "bearing", "proximity switch")),
    ("Silo", "SI",
        ("rotary valve", "vibrator", "level sensor", "filter bags", "slide gate", "manhole gasket")),
    ("Transformer", "TR",
        ("bushing", "oil", "cooling fan", "tap changer", "silica gel", "terminal", "relay")),
    ("Robot", "RB",
        ("wrist unit", "cable pack", "gripper", "brake", "battery", "teach pendant", "servo drive")),
    ("Weighbridge", "WB", ("load cell", "junction box", "drainage", "display", "approach plate", "cable")),
)  # fmt: skip

FAULTS: Final = (
    "leaking", "noisy", "running hot", "tripping", "loose", "stuck", "worn", "vibrating", "not starting",
    "blocked", "out of adjustment", "cracked", "slow", "giving no signal", "slipping", "dripping oil",
    "seized", "corroded",
)  # fmt: skip
ROUNDS: Final = (
    "Monthly inspection", "Quarterly service", "Yearly service", "Lubrication round", "Thermography",
    "Oil sample", "Safety check", "Calibration", "Belt and chain check", "Filter change",
    "Weekly walk-round",
)  # fmt: skip

REPORTS: Final = (
    "Operator reports the {part} of {tag} is not right since the start of the shift.",
    "Found on the walk-round: {part} hot to the touch, {value} °C at the housing.",
    "There is oil on the floor under the {part}, about {value} ml since yesterday.",
    "Noise from the {part} gets louder with speed, clearly heard from the walkway.",
    "Line stopped {value} times tonight because of the {part}.",
    "The {part} was replaced in spring and the same fault is back.",
    "Alarm {code} on the panel, could be reset but comes again after {value} minutes.",
    "Please check the {part} before the weekend, production needs {tag} on Monday.",
    "Vibration {value} mm/s at the drive end, limit is 4.5.",
    "No danger for people, the area is fenced off with tape.",
    "{who} from the night shift saw smoke for a moment, then nothing more.",
    "Temporary repair done with a clamp, needs the right {part}.",
    "Pressure drops to {value} bar when the second consumer starts.",
    "Water gets in from the roof above {tag}, see also the other order.",
    "Spare part is in the store, shelf {code}.",
    "Isolation and permit needed, talk to {who} first.",
    "Bolts on the {part} can be turned by hand.",
    "Seen during cleaning, the guard was off at the time.",
    "Motor current {value} A, normally 12.",
    "As discussed with {who} and {firm}, quote {code}.",
)
STEPS: Final = (
    "Check the {part} for wear and play.",
    "Clean and check all filters, replace if black.",
    "Check oil level, top up with the grade on the plate.",
    "Measure and note the motor current on all phases.",
    "Grease bearing points, {value} strokes each, wipe off.",
    "Check belt tension and alignment.",
    "Test the emergency stop and the guard switches.",
    "Tighten terminals, look for discoloured cable.",
    "Check hoses and pipes for chafing and leaks.",
    "Write down the hour meter and compare it with the last round.",
    "Listen to the {part} under load.",
)
PROBLEMS: Final = (
    "{part} worn through.", "{part} leaking at the flange.", "Bearing of the {part} dry.",
    "Play of {value} mm.", "Loose terminal in box {code}.", "{part} blocked with product.",
    "Sensor covered in dust.", "Crack of {value} cm.", "Wrong {part} fitted last time.",
    "Alignment out by {value} mm.", "Fuse blown.", "Seal hardened.",
)  # fmt: skip
CAUSES: Final = (
    "Normal wear.", "Age.", "Grease washed out by hose-down.", "Ran dry during a tank change.",
    "Vibration.", "Overload, see alarm {code}.", "Dust from the mill.", "Not on any round.",
    "Hit by a forklift.", "Unknown.", "Material from {firm} not to drawing.", "Condensation overnight.",
    "Set wrongly after the last repair.",
)  # fmt: skip
REMEDIES: Final = (
    "{part} replaced.", "New {part} from {firm} fitted, {code}.", "Cleaned and adjusted.",
    "Tightened to {value} Nm.", "Repaired with a kit.", "{part} swapped with the spare.",
    "Welded and ground.", "Realigned to 0.05 mm.", "Bearing replaced, greased.",
    "Cable renewed and clipped.", "Reset and watched for an hour.",
)  # fmt: skip
NOTES: Final = (
    "Isolated, locked and tagged, checked dead.",
    "Removed the {part}, cleaned the seat and checked it with the gauge.",
    "Part number {code} used, last one from the store, please reorder.",
    "Replaced and tested, running well at {value} bar.",
    "Checked again after one hour, temperature {value} °C, no leak.",
    "Test run with the operator, all good.",
    "Area cleaned, guards back on, keys returned.",
    "Needed help from {who} to lift it.",
    "The old {part} is kept for {firm}, on the bench.",
    "Took longer because the bolts were seized.",
    "Found the {part} worn as well, new order follows.",
    "Torque {value} Nm, marked with paint.",
    "Oil changed, {value} litres, filter checked.",
    "Handed over to the shift at the end of the day.",
    "To be checked again at the next round.",
)
LABOR_NOTES: Final = (
    "Fault finding.", "Waited for isolation.", "Dismantled and cleaned.", "Helped {who}.",
    "Fetched parts from {firm}.", "Fitted the {part}, test run.", "Night call-out.",
    "Second visit, checked and adjusted.", "Drive to site and back.",
)  # fmt: skip
COMMENTS: Final = (
    "Part {code} is on order from {firm}, they say {value} working days.",
    "Can we do this on Thursday? {tag} is down for cleaning anyway.",
    "{who} has the drawing of the {part}.",
    "Checked this morning, not worse than yesterday.",
    "Photos are in the folder of the shift.",
    "Same as last year, see the order for the {part} then.",
    "Production agrees to stop at {value} o'clock.",
    "Scaffold ordered, tag {code}.",
    "Please leave the old part on the bench, we want to look at it.",
    "Runs for now. I would still replace the {part} in the next stop.",
    "The manual of {firm} says something else, ask {who}.",
    "Done by the contractor, report {code} received.",
)
ASSET_NOTES: Final = (
    "Spare {part} in the store, shelf {code}.",
    "Access only with a permit.",
    "Bought used from {firm} and overhauled.",
    "Drawing {code} in the office.",
    "Gets hot in summer, see the history.",
)

_BEGINNINGS: Final = (
    "Ver", "Kal", "Mon", "Stre", "Bru", "Hol", "Lö", "Tri", "Fen", "Gar", "Pul", "Ro", "Sä", "Win", "Dra",
    "Os", "Kry", "Bel", "Né", "Um",
)  # fmt: skip
_MIDDLES: Final = (
    "ta", "li", "ro", "va", "ne", "ki", "do", "sta", "mi", "ra", "go", "len", "fü", "tra", "pe",
)  # fmt: skip
_ENDS: Final = (
    "x", "tec", "n", "mann", "ek", "lo", "s", "rup", "dt", "via", "holt", "berg", "ço", "nor", "m",
)  # fmt: skip
FIRMS: Final = tuple(a + b + c for a in _BEGINNINGS for b in _MIDDLES for c in _ENDS)
"""4,500 names that are in no other word; the front ones are met most often."""

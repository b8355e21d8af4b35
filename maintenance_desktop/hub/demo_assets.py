"""Where the demo plant's machines stand and what they consist of: a small juice and water bottler.

Both tables are read by their indentation: what stands further in belongs to the line above it.
All makers are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_LOCATIONS: Final = """
ACB | Alder Creek plant
    H1 | Hall 1, process
        H1-SYR | Syrup room
        H1-PAS | Pasteurising
    H2 | Hall 2, bottling
        H2-L1 | Line 1, PET
        H2-L2 | Line 2, glass
    H3 | Hall 3, packing
    UT | Utilities building
        UT-BLR | Boiler house
        UT-CMP | Compressor room
        UT-REF | Refrigeration
    WT | Water treatment
    WH | Warehouse
    WS | Workshop
"""

# tag | name | category | maker and model | criticality | location, where it differs from the line above
_ASSETS: Final = """
WT-1 | Water treatment plant | line | - | a | WT
    P-101 | Raw water pump 1 | pump | Kestrelflow KN 65-200 | b
        M-101 | Motor of raw water pump 1 | motor | Halden H160L | c
    P-102 | Raw water pump 2 | pump | Kestrelflow KN 65-200 | b
        M-102 | Motor of raw water pump 2 | motor | Halden H160L | c
    F-11 | Sand filter | filter | Aquamere SF-1200 | b
    F-12 | Activated carbon filter | filter | Aquamere AC-900 | b
    RO-1 | Reverse osmosis skid | filter | Aquamere Osmo 12 | a
        P-110 | High-pressure pump | pump | Kestrelflow HP 32-14 | a
        V-118 | Concentrate control valve | valve | Norvane GV25 | b
        AT-119 | Conductivity transmitter | sensor | Ostring CT-4 | b
    T-10 | Treated water tank | tank | Ferrowick 40 m³ | b
        LT-10 | Level transmitter of T-10 | sensor | Ostring LR-80 | b
SY-1 | Syrup and blending | line | - | a | H1-SYR
    T-21 | Sugar dissolving tank | tank | Ferrowick 8 m³ | b
        A-21 | Agitator of T-21 | gearbox | Calder & Voss AG5 | b
    T-22 | Blending tank 1 | tank | Ferrowick 12 m³ | b
        A-22 | Agitator of T-22 | gearbox | Calder & Voss AG5 | b
    T-23 | Blending tank 2 | tank | Ferrowick 12 m³ | b
        A-23 | Agitator of T-23 | gearbox | Calder & Voss AG5 | b
    P-201 | Syrup transfer pump | pump | Lobeline LP-40 | b
    P-202 | Concentrate dosing pump | pump | Lobeline LD-6 | b
    V-205 | Divert valve, blending | valve | Norvane MP50 | b
    FT-206 | Syrup flow meter | sensor | Ostring MF-50 | a
PA-1 | Pasteuriser | line | - | a | H1-PAS
    P-204 | Feed pump | pump | Kestrelflow KS 50-160 | a
        M-204 | Motor of feed pump | motor | Halden H132M | b
        B-204 | Drive-end bearing of feed pump | bearing | Rundal 6309-C3 | b
    E-21 | Plate heat exchanger | exchanger | Tarnwell PX-30 | a
    P-207 | Booster pump | pump | Kestrelflow KS 40-125 | b
    V-211 | Flow diversion valve | valve | Norvane MP65-D | a
    TT-212 | Holding tube temperature | sensor | Ostring RT-100 | a
    T-25 | Aseptic buffer tank | tank | Ferrowick 20 m³ | a
CIP-1 | Cleaning in place | line | - | b | H1
    P-221 | CIP supply pump | pump | Kestrelflow KS 65-200 | b
    P-222 | CIP return pump | pump | Kestrelflow KR 50 | b
    T-27 | Caustic tank | tank | Ferrowick 6 m³ | b
    V-224 | Caustic dosing valve | valve | Norvane DV15 | b
    AT-225 | CIP conductivity transmitter | sensor | Ostring CT-4 | b
L1 | Bottling line 1, PET | line | - | a | H2-L1
    BM-1 | Blow moulder | moulder | Sablier Form 8 | a
        H-1 | Preform oven | moulder | Sablier Heat 8 | a
    R-1 | Rinser | filler | Brightfill RN-40 | b
    FL-1 | Filler | filler | Brightfill VX-48 | a
        G-7 | Filler main gearbox | gearbox | Calder & Voss BK87 | a
        V-131 | Product inlet valve | valve | Norvane MP65 | a
        LT-132 | Filler bowl level | sensor | Ostring LR-20 | b
    CP-1 | Capper | capper | Brightfill TQ-12 | a
        S-12 | Cap sorter | conveyor | Brightfill CS-2 | b
    LB-1 | Labeller | labeller | Sablier Label R | b
    C-11 | Infeed conveyor | conveyor | Trannock TM-300 | b
        M-11 | Drive of C-11 | motor | Halden H90S | c
    C-12 | Filler discharge conveyor | conveyor | Trannock TM-300 | b
        M-12 | Drive of C-12 | motor | Halden H90S | c
    C-13 | Accumulation table | conveyor | Trannock AT-8 | b
    IN-1 | Bottle inspector | sensor | Ostring Vista 2 | a
L2 | Bottling line 2, glass | line | - | a | H2-L2
    DP-2 | Depalletiser | palletiser | Trannock DP-600 | b
    BW-2 | Bottle washer | washer | Brightfill W-30 | a
        P-231 | Washer caustic pump | pump | Kestrelflow KS 50-160 | b
        G-21 | Washer main gearbox | gearbox | Calder & Voss BK97 | a
    FL-2 | Filler and crowner | filler | Brightfill GX-60 | a
        G-22 | Crowner gearbox | gearbox | Calder & Voss RF57 | b
        V-232 | Carbonated product valve | valve | Norvane MP50 | b
    LB-2 | Labeller, wet glue | labeller | Sablier Label W | b
    C-21 | Washer discharge conveyor | conveyor | Trannock TM-250 | b
    C-22 | Labeller infeed conveyor | conveyor | Trannock TM-250 | b
        M-22 | Drive of C-22 | motor | Halden H90S | c
    IN-2 | Empty bottle inspector | sensor | Ostring Vista 2 | a
PK-1 | Packing and palletising | line | - | b | H3
    SW-1 | Shrink wrapper | wrapper | Sablier Pack 25 | b
    CA-1 | Case packer | wrapper | Sablier Case 14 | b
    C-31 | Case conveyor | conveyor | Trannock RC-600 | c
    PL-1 | Palletising robot | palletiser | Trannock Arm 180 | a
        GR-1 | Layer gripper | palletiser | Trannock LG-4 | b
    SW-2 | Stretch wrapper | wrapper | Sablier Turn 2 | c
    L-31 | Pallet lift | conveyor | Trannock PLT-1 | b
UT-1 | Steam and hot water | line | - | a | UT-BLR
    BO-1 | Steam boiler 1 | boiler | Ferrowick FB-3000 | a
        P-301 | Boiler feed pump 1 | pump | Kestrelflow HP 25-10 | a
        BU-1 | Burner of boiler 1 | boiler | Ferrowick Blaze 3 | a
    BO-2 | Steam boiler 2 | boiler | Ferrowick FB-3000 | b
        P-302 | Boiler feed pump 2 | pump | Kestrelflow HP 25-10 | b
    T-30 | Condensate tank | tank | Ferrowick 3 m³ | c
UT-2 | Compressed air | line | - | a | UT-CMP
    K-1 | Screw compressor 1 | compressor | Quillon QS 75 | a
        M-31 | Motor of compressor 1 | motor | Halden H250M | b
    K-2 | Screw compressor 2 | compressor | Quillon QS 75 | b
        M-32 | Motor of compressor 2 | motor | Halden H250M | c
    K-3 | High-pressure compressor, 40 bar | compressor | Quillon QP 40 | a
    D-1 | Refrigerant air dryer | compressor | Quillon DR-90 | b
    T-31 | Air receiver | tank | Ferrowick 5 m³ | b
UT-3 | Refrigeration | line | - | a | UT-REF
    CH-1 | Chiller 1 | chiller | Tarnwell CW-400 | a
    CH-2 | Chiller 2 | chiller | Tarnwell CW-400 | b
    CT-1 | Cooling tower | chiller | Tarnwell TW-6 | b
    P-311 | Glycol pump 1 | pump | Kestrelflow KN 80-250 | b
        M-311 | Motor of glycol pump 1 | motor | Halden H180M | c
    P-312 | Glycol pump 2 | pump | Kestrelflow KN 80-250 | b
LG-1 | Warehouse equipment | line | - | c | WH
    FT-1 | Forklift 1 | vehicle | Borrowdale E20 | c
    FT-2 | Forklift 2 | vehicle | Borrowdale E20 | c
    DR-1 | Loading dock door 1 | door | Gatewell D3 | c
    DR-2 | Loading dock door 2 | door | Gatewell D3 | c
"""

STATUSES: Final = {
    "P-102": "standby",
    "BO-2": "standby",
    "P-302": "standby",
    "P-312": "standby",
    "CH-2": "down",
    "SW-2": "down",
    "FT-2": "retired",
}

NOTES: Final = {
    "P-204": "Spare drive-end bearing in bin C4-11. Lock out at panel H1-P3, field 7.",
    "G-7": "Oil ISO VG 220, 6.5 l. Use the drain hose on the hook behind the filler, not the tray.",
    "BW-2": "Caustic bath at 80 °C: face shield, long gloves and apron before any door is opened.",
    "CH-2": "Compressor exchanged under warranty; waits for the maker's commissioning.",
    "K-3": "40 bar: depressurise at V3 and wait for zero on both gauges.",
    "FT-2": "Sold. Stays in the list for its history.",
}


@dataclass(frozen=True, slots=True)
class DemoLocation:
    """A place, and the code of the place it is in."""

    code: str
    name: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class DemoAsset:
    """A machine or a part of one, and the tag of what it belongs to."""

    tag: str
    name: str
    category: str
    manufacturer: str | None
    model: str | None
    criticality: str
    location: str
    parent: str | None


def locations() -> Iterator[DemoLocation]:
    """Every place, parents first."""
    for (code, name), parents in _read(_LOCATIONS):
        yield DemoLocation(code, name, parents[-1][0] if parents else None)


def assets() -> Iterator[DemoAsset]:
    """Every machine, parents first."""
    for cells, parents in _read(_ASSETS):
        tag, name, category, made, criticality = cells[:5]
        maker, model = (None, None) if made == "-" else _maker_and_model(made)
        location = next(line[5] for line in (cells, *reversed(parents)) if len(line) > 5)
        parent = parents[-1][0] if parents else None
        yield DemoAsset(tag, name, category, maker, model, criticality, location, parent)


def _maker_and_model(made: str) -> tuple[str, str]:
    words = 3 if " & " in made else 1
    parts = made.split(" ", words)
    return " ".join(parts[:words]), parts[words]


def _read(table: str) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Each line's cells, with the cells of the lines it belongs to, outermost first."""
    open_lines: list[list[str]] = []
    for line in table.strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 4
        cells = [cell.strip() for cell in line.split("|")]
        del open_lines[depth:]
        yield cells, list(open_lines)
        open_lines.append(cells)

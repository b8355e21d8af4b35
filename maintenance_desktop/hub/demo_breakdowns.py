"""What goes wrong at the demo plant, by kind of machine: what people find, why, and what they do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Blocks of four lines; `{tag}` and `{name}` stand for the machine:
#   kind of machine | title | hours | minutes of downtime | priority
#   description
#   problem | cause
#   remedy
_TABLE: Final = """
pump | Mechanical seal leaking | 3 | 140 | high
Steady drip at the shaft of {tag}, puddle under the coupling guard.
Seal faces scored, about 20 drops a minute. | Pump ran dry during a tank change.
New cartridge seal, flush line cleared, run 30 min at pressure without a drop.

pump | Noisy on start | 2.5 | 90 | medium
Growling for the first minute after start, then quiet.
Coupling spider worn through on two arms. | Alignment 0.4 mm out since the last motor change.
New spider, laser-aligned to 0.05 mm.

pump | Low discharge pressure | 4 | 180 | high
{tag} reaches 2.1 bar instead of 3.4 with the valve open.
Impeller worn and suction strainer half blocked. | Strainer not on any round.
Strainer cleaned, impeller replaced, strainer added to the monthly round.

motor | Motor running hot | 1.5 | 30 | medium
Surface 92 °C at the drive end, normally 65.
Cooling fins packed with dust and syrup. | Hose-down of the floor splashes the motor.
Cleaned, splash guard fitted. 68 °C after one hour.

motor | Bearing noise | 4.5 | 210 | high
High whine, gets louder with speed.
Drive-end bearing dry. | Grease nipple blocked with paint.
Both bearings replaced, nipples renewed.

gearbox | Oil leak at the output shaft | 3.5 | 120 | medium
Oil on the floor below {tag}. Level at the lower mark.
Lip seal hardened. | Age; last changed four years ago.
Seal and wear sleeve replaced, oil topped up.

gearbox | Knocking under load | 6 | 320 | high
Regular knock, about twice a second, only with product.
Play in the intermediate gear key. | Key worn, probably from the jams in spring.
Key replaced, teeth inspected: fine.

gearbox | Oil temperature high | 2 | 60 | medium
Thermometer strip shows 95 °C.
Oil dark and thin. | Oil change was missed once.
Oil and breather changed, 71 °C under load.

bearing | Vibration above alarm | 4 | 160 | high
7.8 mm/s at the drive end, 4.2 a month ago.
Outer race damage in the spectrum. | Grease washed out by hose-down.
Bearing and shield replaced, 1.1 mm/s.

conveyor | Chain jumps at the drive | 3 | 110 | high
Bottles fall over at the start of {tag}. Chain slack.
Chain stretched, sprocket teeth hooked. | Wear; no links left to take out.
Chain and drive sprocket replaced.

conveyor | Guide rail loose | 0.75 | 15 | low
Rail moves by hand, bottles catch at the joint.
Two brackets without nuts. | Vibration, plain nuts.
Lock nuts fitted along the rail.

conveyor | Photo-eye misses bottles | 0.5 | 20 | medium
Accumulation starts too late, line backs up.
Reflector dirty and turned. | Hit during cleaning.
Cleaned, aligned, bracket doubled.

filler | Underfilled bottles from one valve | 1.5 | 40 | medium
Every 48th bottle is 15 ml short.
Filling valve 31 does not open fully. | Worn membrane.
Membrane set replaced on that valve.

filler | Star wheel out of time | 2.5 | 130 | high
Bottles crushed between {tag} and the capper.
Star wheel 3 turned by about 4°. | Overload clutch slipped after a jam.
Timed again with the gauge, clutch checked.

filler | Product dripping after fill | 2 | 70 | medium
Sticky bottles, labels do not hold.
Drip cone seals swollen. | Caustic 3 % too strong last week.
Seal set replaced.

capper | Caps crooked | 2 | 60 | medium
About 2 % crooked caps since the change to the light cap.
Chuck 7 worn. | Jaws rounded.
Chucks 7 and 8 replaced, torque checked on 60 bottles.

capper | Cap chute jams | 1 | 50 | high
Stops every ten minutes with a jammed chute.
Deformed caps in the batch. | Supplier batch stored in the heat.
Batch taken out, chute polished.

labeller | Labels wrinkled | 1.5 | 45 | medium
Wrinkles on the leading edge, worse at full speed.
Vacuum drum ports half closed. | Glue deposits.
Drum cleaned, vacuum at 0.35 bar.

labeller | Label cut out of register | 2 | 80 | medium
Cut drifts by 3 mm in an hour.
Encoder coupling cracked. | Fatigue.
Coupling replaced, register set.

valve | Valve does not close fully | 1.5 | 60 | medium
Product passes with {tag} closed.
Plug seal cut. | Piece of a gasket in the line.
Seal replaced, line flushed, source found upstream.

valve | No feedback from position switch | 0.5 | 20 | medium
Step stops: {tag} “not open”.
Proximity switch loose. | Vibration.
Switch set and locked, ten cycles without a fault.

sensor | Reading drifts | 1 | 0 | medium
{name} differs from the hand instrument by 6 %.
Zero has moved. | Deposits on the electrode.
Cleaned and calibrated, certificate attached to the folder.

sensor | Signal drops out | 1 | 25 | medium
Value freezes for some seconds, a few times a shift.
Plug contacts green. | Condensate in the plug.
Plug replaced, cable loop hung so that it drips off.

moulder | Oven zone does not heat | 1.5 | 75 | high
Preforms cloudy at the shoulder. Zone 4 at 40 %.
Three lamps burnt out. | Age.
All lamps of the zone replaced.

moulder | Air leak at a mould | 1 | 50 | high
Loud hiss at station 5, bottles not formed at the base.
Nozzle seal torn. | Wrong seal fitted in March.
Right seal fitted, the others checked.

washer | Spray nozzles blocked | 4 | 190 | high
Labels left on bottles, caustic section.
Nozzles full of pulp. | Sieve torn.
Sieve replaced, nozzles cleaned.

washer | Pocket carrier bent | 3.5 | 170 | high
Knocking once each turn, door 3.
One carrier bent at row 118. | Broken bottle stuck in the guide.
Carrier replaced, guide straightened.

palletiser | Layer collapses | 2 | 65 | medium
Outer row falls when the gripper opens.
One gripper plate late. | Cylinder leaks.
Cylinder replaced, opening times equal.

palletiser | Light curtain trips | 1 | 35 | medium
{tag} stops without anybody near.
Mirror dirty, bracket bent. | Pallet truck hit it.
Bracket straightened, bollard ordered.

wrapper | Film tears at the start | 0.75 | 20 | low
Film tears two or three times a shift.
Clamp pad hard. | Age.
Pads replaced.

wrapper | Seal bar too cold | 1 | 55 | medium
Packs open on the lift.
Heater at half power. | Fuse of one phase.
Fuse and holder replaced.

boiler | Burner lockout | 1.5 | 85 | high
Locks out on flame failure, restarts by hand.
Flame sensor dim. | Soot on the glass.
Cleaned, sensor current 22 µA.

compressor | High oil temperature | 2 | 40 | high
Stopped at 108 °C.
Cooler matted with dust. | Filter mat at the air inlet torn.
Cooler blown out, mat replaced, 86 °C.

compressor | Does not load | 3 | 60 | high
Runs, but the pressure falls to 5.8 bar.
Inlet valve sticks. | Old oil residue.
Valve overhauled with the kit.

chiller | Low suction pressure alarm | 5 | 240 | high
Alarm every night around three.
Charge 4 kg low. | Leak at a flare joint.
Joint made again, leak test, charged.

chiller | Fan vibrates | 2.5 | 0 | medium
Fan 2 shakes the frame.
Blade cracked. | Ice in January.
Fan replaced and balanced.

tank | Manway gasket leaking | 0.75 | 0 | low
Drops at the manway when full.
Gasket pinched. | Closed askew.
Gasket replaced, closing shown to the shift.

filter | Differential pressure high | 2 | 0 | medium
1.4 bar over {tag}, limit 1.0.
Bed clogged. | Backwash timer stood still after the power cut.
Backwashed twice, timer set, 0.4 bar.

exchanger | Product side leaks to the outside | 5 | 260 | high
Drops at plate 40 to 44 when cold.
Gaskets set. | Opened and closed often this year.
Gasket set for the section, tightened to 312 mm.

vehicle | Lift chain uneven | 2.5 | 0 | medium
Forks 15 mm apart in height.
One chain longer. | Wear.
Chains replaced as a pair, inspected.

door | Door stops half way | 1 | 0 | low
Stops and goes back up.
Edge sensor wet. | Seal torn.
Seal replaced, sensor dried.
"""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One way to fail."""

    title: str
    description: str
    problem: str
    cause: str
    remedy: str
    hours: float
    downtime: int
    priority: str


def breakdowns() -> Mapping[str, list[Breakdown]]:
    """All of them, by kind of machine."""
    found: dict[str, list[Breakdown]] = defaultdict(list)
    for block in _TABLE.strip().split("\n\n"):
        head, description, middle, remedy = block.splitlines()
        kind, title, hours, downtime, priority = head.split(" | ")
        problem, cause = middle.split(" | ")
        breakdown = Breakdown(
            title, description, problem, cause, remedy, float(hours), int(downtime), priority
        )
        found[kind].append(breakdown)
    return found

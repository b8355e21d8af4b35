"""Making ids: UUID version 7 (RFC 9562), so that new rows land at the end of every index."""

from __future__ import annotations

import uuid
from datetime import datetime
from random import Random


def new_id(now: datetime, random: Random) -> str:
    """A new id, lower case with dashes. Its time means nothing to anybody."""
    milliseconds = max(0, int(now.timestamp() * 1000)) & ((1 << 48) - 1)
    bits = milliseconds << 80 | 0x7 << 76 | random.getrandbits(12) << 64
    bits |= 0b10 << 62 | random.getrandbits(62)
    return str(uuid.UUID(int=bits))

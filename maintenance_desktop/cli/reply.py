"""What a command answers, and what stops one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Code(IntEnum):
    """The exit codes, which scripts rely on."""

    DONE = 0
    REFUSED = 1
    WRONG_USAGE = 2
    NEEDS_DECISION = 3
    OFFLINE = 4


@dataclass(frozen=True, slots=True)
class Reply:
    """The same answer twice: `data` for machines, `text` for people; `notes` go to standard error."""

    data: Any
    text: str = ""
    code: Code = Code.DONE
    notes: tuple[str, ...] = ()


class Stopped(Exception):
    """The command ends here and has done nothing; `str()` is a sentence for the person."""

    def __init__(self, sentence: str, code: Code = Code.REFUSED) -> None:
        super().__init__(sentence)
        self.code = code

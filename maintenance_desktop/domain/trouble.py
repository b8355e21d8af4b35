"""What can go wrong on this machine; `str()` is a sentence for the person.

NotSaved                nothing was saved; what was typed is still in the form
├── InvalidInput        the problems stand at their fields
├── StorageTrouble      the disk is full, read-only or broken
└── Outdated            the question changed while it was on screen
CacheDamaged            the copy of the server is unusable and will be downloaded again
ProfileTrouble          a profile cannot be opened
"""

from __future__ import annotations

from collections.abc import Sequence

from maintenance_desktop.domain.views import Problem


class NotSaved(Exception):
    """Nothing was saved; what was typed is still in the form."""


class InvalidInput(NotSaved):
    """What was typed cannot be saved as it is; each problem stands at its field."""

    def __init__(self, found: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.message for problem in found))
        self.problems = tuple(found)


class StorageTrouble(NotSaved):
    """The disk is full, read-only or broken."""


class Outdated(NotSaved):
    """The question changed while it was on screen: look again before answering."""


class CacheDamaged(Exception):
    """The copy of the server is unusable; no work is in it."""


class ProfileTrouble(Exception):
    """A profile cannot be opened: in use, made by a newer program, or not readable."""

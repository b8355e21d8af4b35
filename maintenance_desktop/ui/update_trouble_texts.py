"""What can go wrong with an update, in words: what happened, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from maintenance_desktop.domain.updates import Reason


def trouble_texts(reason: Reason) -> tuple[str, str]:
    """What happened (with %1 for its detail and %2 for the version that runs), and what to do."""
    happened, advice = _TROUBLE[reason]
    return (
        QCoreApplication.translate("Updates", str(happened)),
        QCoreApplication.translate("Updates", str(advice)),
    )


def is_suspicious(reason: Reason) -> bool:
    """Whether somebody may have tampered: it is said in red."""
    return reason in _SUSPICIOUS


_SUSPICIOUS: Final = frozenset({Reason.NOT_SIGNED, Reason.ROLLED_BACK, Reason.DAMAGED, Reason.CHANGED_HERE})

_TROUBLE: Final[Mapping[Reason, tuple[object, object]]] = {
    Reason.POLICY_UNREADABLE: (
        QT_TRANSLATE_NOOP(
            "Updates", "The settings that your IT made for updates cannot be read, so there are none."
        ),
        QT_TRANSLATE_NOOP("Updates", "Tell your IT."),
    ),
    Reason.BAD_PLACE: (
        QT_TRANSLATE_NOOP("Updates", "This is no place where updates can be: %1"),
        QT_TRANSLATE_NOOP("Updates", "Correct it in Settings, or ask your IT."),
    ),
    Reason.BAD_ROOT: (
        QT_TRANSLATE_NOOP("Updates", "The key file root.json that updates are checked with cannot be used."),
        QT_TRANSLATE_NOOP("Updates", "Choose the right one in Settings, or ask your IT."),
    ),
    Reason.UNREACHABLE: (
        QT_TRANSLATE_NOOP("Updates", "The place of the updates cannot be reached."),
        QT_TRANSLATE_NOOP("Updates", "Check the network, or plug in the stick, and try again."),
    ),
    Reason.NO_FEED: (
        QT_TRANSLATE_NOOP("Updates", "There are no updates at the place that is set."),
        QT_TRANSLATE_NOOP("Updates", "Ask your IT whether it is the right one."),
    ),
    Reason.NOT_SIGNED: (
        QT_TRANSLATE_NOOP(
            "Updates", "The updates are not signed by whom this computer trusts, and were refused."
        ),
        QT_TRANSLATE_NOOP("Updates", "Tell your IT, and install nothing from there by hand."),
    ),
    Reason.ROLLED_BACK: (
        QT_TRANSLATE_NOOP(
            "Updates", "The updates are older than what this computer has seen already, and were refused."
        ),
        QT_TRANSLATE_NOOP("Updates", "Tell your IT: somebody may be holding back newer ones."),
    ),
    Reason.EXPIRED: (
        QT_TRANSLATE_NOOP("Updates", "The signature of the updates has run out, so they were refused."),
        QT_TRANSLATE_NOOP(
            "Updates", "Is the date of this computer right? Otherwise ask your IT to refresh the updates."
        ),
    ),
    Reason.DAMAGED: (
        QT_TRANSLATE_NOOP("Updates", "What came is not what was signed. It was refused and thrown away."),
        QT_TRANSLATE_NOOP("Updates", "Try again; if it happens again, tell your IT."),
    ),
    Reason.DISK_FULL: (
        QT_TRANSLATE_NOOP("Updates", "There is not enough room on the disk for the update."),
        QT_TRANSLATE_NOOP("Updates", "Make some room and try again."),
    ),
    Reason.DISK: (
        QT_TRANSLATE_NOOP("Updates", "The update cannot be written to the disk of this computer."),
        QT_TRANSLATE_NOOP(
            "Updates", "Try again; if it happens again, ask your IT to check the rights of the data folder."
        ),
    ),
    Reason.IN_USE: (
        QT_TRANSLATE_NOOP("Updates", "Another window of this program is busy with updates."),
        QT_TRANSLATE_NOOP("Updates", "Try again when it is done."),
    ),
    Reason.CHANGED_HERE: (
        QT_TRANSLATE_NOOP(
            "Updates",
            "The installer was changed on this computer after it was downloaded. It was not started.",
        ),
        QT_TRANSLATE_NOOP("Updates", "Download it again; if it happens again, tell your IT."),
    ),
    Reason.NOT_INSTALLED: (
        QT_TRANSLATE_NOOP("Updates", "Version %1 was not installed; this is still version %2."),
        QT_TRANSLATE_NOOP("Updates", "Check for updates and try again, or ask your IT."),
    ),
    Reason.BUG: (
        QT_TRANSLATE_NOOP("Updates", "That did not work, by a mistake in this program."),
        QT_TRANSLATE_NOOP("Updates", "Try again, and copy the diagnostics for support if it happens again."),
    ),
}

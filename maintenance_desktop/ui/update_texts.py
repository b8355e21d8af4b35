"""How it stands with updates, in words: what happened, what is safe, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from maintenance_desktop.domain.updates import Installation, Kind, Offer, Phase, Reason, UpdateState
from maintenance_desktop.ui.update_trouble_texts import is_suspicious, trouble_texts
from maintenance_desktop.ui.values import fill


@dataclass(frozen=True, slots=True)
class UpdateText:
    """A shape, a sentence, what follows from it, and a colour with a job."""

    icon_name: str
    sentence: str
    advice: str = ""
    tone: str = ""


def update_text(state: UpdateState, here: Installation, running: str, checked: str) -> UpdateText:
    """Put the state into words; `checked` is when it was looked last, as people say it."""
    offer = state.offer
    match state.phase:
        case Phase.OFF_BY_IT:
            return UpdateText(
                "pause",
                QCoreApplication.translate("Updates", "Updates are switched off by your IT."),
                QCoreApplication.translate("Updates", "Your IT brings new versions to this computer."),
            )
        case Phase.OFF:
            return UpdateText(
                "pause",
                QCoreApplication.translate("Updates", "Checking for updates is switched off."),
                QCoreApplication.translate("Updates", "Settings has the switch for it."),
            )
        case Phase.NO_PLACE:
            return UpdateText(
                "offline",
                QCoreApplication.translate("Updates", "This program does not know where its updates are."),
                QCoreApplication.translate(
                    "Updates", "Ask your IT for the folder or address, and enter it in Settings."
                ),
            )
        case Phase.NO_ROOT:
            return UpdateText(
                "offline",
                QCoreApplication.translate(
                    "Updates",
                    "There is no key file to check the signature of updates with, so there are none.",
                ),
                QCoreApplication.translate(
                    "Updates",
                    "Ask your IT for the file root.json, and choose it in Settings.",
                ),
            )
        case Phase.CHECKING:
            return UpdateText("sync", QCoreApplication.translate("Updates", "Checking for updates…"))
        case Phase.UP_TO_DATE:
            return UpdateText(
                "online",
                fill(QCoreApplication.translate("Updates", "This is the newest version, %1."), checked),
                tone="green",
            )
        case Phase.AVAILABLE if offer is not None:
            sentence = fill(QCoreApplication.translate("Updates", "Version %1 is available."), offer.version)
            return UpdateText("update", sentence, _how(offer, here))
        case Phase.DOWNLOADING if offer is not None:
            sentence = fill(QCoreApplication.translate("Updates", "Downloading version %1…"), offer.version)
            return UpdateText(
                "sync", sentence, QCoreApplication.translate("Updates", "You can go on working.")
            )
        case Phase.READY if offer is not None:
            sentence = fill(
                QCoreApplication.translate(
                    "Updates", "Version %1 is ready to install; its signature was checked."
                ),
                offer.version,
            )
            return UpdateText("check", sentence, _what_happens(here))
        case Phase.VERIFYING:
            return UpdateText(
                "sync", QCoreApplication.translate("Updates", "Reading the installer through once more…")
            )
        case Phase.FAILED:
            return _failed(state, running)
    return UpdateText(
        "clock",
        QCoreApplication.translate("Updates", "Not checked for updates yet."),
        QCoreApplication.translate("Updates", "The program does so once a day."),
    )


def waiting_text(waiting: int) -> str:
    """What becomes of the changes that are not on the server yet; empty when there are none."""
    if not waiting:
        return ""
    if waiting == 1:
        return QCoreApplication.translate("Updates", "1 change waits; it stays on this computer.")
    return fill(
        QCoreApplication.translate("Updates", "%1 changes wait; they stay on this computer."), str(waiting)
    )


def size_text(length: int) -> str:
    """*84 MB*."""
    return fill(QCoreApplication.translate("Updates", "%1 MB"), str(max(1, round(length / 1e6))))


def install_verb(here: Installation) -> str:
    """What the button says that ends in a newer program."""
    if here.kind is Kind.MACOS:
        return QCoreApplication.translate("Updates", "&Close and open the disk image")
    return QCoreApplication.translate("Updates", "&Install and restart")


def notice_text(state: UpdateState) -> str:
    """The few words in the status line; empty when there is nothing on offer."""
    if state.offer is None or state.phase is Phase.FAILED:
        return ""
    if state.phase is Phase.READY:
        return fill(QCoreApplication.translate("Updates", "Version %1 can be installed"), state.offer.version)
    return fill(QCoreApplication.translate("Updates", "Version %1 is available"), state.offer.version)


def _how(offer: Offer, here: Installation) -> str:
    match here.kind:
        case Kind.WINDOWS_MACHINE:
            return QCoreApplication.translate(
                "Updates", "It is installed for everybody on this computer, so your IT does that."
            )
        case Kind.DEB | Kind.RPM:
            return QCoreApplication.translate(
                "Updates", "It comes with the updates of this computer's system, or from your IT."
            )
        case Kind.SOURCE:
            return QCoreApplication.translate(
                "Updates", "This program runs from its source; update it the way you got it."
            )
    if not here.can_install:
        return QCoreApplication.translate(
            "Updates", "This copy cannot replace itself; ask your IT, or whoever put it here."
        )
    return fill(
        QCoreApplication.translate("Updates", "%1. Nothing is installed before you say so."),
        size_text(offer.length),
    )


def _what_happens(here: Installation) -> str:
    match here.kind:
        case Kind.MACOS:
            return QCoreApplication.translate(
                "Updates",
                "The program closes and the disk image opens. Drag the new version into Applications, "
                "then start it again.",
            )
        case Kind.APPIMAGE:
            return QCoreApplication.translate(
                "Updates",
                "The program closes, is replaced, and opens again. The version you have is kept beside it, "
                "with .previous at the end of its name.",
            )
    return QCoreApplication.translate(
        "Updates",
        "The program closes, the new version is installed, and it opens again. It takes a minute or two.",
    )


def _failed(state: UpdateState, running: str) -> UpdateText:
    reason = state.reason or Reason.BUG
    happened, advice = trouble_texts(reason)
    safe = QCoreApplication.translate("Updates", "Nothing was installed, and the program works as before.")
    return UpdateText(
        "refused" if is_suspicious(reason) else "attention",
        fill(happened, state.detail, running),
        f"{safe} {advice}",
        "red" if is_suspicious(reason) else "amber",
    )

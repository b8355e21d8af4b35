"""The one true sentence about the connection, from the state of the sync and the tally of edits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication

from maintenance_desktop.domain.forecast import Forecast
from maintenance_desktop.domain.views import Tally
from maintenance_desktop.services.status import Connection, SyncState
from maintenance_desktop.ui.times import clock_text, moment, relative_text
from maintenance_desktop.ui.values import fill


@dataclass(frozen=True, slots=True)
class StatusText:
    """What the status line says: a shape, a sentence, a colour with a job, how old the data is."""

    icon_name: str
    sentence: str
    tone: str
    data_as_of: str = ""


_WANTS_ATTENTION: Final = frozenset(
    {Connection.SIGN_IN_REQUIRED, Connection.WRONG_SERVER, Connection.LOCAL_TROUBLE}
)


def status_text(state: SyncState, tally: Tally, now: datetime) -> StatusText:
    """Put the state into words. It says "saved on the server" only when the server confirmed everything."""
    parts = [_connection(state, now)]
    if tally.waiting:
        parts.append(_waiting(tally.waiting))
    if tally.needs_you:
        parts.append(_needs_you(tally.needs_you))
    is_confirmed = (
        state.connection is Connection.ONLINE
        and state.is_complete
        and bool(state.last_synced)
        and not state.problem
        and not tally.waiting
        and not tally.needs_you
    )
    if is_confirmed:
        parts = [QCoreApplication.translate("Status", "All changes saved on the server")]
    return StatusText(
        icon_name=_icon_name(state, tally, is_confirmed=is_confirmed),
        sentence=" · ".join(parts),
        tone=_tone(state, tally, is_confirmed=is_confirmed),
        data_as_of=_data_as_of(state, now),
    )


def forecast_text(forecast: Forecast) -> str:
    """How what is sent will fare, in one line; where not all is known of what happened, it says so."""
    parts = []
    if forecast.through:
        exact = QCoreApplication.translate("Status", "%1 will go through")
        at_most = QCoreApplication.translate("Status", "up to %1 will go through")
        parts.append(fill(exact if forecast.is_exact else at_most, str(forecast.through)))
    if forecast.needs_you:
        exact = (
            QCoreApplication.translate("Status", "1 needs you")
            if forecast.needs_you == 1
            else QCoreApplication.translate("Status", "%1 need you")
        )
        at_least = QCoreApplication.translate("Status", "at least %1 need you")
        parts.append(fill(exact if forecast.is_exact else at_least, str(forecast.needs_you)))
    if forecast.refused:
        exact = QCoreApplication.translate("Status", "%1 will be refused")
        at_least = QCoreApplication.translate("Status", "at least %1 will be refused")
        parts.append(fill(exact if forecast.is_exact else at_least, str(forecast.refused)))
    line = ", ".join(parts)
    return line[:1].upper() + line[1:]


def _is_first_download(state: SyncState) -> bool:
    """Whether the first download is under way: then the server answers, whatever was before."""
    progress = state.progress
    return progress is not None and progress.is_download and not state.is_complete


def _is_not_begun(state: SyncState) -> bool:
    """Whether nothing was tried yet since the program started: then neither on- nor offline is true."""
    return state.connection is Connection.OFFLINE and not state.since


def _connection(state: SyncState, now: datetime) -> str:
    if _is_first_download(state) and state.progress is not None:
        match state.progress.what:
            case "file":
                return QCoreApplication.translate("Status", "First download: the lists fill when it is here")
            case "index":
                return QCoreApplication.translate("Status", "First download: preparing lists and search")
        return QCoreApplication.translate("Status", "First download: what is here can already be used")
    match state.connection:
        case Connection.ONLINE if state.problem:
            return state.problem
        case Connection.ONLINE if not state.is_complete:
            return QCoreApplication.translate("Status", "Online, download not finished")
        case Connection.ONLINE:
            return QCoreApplication.translate("Status", "Online")
        case Connection.SYNCING:
            return QCoreApplication.translate("Status", "Syncing…")
        case Connection.WORKING_OFFLINE:
            return QCoreApplication.translate("Status", "Working offline")
        case Connection.SIGN_IN_REQUIRED:
            return QCoreApplication.translate("Status", "Sign in again to sync")
        case Connection.WRONG_SERVER:
            return state.problem or QCoreApplication.translate("Status", "This is another server")
        case Connection.LOCAL_TROUBLE:
            return state.problem or QCoreApplication.translate("Status", "This computer cannot save")
    if _is_not_begun(state):
        return QCoreApplication.translate("Status", "Connecting…")
    return fill(QCoreApplication.translate("Status", "Offline since %1"), _when(state.since, now))


def _waiting(count: int) -> str:
    if count == 1:
        return QCoreApplication.translate("Status", "1 change waiting")
    return fill(QCoreApplication.translate("Status", "%1 changes waiting"), str(count))


def _needs_you(count: int) -> str:
    if count == 1:
        return QCoreApplication.translate("Status", "1 needs you")
    return fill(QCoreApplication.translate("Status", "%1 need you"), str(count))


def _icon_name(state: SyncState, tally: Tally, *, is_confirmed: bool) -> str:
    if is_confirmed:
        return "online"
    if tally.needs_you or state.connection in _WANTS_ATTENTION:
        return "attention"
    if _is_first_download(state) or _is_not_begun(state):
        return "sync"
    match state.connection:
        case Connection.SYNCING:
            return "sync"
        case Connection.ONLINE:
            return "waiting" if tally.waiting else "sync"
    return "offline"


def _tone(state: SyncState, tally: Tally, *, is_confirmed: bool) -> str:
    if is_confirmed:
        return "green"
    if tally.needs_you or state.connection in _WANTS_ATTENTION:
        return "amber"
    return ""


def _data_as_of(state: SyncState, now: datetime) -> str:
    if _is_first_download(state) or _is_not_begun(state):
        return ""
    if not state.last_synced:
        return QCoreApplication.translate("Status", "Nothing downloaded yet")
    return fill(QCoreApplication.translate("Status", "Data as of %1"), _when(state.last_synced, now))


def _when(wire: str, now: datetime) -> str:
    """The time alone today, with its day before."""
    when = moment(wire)
    if when is not None and when.date() == now.astimezone().date():
        return clock_text(wire)
    return relative_text(wire, now)

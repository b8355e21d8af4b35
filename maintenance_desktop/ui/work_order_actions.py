"""The verbs of a work order: which ones there are now, and why others are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QPoint, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from maintenance_desktop.domain.lifecycle import FINISHED, is_allowed, transition_problem
from maintenance_desktop.domain.records import STATUSES
from maintenance_desktop.ui.buttons import button


@dataclass(frozen=True, slots=True)
class Verb:
    """One step a work order can take; `problem` says why not, `is_main` that people usually come for it."""

    name: str
    status: str
    text: str
    icon_name: str = ""
    problem: str = ""
    is_main: bool = False
    is_rare: bool = False


def verbs(status: str, role: str) -> tuple[Verb, ...]:
    """The steps from a status that make sense, in the order people read them."""
    found: list[Verb] = []
    if status in ("open", "on_hold"):
        text = (
            QCoreApplication.translate("WorkOrders", "Start")
            if status == "open"
            else QCoreApplication.translate("WorkOrders", "Resume")
        )
        found.append(_verb("start", "in_progress", text, "start", status, role))
    if status == "in_progress":
        found.append(
            _verb(
                "hold",
                "on_hold",
                QCoreApplication.translate("WorkOrders", "Put on hold"),
                "pause",
                status,
                role,
            )
        )
    if status in FINISHED:
        if status != "closed":
            found.append(
                _verb(
                    "reopen",
                    "open",
                    QCoreApplication.translate("WorkOrders", "Reopen"),
                    "reopen",
                    status,
                    role,
                )
            )
        if status == "completed":
            found.append(
                _verb("close", "closed", QCoreApplication.translate("WorkOrders", "Close"), "", status, role)
            )
    else:
        if status == "open":
            found.append(
                _verb(
                    "hold",
                    "on_hold",
                    QCoreApplication.translate("WorkOrders", "Put on hold"),
                    "pause",
                    status,
                    role,
                    is_rare=True,
                )
            )
        rare = _verb(
            "cancel",
            "cancelled",
            QCoreApplication.translate("WorkOrders", "Cancel work order"),
            "",
            status,
            role,
            is_rare=True,
        )
        found.append(rare)
        found.append(
            _verb(
                "complete",
                "completed",
                QCoreApplication.translate("WorkOrders", "Complete…"),
                "check",
                status,
                role,
                is_main=True,
            )
        )
    return tuple(found)


def hours_problem(status: str, role: str) -> str:
    """Why no hours can be logged now; empty when they can."""
    if status in FINISHED:
        return QCoreApplication.translate(
            "WorkOrders", "This work order is finished, so its hours can no longer change."
        )
    if not is_allowed(role, "create", "labor"):
        return QCoreApplication.translate("WorkOrders", "Your role does not log hours.")
    return ""


class WorkOrderActions(QWidget):
    """A row of buttons for what can be done with a work order.

    Signals:
        status_asked: the status to go to.
        complete_asked: the person wants to complete it, with notes.
        hours_asked: the person wants to log hours.
        focus_left: the button that had the focus is gone, and no other can take it.
    """

    status_asked = Signal(str)
    complete_asked = Signal()
    hours_asked = Signal()
    focus_left = Signal()

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self._status = ""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self.hours_button = button(
            self.tr("Log hours"), "logHoursButton", hint=self.tr("Log hours (L)"), icon_name="clock"
        )
        self.hours_button.clicked.connect(self.hours_asked)
        self.rare_menu = QMenu(self)
        self.rare_menu.triggered.connect(self._on_rare_chosen)
        self.rare_button = button(
            "", "moreStepsButton", icon_name="more", spoken=self.tr("More steps"), hint=self.tr("More steps")
        )
        self.rare_button.clicked.connect(self._on_rare_asked)
        self.verb_buttons: dict[str, QPushButton] = {}
        self._made: dict[str, QPushButton] = {}
        """All buttons that there ever were: dressing a new one takes milliseconds."""

    def show_status(self, status: str) -> None:
        """Offer what can be done in this status."""
        if status == self._status:
            return
        self._status = status
        had_focus = self.isAncestorOf(self.window().focusWidget() or self)
        self._clear()
        offered = verbs(status, self._role)
        for verb in offered:
            if not verb.is_rare and not verb.is_main:
                self._row.addWidget(self._make(verb))
        self._row.addWidget(self.hours_button)
        problem = hours_problem(status, self._role)
        self.hours_button.setEnabled(not problem)
        self.hours_button.setToolTip(problem or self.tr("Log hours (L)"))
        for verb in offered:
            if verb.is_main:
                self._row.addWidget(self._make(verb))
            if verb.is_rare:
                action = QAction(verb.text, self.rare_menu, enabled=not verb.problem)
                action.setObjectName(f"{verb.name}Action")
                action.setData(verb.status)
                action.setToolTip(verb.problem)
                self.rare_menu.addAction(action)
        self.rare_menu.setToolTipsVisible(True)
        self._row.addStretch(1)
        self._row.addWidget(self.rare_button)
        self.rare_button.setVisible(bool(self.rare_menu.actions()))
        for made in self.verb_buttons.values():
            made.show()
        if had_focus:
            self._keep_focus()

    def spare_buttons(self) -> Iterator[QPushButton]:
        """Make the buttons of all statuses, one at a time, before somebody waits for them."""
        for status in STATUSES:
            for verb in verbs(status, self._role):
                if not verb.is_rare and verb.name not in self._made:
                    made = self._button(verb)
                    made.hide()
                    made.setParent(self)
                    yield made

    def buttons(self) -> list[QPushButton]:
        """From left to right."""
        buttons = (*self.verb_buttons.values(), self.hours_button, self.rare_button)
        return sorted(buttons, key=self._row.indexOf)

    def _keep_focus(self) -> None:
        able = [one for one in self.buttons() if one.isEnabled() and not one.isHidden()]
        if not able:
            self.focus_left.emit()
            return
        able[0].setFocus()

    def _make(self, verb: Verb) -> QPushButton:
        made = self._made.get(verb.name) or self._button(verb)
        made.setText(verb.text)
        made.setAccessibleName(verb.text)
        hint = self.tr("Complete (Ctrl+Enter)") if verb.name == "complete" else ""
        made.setToolTip(verb.problem or hint)
        made.setEnabled(not verb.problem)
        self.verb_buttons[verb.name] = made
        return made

    def _button(self, verb: Verb) -> QPushButton:
        made = self._made[verb.name] = button(
            verb.text,
            f"{verb.name}Button",
            verb="main" if verb.is_main else "",
            icon_name="" if verb.is_main else verb.icon_name,
        )
        if verb.name == "complete":
            made.clicked.connect(self.complete_asked)
        else:
            made.clicked.connect(partial(self._ask, verb.status))
        return made

    def _clear(self) -> None:
        for made in self.verb_buttons.values():
            made.hide()
        self.verb_buttons = {}
        self.rare_menu.clear()
        while self._row.count():
            self._row.takeAt(0)

    def _ask(self, status: str) -> None:
        self.status_asked.emit(status)

    @Slot()
    def _on_rare_asked(self) -> None:
        below = self.rare_button.mapToGlobal(QPoint(0, self.rare_button.height() + 2))
        self.rare_menu.popup(below)

    @Slot(QAction)
    def _on_rare_chosen(self, action: QAction) -> None:
        self.status_asked.emit(str(action.data()))


def _verb(
    name: str,
    target: str,
    text: str,
    icon_name: str,
    status: str,
    role: str,
    *,
    is_main: bool = False,
    is_rare: bool = False,
) -> Verb:
    problem = transition_problem(status, target, role) or ""
    if not is_allowed(role, "update", "work_order"):
        problem = QCoreApplication.translate("WorkOrders", "Your role does not change work orders.")
    return Verb(name, target, text, icon_name, problem, is_main, is_rare)

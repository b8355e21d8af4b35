"""The three fields of a sign-in, each with its problem right below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from maintenance_desktop.ui.buttons import button
from maintenance_desktop.ui.check_box import CheckBox
from maintenance_desktop.ui.parts import named, plain_label


class SignInForm(QWidget):
    """Server address, user name, password.

    Signals:
        submitted: address, user name and password as typed; none of them is empty.
    """

    submitted = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._problems: dict[str, QLabel] = {}
        self.url = self._add("url", self.tr("&Server address"), "serverField")
        self.url.setPlaceholderText("https://maintenance.example.com")
        self.url.setInputMethodHints(Qt.InputMethodHint.ImhUrlCharactersOnly)
        self.username = self._add("username", self.tr("&User name"), "usernameField")
        self.password = self._add("password", self.tr("&Password"), "passwordField")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.show_password = CheckBox(self.tr("S&how password"), "showPasswordBox")
        self.show_password.toggled.connect(self._on_show_toggled)
        self._layout.addWidget(self.show_password)
        self._problems[""] = _problem_label("signInProblem")
        self._layout.addWidget(self._problems[""])
        self._layout.addSpacing(8)
        self.sign_in_button = button(self.tr("S&ign in"), "signInButton", verb="main")
        self.sign_in_button.setDefault(True)
        self.sign_in_button.setMinimumHeight(36)
        self.sign_in_button.clicked.connect(self._on_submit)
        self._layout.addWidget(self.sign_in_button)

    def fill_in(self, url: str, username: str) -> None:
        """Begin with what was used last, and put the cursor where something is still missing."""
        self.url.setText(url)
        self.username.setText(username)
        empty = next((one for one in (self.url, self.username) if not one.text()), self.password)
        empty.setFocus()

    def fix_account(self, *, is_fixed: bool) -> None:
        """Whether only the password is asked for."""
        for field in (self.url, self.username):
            field.setReadOnly(is_fixed)
            field.setFocusPolicy(Qt.FocusPolicy.ClickFocus if is_fixed else Qt.FocusPolicy.StrongFocus)

    def focus_password(self) -> None:
        """Let the person type the password (again)."""
        self.password.setFocus()
        self.password.selectAll()

    def show_problem(self, field: str, text: str) -> None:
        """Say what is wrong below its field ("": below all of them), and go there."""
        label = self._problems[field]
        label.setText(f"✕ {text}")
        label.show()
        target = {"url": self.url, "username": self.username}.get(field, self.password)
        target.setAccessibleDescription(text)
        target.setFocus()
        target.selectAll()

    def clear_problems(self) -> None:
        """Forget what was wrong with the attempt before."""
        for label in self._problems.values():
            label.clear()
            label.hide()
        for field in (self.url, self.username, self.password):
            field.setAccessibleDescription("")

    @Slot()
    def _on_submit(self) -> None:
        self.clear_problems()
        fields = {"url": self.url, "username": self.username, "password": self.password}
        missing = [name for name, field in fields.items() if not field.text().strip()]
        for name in reversed(missing):
            self.show_problem(name, self.tr("This is needed."))
        if not missing:
            self.submitted.emit(self.url.text(), self.username.text().strip(), self.password.text())

    @Slot(bool)
    def _on_show_toggled(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.password.setEchoMode(mode.Normal if is_shown else mode.Password)

    def _add(self, name: str, caption: str, object_name: str) -> QLineEdit:
        label = QLabel(caption)
        field = named(QLineEdit(), object_name, caption.replace("&", ""))
        field.setMinimumHeight(32)
        label.setBuddy(field)
        self._problems[name] = _problem_label(f"{name}Problem")
        for widget in (label, field, self._problems[name]):
            self._layout.addWidget(widget)
        self._layout.addSpacing(8)
        return field


def _problem_label(name: str) -> QLabel:
    label = plain_label(name, tone="red")
    label.hide()
    return label

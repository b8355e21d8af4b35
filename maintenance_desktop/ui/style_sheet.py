"""The style sheet for where Fusion is used: flat controls, one accent, visible focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maintenance_desktop.ui.icons import resource_path

if TYPE_CHECKING:
    from maintenance_desktop.ui.theme import Colours


def style_sheet(colours: Colours, *, is_dark: bool) -> str:
    """What is drawn differently from plain Fusion. Roles are dynamic properties: `verb`, `chip`, `place`."""
    chevron = resource_path(f"icons/chevron-down-{'dark' if is_dark else 'light'}.svg").as_posix()
    return _colored(_CONTROLS + _MEANING, colours).replace("@chevron", chevron)


def meaning_sheet(colours: Colours) -> str:
    """Only the colours that mean something, for where the system draws the controls."""
    return _colored(_MEANING, colours)


def _colored(sheet: str, colours: Colours) -> str:
    for name in sorted(colours.__dataclass_fields__, key=len, reverse=True):
        sheet = sheet.replace(f"@{name}", getattr(colours, name))
    return sheet


_CONTROLS = """
QToolTip { color: @text; background: @paper; border: 1px solid @line; padding: 4px; }
QPushButton, QToolButton {
    border: 1px solid @line; border-radius: 5px; padding: 4px 11px; background: @paper; min-height: 18px;
}
QToolButton { padding: 4px; }
QPushButton:hover, QToolButton:hover { background: @selection; }
QPushButton:pressed, QToolButton:pressed, QToolButton:checked {
    background: @selection; border-color: @accent;
}
QPushButton:focus, QToolButton:focus { border: 2px solid @accent; padding: 3px 10px; }
QToolButton:focus { padding: 3px; }
QPushButton:disabled, QToolButton:disabled { background: @window; color: palette(disabled, text); }
QPushButton[verb="main"] { background: @accent; color: @on_accent; border-color: @accent; }
QPushButton[verb="main"]:hover { background: @accent; border-color: @text; }
QPushButton[verb="main"]:focus { border: 2px solid @text; }
QPushButton[verb="main"]:disabled { background: @window; color: @quiet; border-color: @line; }
QPushButton[verb="quiet"], QToolButton[verb="quiet"] { background: transparent; border-color: transparent; }
QPushButton[verb="quiet"]:hover, QToolButton[verb="quiet"]:hover { background: @selection; }
QPushButton[verb="quiet"]:focus, QToolButton[verb="quiet"]:focus { border-color: @accent; }
QPushButton[verb="link"] {
    background: transparent; border: 1px solid transparent; color: @accent; text-align: left;
    padding: 1px 0px; min-height: 16px;
}
QPushButton[verb="link"]:hover { text-decoration: underline; }
QPushButton[verb="link"]:focus { border: 1px solid @accent; padding: 1px 0px; }
QPushButton[several="true"] { text-align: left; }
QPushButton[chip="true"] { border-radius: 13px; padding: 3px 12px; background: transparent; }
QPushButton[chip="true"]:hover { background: @selection; }
QPushButton[chip="true"]:checked { background: @selection; border-color: @accent; }
QPushButton[chip="true"]:focus { border: 2px solid @accent; padding: 2px 11px; }
QPushButton[place="true"] {
    border: 2px solid transparent; border-radius: 6px; background: transparent; text-align: left;
    padding: 7px 10px; min-height: 20px;
}
QPushButton[place="true"]:hover { background: @selection; }
QPushButton[place="true"]:checked { background: @selection; }
QPushButton[place="true"]:focus { border-color: @accent; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: url(@chevron); width: 12px; }
QPushButton::menu-indicator { subcontrol-position: right center; right: 6px; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
    border: 1px solid @line; border-radius: 5px; padding: 4px 7px; background: @paper;
    selection-background-color: @selection; selection-color: @text;
}
QLineEdit { min-height: 18px; }
QLineEdit QToolButton { border: none; padding: 0; min-height: 0; background: transparent; }
QComboBox { min-height: 18px; padding: 4px 7px 4px 9px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(@chevron); width: 12px; height: 12px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus {
    border: 2px solid @accent; padding: 3px 6px;
}
QLineEdit[problem="true"], QPlainTextEdit[problem="true"], QComboBox[problem="true"] {
    border: 2px solid @red; padding: 3px 6px;
}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled,
QLineEdit[readOnly="true"], QPlainTextEdit[readOnly="true"] { background: @window; }
QTextEdit[frameShape="0"] { border: none; padding: 0px; background: transparent; }
QTableView, QTreeView, QListView {
    border: none; background: @paper; alternate-background-color: @alternate; outline: 0;
    gridline-color: @line;
}
QTableView::item, QTreeView::item { padding: 0px 8px; border-bottom: 1px solid @alternate; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected {
    background: @selection;
}
QComboBox QAbstractItemView, QListView#completions { border: 1px solid @line; background: @paper; }
QHeaderView { background: @paper; }
QHeaderView::section {
    background: @paper; color: @quiet; border: none; border-bottom: 1px solid @line; padding: 6px 11px;
}
QHeaderView::section:hover { color: @text; }
QRadioButton::indicator {
    width: 12px; height: 12px; border: 1px solid @quiet; border-radius: 7px; background: @paper;
}
QRadioButton::indicator:checked {
    width: 6px; height: 6px; border: 4px solid @accent; background: @on_accent;
}
QRadioButton:focus { color: @accent; text-decoration: underline; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { padding: 7px 4px; margin-right: 18px; border-bottom: 2px solid transparent; color: @quiet; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:focus { color: @accent; }
QSplitter::handle { background: @line; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; margin: 2px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: @quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QStatusBar { border-top: 1px solid @line; background: @window; }
QStatusBar::item { border: none; }
QMenuBar { border-bottom: 1px solid @line; background: @window; }
QProgressBar {
    border: 1px solid @line; border-radius: 4px; background: @paper; text-align: center; max-height: 14px;
}
QProgressBar::chunk { background: @accent; border-radius: 3px; }
"""

_MEANING = """
QFrame[banner="amber"] { background: @amber_paper; border: 1px solid @amber; border-radius: 6px; }
QFrame[banner="red"] { background: @red_paper; border: 1px solid @red; border-radius: 6px; }
QFrame[banner="plain"] { background: @alternate; border: 1px solid @line; border-radius: 6px; }
QLabel[badge="true"] {
    background: @amber; color: @paper; border-radius: 9px;
    min-width: 18px; min-height: 18px; max-height: 18px;
    padding: 0px 3px; font-weight: 600;
}
QWidget#statusLine:focus { border: 2px solid @accent; border-radius: 4px; }
QFrame#rule { background: @line; }
QFrame#saveBar { border-top: 1px solid @line; }
QLabel[tone="amber"] { color: @amber; }
QLabel[tone="red"] { color: @red; }
QLabel[tone="green"] { color: @green; }
QLabel[tone="quiet"] { color: @quiet; }
QWidget[surface="paper"] { background: @paper; }
"""

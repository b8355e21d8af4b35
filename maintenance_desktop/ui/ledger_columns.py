"""The columns of the list of decisions."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from maintenance_desktop.ui.ledger_texts import LedgerRow
from maintenance_desktop.ui.plain import tooltip
from maintenance_desktop.ui.row_model import Column


def ledger_columns() -> list[Column[LedgerRow]]:
    """What the list shows; where there is no room, what was lost is in the details."""
    tr = QCoreApplication.translate
    return [
        Column("", tr("Ledger", "When"), lambda row: row.when, width=150, key="when"),
        Column("", tr("Ledger", "Who"), lambda row: row.who, width=130, key="who"),
        Column("", tr("Ledger", "What"), lambda row: row.what, width=90, key="what"),
        Column("", tr("Ledger", "Choice"), lambda row: row.choice, width=130, key="choice", yields=1),
        Column[LedgerRow](
            "",
            tr("Ledger", "Record"),
            lambda row: row.about,
            tooltip=lambda row: tooltip(row.about),
            width=0,
            key="about",
        ),
        Column[LedgerRow](
            "",
            tr("Ledger", "Lost"),
            lambda row: row.lost,
            tooltip=lambda row: tooltip(row.lost),
            width=150,
            key="lost",
            yields=2,
        ),
    ]

"""The short-lived thread that fetches a page of the ledger: the window stays alive while a server is slow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QThread, Signal

from maintenance_desktop.domain.ledger import LedgerPage
from maintenance_desktop.domain.outcomes import RemoteError


class LedgerThread(QThread):
    """One page. It cannot be hurried: one that is not wanted any more runs out unheard.

    Signals:
        fetched: the LedgerPage.
        failed: the RemoteError.
    """

    fetched = Signal(LedgerPage)
    failed = Signal(RemoteError)

    def __init__(
        self,
        fetch: Callable[[int | None], LedgerPage],
        before: int | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("ledger")
        self._fetch = fetch
        self._before = before

    def run(self) -> None:
        try:
            page = self._fetch(self._before)
        except RemoteError as error:
            self.failed.emit(error)
        else:
            self.fetched.emit(page)

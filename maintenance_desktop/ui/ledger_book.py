"""The pages of the ledger that were fetched, put together: what is known, and what of it fits a filter."""

from __future__ import annotations

from dataclasses import dataclass

from maintenance_desktop.domain.ledger import LedgerPage
from maintenance_desktop.ui.ledger_texts import LedgerRow, LedgerTexts


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What the person wants to see; empty: everything."""

    text: str = ""
    person_id: str = ""
    kind: str = ""

    def fits(self, row: LedgerRow) -> bool:
        return (
            self.person_id in ("", row.entry.person_id)
            and self.kind in ("", row.entry.kind)
            and all(word in row.searched for word in self.text.casefold().split())
        )


class LedgerBook:
    """The known entries, newest first. `has_more`: the server has older ones."""

    def __init__(self) -> None:
        self._rows: dict[str, LedgerRow] = {}
        self.has_more = False

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def oldest(self) -> int | None:
        """The place before which the older ones are; None while nothing is known."""
        return min((row.entry.place for row in self._rows.values()), default=None)

    def take(self, page: LedgerPage, texts: LedgerTexts, *, is_older: bool) -> None:
        """Add a page: the newest ones, or those before `oldest`."""
        fetched = {row.id: row for row in map(texts.row, page.entries)}
        reaches = any(key in self._rows for key in fetched)
        if is_older or reaches or not page.more:
            # an entry that changed has a new place, so what was known of it before gives way
            known = {key: row for key, row in self._rows.items() if key not in fetched}
            self.has_more = page.more if is_older or not known else self.has_more
        else:
            known, self.has_more = {}, page.more
        newest = sorted(
            {**known, **fetched}.values(),
            key=lambda row: (row.entry.happened_at, row.entry.place),
            reverse=True,
        )
        self._rows = {row.id: row for row in newest}

    def found(self, wanted: LedgerFilter) -> list[LedgerRow]:
        """What fits, newest first."""
        return [row for row in self._rows.values() if wanted.fits(row)]

    def people(self) -> list[tuple[str, str]]:
        """Who is in it, by name: ids and names."""
        people = {row.entry.person_id: row.who for row in self._rows.values()}
        return sorted(people.items(), key=lambda one: one[1].casefold())

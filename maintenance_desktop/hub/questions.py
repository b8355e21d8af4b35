"""What nearly every call asks the database first: who is this, and what is new since that cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maintenance_desktop.hub import rows, sessions
from maintenance_desktop.hub.changes import LARGEST_PAGE
from maintenance_desktop.hub.cursor import decode_cursor
from maintenance_desktop.hub.database import Transaction
from maintenance_desktop.hub.errors import Problem, not_signed_in
from maintenance_desktop.hub.store import Author, HubStore, read_epoch
from maintenance_desktop.hub.tail import SharedPage, Tail


@dataclass(frozen=True, slots=True)
class Question:
    """Whose token this is and, with a cursor, what is new.

    `waits`: it would rather wait than hear *nothing*; `packs`: it takes gzip.
    """

    token: str
    since: str | None = None
    limit: int = LARGEST_PAGE
    waits: bool = False
    packs: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The person, and a page if there is one to be had; without one it takes a look of its own.

    `beyond` is the change number that a call which waits has to wait beyond.
    """

    author: Author
    page: SharedPage | None = None
    beyond: int | None = None


class Clerk:
    """Answers many questions from one transaction. Used by one thread at a time."""

    def __init__(self, store: HubStore) -> None:
        self._store = store
        self._tail = Tail("", 0, 0)

    def answer(self, questions: Sequence[Question]) -> list[Answer | Exception]:
        """An answer for each, or the Problem (401, 410) with it."""

        def work(tx: Transaction) -> list[Answer | Exception]:
            authors = sessions.authors_of(tx, {one.token for one in questions}, self._store.now_text())
            if all(one.since is None for one in questions):
                return [self._answer(one, authors, 0) for one in questions]
            epoch, last = read_epoch(tx), rows.last_change(tx)
            if not self._tail.can_follow(epoch, last):
                self._tail = Tail(epoch, last, last)
            self._tail.follow(tx, last)
            return [self._answer(one, authors, last) for one in questions]

        return self._store.database.read(work)

    def _answer(self, question: Question, authors: Mapping[str, Author], last: int) -> Answer | Exception:
        author = authors.get(question.token)
        if author is None:
            return not_signed_in()
        if question.since is None:
            return Answer(author)
        try:
            cursor = decode_cursor(question.since, epoch=self._tail.epoch, last_change=last)
        except Problem as problem:
            return problem
        if cursor.is_download:
            return Answer(author)
        beyond = cursor.seq if question.waits else None
        if question.waits and cursor.seq == last:
            return Answer(author, beyond=beyond)
        page = self._tail.page(cursor.seq, min(question.limit, LARGEST_PAGE))
        if page is not None and question.packs:
            _ = page.packed  # here, and not on the thread that all calls share
        return Answer(author, page, beyond)

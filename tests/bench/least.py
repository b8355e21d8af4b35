"""The least code that leaves the same behind as a round: no ports, no checks, no lock, one transaction."""

from __future__ import annotations

import gzip
import json
import socket
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from http.client import HTTPConnection
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from maintenance_desktop.domain import wire
from maintenance_desktop.domain.cache_filling import insert_sql
from maintenance_desktop.domain.cache_layout import OPEN_FROM
from maintenance_desktop.domain.cache_rows import cells_of, table_of
from maintenance_desktop.domain.edits import Edit
from maintenance_desktop.domain.lifecycle import UNFINISHED
from maintenance_desktop.storage.search_index import words_of
from tests.bench.hubs import PASSWORD

_SEARCHED: Final = ("number", "title", "description")
_NAMED: Final = (("asset", "asset_id"), ("location", "location_id"), ("person", "assigned_to"))


class _Line(msgspec.Struct):
    type: str = ""
    id: str = ""
    version: int = 0
    changed_at: str = ""
    changed_by: str = ""
    record: dict[str, Any] = {}
    cursor: str = ""


_decoder: Final = msgspec.json.Decoder(_Line)


def durable(path: Path) -> sqlite3.Connection:
    """A file that keeps what was committed, as the program's own do."""
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("PRAGMA journal_mode = wal")
    file.execute("PRAGMA synchronous = full")
    return file


class Line:
    """A kept connection of somebody who signed in."""

    def __init__(self, url: str, username: str) -> None:
        parts = urlsplit(url)
        self._connection = HTTPConnection(str(parts.hostname), parts.port)
        body = {"username": username, "password": PASSWORD, "device": {"id": "", "name": ""}}
        self._headers = {"Content-Type": "application/json"}
        token = json.loads(self._ask("POST", "/v1/sessions", json.dumps(body).encode()))["token"]
        self._headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> bytes:
        """The body of one answer."""
        return self._ask("GET", path)

    def push(self, edits: Sequence[Edit], sent_at: str) -> list[dict[str, Any]]:
        """Send one request as the program does; its results."""
        outgoing = [
            {
                "id": edit.id,
                "kind": edit.kind.value,
                "type": edit.type,
                "record_id": edit.record_id,
                "base_version": edit.base_version,
                "record": edit.outgoing(),
                "made_at": edit.made_at,
            }
            for edit in edits
        ]
        body = gzip.compress(wire.encode({"sent_at": sent_at, "edits": outgoing}), 6, mtime=0)
        answer = self._ask("POST", "/v1/edits", body, {"Content-Encoding": "gzip"})
        results: list[dict[str, Any]] = wire.decode(answer)["results"]
        return results

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self, method: str, path: str, body: bytes | None = None, more: dict[str, str] | None = None
    ) -> bytes:
        headers = {**self._headers, **(more or {}), "Accept-Encoding": "gzip"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content!r}")
        return gzip.decompress(content) if answer.headers.get("Content-Encoding") == "gzip" else content


def keep_answers(file: sqlite3.Connection, results: Iterable[dict[str, Any]]) -> None:
    """All of a request's answers, in one transaction."""
    file.execute("BEGIN IMMEDIATE")
    rows = [(one["id"], one["outcome"], one["version"], wire.encode_text(one["record"])) for one in results]
    file.executemany("INSERT INTO answer VALUES (?, ?, ?, ?)", rows)
    file.execute("COMMIT")


def pull(answer: bytes, file: sqlite3.Connection) -> None:
    """Read an answer from a socket into a cache, with its search."""
    here, there = socket.socketpair()
    with here:
        threading.Thread(target=_send, args=(there, answer)).start()
        text = b"".join(iter(lambda: here.recv(1 << 18), b""))
    *lines, end = [_decoder.decode(line) for line in text.splitlines()]
    changes = sorted((one for one in lines if one.id), key=lambda one: table_of(one.type))
    file.execute("BEGIN IMMEDIATE")
    for table, some in groupby(changes, lambda one: table_of(one.type)):
        if table == "work_order":
            _keep_work_orders(file, list(some))
        else:
            file.executemany(insert_sql(table), [_row(table, None, one, {}) for one in some])
    file.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (end.cursor,))
    file.execute("COMMIT")


def _keep_work_orders(file: sqlite3.Connection, lines: list[_Line]) -> None:
    named = {
        (table, record_id): n
        for table, field in _NAMED
        for record_id, n in _found(file, f"id, n FROM {table}", [one.record.get(field) for one in lines])
    }
    known = {
        one[0]: one[1:] for one in _found(file, "id, n, body FROM work_order", [one.id for one in lines])
    }
    ((last_open,),) = file.execute("SELECT max(n) FROM work_order")
    ((last_finished,),) = file.execute(f"SELECT max(n) FROM work_order WHERE n < {OPEN_FROM}")
    rows, moved, unindexed, indexed = [], [], [], []
    words: set[str] = set()
    for one in lines:
        n, body = known.get(one.id, (None, "{}"))
        at, before, is_open = n, json.loads(body), one.record["status"] in UNFINISHED
        if n is None or (n >= OPEN_FROM) is not is_open:
            last_open, last_finished = last_open + is_open, last_finished + (not is_open)
            at = last_open if is_open else last_finished
            moved += [] if n is None else [(at, n)]
        if at != n or any(before.get(name) != one.record.get(name) for name in (*_SEARCHED, "asset_id")):
            unindexed += [] if n is None else [(n,)]
            indexed.append((at,))
            words.update(word for name in _SEARCHED for word in words_of(one.record.get(name) or ""))
        rows.append(_row("work_order", at, one, named))
    file.executemany("DELETE FROM work_order_search WHERE rowid = ?", unindexed)
    file.executemany("UPDATE work_order SET n = ? WHERE n = ?", moved)
    file.executemany(insert_sql("work_order"), rows)
    file.executemany(
        "INSERT INTO work_order_search (rowid, number, title, description, asset)"
        " SELECT n, number, title, description, asset FROM work_order_text WHERE n = ?",
        sorted(indexed),
    )
    file.executemany(
        "INSERT OR IGNORE INTO word VALUES (?, 1)", [(one,) for one in words if not one.isdigit()]
    )


def _found(file: sqlite3.Connection, what: str, ids: Iterable[str | None]) -> list[tuple[Any, ...]]:
    wanted = json.dumps(sorted({one for one in ids if one}))
    return file.execute(f"SELECT {what} WHERE id IN (SELECT value FROM json_each(?))", (wanted,)).fetchall()


def _row(table: str, n: int | None, one: _Line, named: dict[tuple[str, str], int]) -> tuple[Any, ...]:
    cells = cells_of(table, one.record, lambda *key: named[key] if key[1] else None)
    body = wire.encode_text(one.record)
    return (n, one.type, one.id, one.version, one.changed_at, one.changed_by, *cells, body)


def _send(connection: socket.socket, content: bytes) -> None:
    with connection:
        connection.sendall(content)

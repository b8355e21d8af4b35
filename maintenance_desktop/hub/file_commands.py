"""The commands that read and write files: import, export, backup, restore."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from maintenance_desktop.hub import people
from maintenance_desktop.hub.backup import backup, backup_into, restore
from maintenance_desktop.hub.export import export
from maintenance_desktop.hub.importing import ImportResult, import_file
from maintenance_desktop.hub.store import HubStore
from maintenance_desktop.hub.tables import TABLES


def add_file_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add them to the parser of `maintenance-hub`."""
    come_in = commands.add_parser("import", parents=[common], help="take in a CSV file")
    come_in.add_argument("kind", choices=TABLES)
    come_in.add_argument("file", type=Path)
    come_in.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    come_in.add_argument("--as", dest="username", help="who does it; the first administrator if not given")
    come_in.set_defaults(run=_import)
    go_out = commands.add_parser("export", parents=[common], help="write a CSV file")
    go_out.add_argument("kind", choices=TABLES)
    go_out.add_argument("file", type=Path)
    go_out.set_defaults(run=_export)
    for name, run, told in (
        ("backup", _backup, "write everything to one file, also while the hub runs"),
        ("restore", _restore, "replace everything by a backup"),
    ):
        command = commands.add_parser(name, parents=[common], help=told)
        command.add_argument("file", type=Path)
        command.set_defaults(run=run)
        if name == "backup":
            command.add_argument(
                "--keep",
                type=int,
                metavar="COUNT",
                help="FILE is a folder: name the backup by the time, and leave only so many there",
            )


def _import(store: HubStore, options: argparse.Namespace) -> int:
    person_id = None
    if options.kind != "people":
        person_id = (
            people.find_person(store, options.username) if options.username else people.first_admin(store)
        )
    result = import_file(
        store,
        options.kind,
        options.file,
        person_id=person_id,
        dry_run=options.dry_run,
        on_progress=lambda count: _note(f"{count} rows …"),
    )
    for mistake in result.mistakes:
        field = f"{mistake.field}: " if mistake.field else ""
        _note(f"line {mistake.line}: {field}{mistake.message}")
    _say(_summary(result, dry_run=options.dry_run))
    return 1 if result.mistakes else 0


def _summary(result: ImportResult, *, dry_run: bool) -> str:
    parts = f"{result.added} added, {result.changed} changed, {result.unchanged} unchanged"
    refused = f", {len(result.mistakes)} refused" if result.mistakes else ""
    return f"{'Dry run, nothing was written: ' if dry_run else ''}{parts}{refused}."


def _export(store: HubStore, options: argparse.Namespace) -> None:
    _say(f"{export(store, options.kind, options.file)} rows written to {options.file}.")


def _backup(store: HubStore, options: argparse.Namespace) -> None:
    if options.keep is None:
        file, count = options.file, backup(store, options.file)
    else:
        file, count = backup_into(store, options.file, keep=options.keep)
    _say(f"{count} rows written to {file}. Keep it safe: it has password hashes.")


def _restore(store: HubStore, options: argparse.Namespace) -> None:
    _say(
        f"{restore(store, options.file)} rows restored. Everybody signs in again, and clients download again."
    )


def _say(sentence: str) -> None:
    print(sentence)  # noqa: T201


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201

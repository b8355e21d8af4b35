"""`maintenance-hub`: running the hub and looking after it."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from maintenance_desktop import __version__
from maintenance_desktop.domain.records import ROLES
from maintenance_desktop.hub import people, settings
from maintenance_desktop.hub.errors import SetupError, Unavailable
from maintenance_desktop.hub.file_commands import add_file_commands
from maintenance_desktop.hub.store import HubStore


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. The answer is the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings.fill_in(options, os.environ)
        if not options.needs_store:
            return int(options.run(options) or 0)
        store = HubStore.open(settings.target_of(options))
        try:
            return int(options.run(store, options) or 0)
        finally:
            store.close()
    except SetupError as error:
        return _fail(str(error))
    except Unavailable as error:
        return _fail(f"The database cannot be used: {' '.join(str(error).split())}")
    except KeyboardInterrupt:
        return 130


def _fail(sentence: str) -> int:
    print(f"maintenance-hub: {sentence}", file=sys.stderr)  # noqa: T201
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="maintenance-hub", description="The server of Maintenance Desktop.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.set_defaults(needs_store=True)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", type=Path, metavar="DIR", help="the hub's folder")
    common.add_argument(
        "--database",
        metavar="URL",
        help="postgresql://… instead of SQLite in the folder; everybody on this machine can read it here",
    )
    common.add_argument(
        "--database-file",
        type=Path,
        metavar="FILE",
        help="a file with that URL, if there is a password in it",
    )
    common.add_argument("--settings", type=Path, metavar="FILE", help="lines like `port = 8765`")
    where = _where()
    _add_serve(commands.add_parser("serve", parents=[common, where], help="answer calls"))
    status = commands.add_parser("status", parents=[common, where], help="whether the hub answers here")
    status.set_defaults(run=_status, needs_store=False)
    _add_person(commands.add_parser("person", help="people and their passwords"), common)
    add_file_commands(commands, common)
    # For the hub itself alone, so without a word of help
    make = commands.add_parser("make-snapshot", parents=[common])
    make.set_defaults(run=_make_snapshot, needs_store=False)
    return parser


def _where() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--host", help="127.0.0.1 if not given: this machine only")
    parser.add_argument("--port", type=int, help="8765 if not given; 0 picks a free one")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE")
    parser.add_argument("--tls-key", type=Path, metavar="FILE")
    return parser


def _add_serve(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--insecure", action="store_true", default=None, help="listen for other machines without TLS"
    )
    command.add_argument(
        "--name", dest="server_name", help="what people call this server, e.g. “North plant”"
    )
    command.add_argument(
        "--snapshots", choices=("yes", "no"), help="whether to keep a file ready for first downloads; yes"
    )
    command.add_argument(
        "--combine",
        choices=settings.COMBINE,
        help="whether clients combine two changes of one record by themselves, without asking; off",
    )
    command.set_defaults(run=_serve)


def _add_person(command: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    commands = command.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("add", parents=[common])
    add.add_argument("username")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, choices=ROLES)
    add.set_defaults(run=_add)
    password = commands.add_parser("set-password", parents=[common])
    password.add_argument("username")
    password.set_defaults(run=_set_password)
    for one in (add, password):
        one.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
    disable = commands.add_parser("disable", parents=[common])
    disable.add_argument("username")
    disable.set_defaults(run=lambda store, options: people.disable_person(store, options.username))


def _serve(store: HubStore, options: argparse.Namespace) -> None:
    # Here and not above: the other commands start much faster without a web server.
    from maintenance_desktop.hub.serving import serve
    from maintenance_desktop.hub.snapshot_keeper import SnapshotKeeper

    if options.server_name:
        store.rename(options.server_name)
    store.combine = options.combine or store.combine
    keeper = None
    if options.snapshots is not False:
        keeper = SnapshotKeeper(store, settings.target_of(options), options.data)
    serve(store, settings.address_of(options), keeper)


def _make_snapshot(_options: argparse.Namespace) -> None:
    from maintenance_desktop.hub.snapshot_process import make_as_told  # as above

    make_as_told(sys.stdin)


def _status(options: argparse.Namespace) -> None:
    from maintenance_desktop.hub.status import ask  # as above

    print(ask(settings.address_of(options)))  # noqa: T201


def _add(store: HubStore, options: argparse.Namespace) -> None:
    password = _password(options)
    people.add_person(store, options.username, name=options.name, role=options.role, password=password)


def _set_password(store: HubStore, options: argparse.Namespace) -> None:
    people.change_password(store, options.username, _password(options))


def _password(options: argparse.Namespace) -> str:
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise SetupError("The two passwords are not the same.")
    return first

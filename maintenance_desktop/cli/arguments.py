"""The command line: which commands there are, and what can be said to each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from maintenance_desktop import __version__
from maintenance_desktop.cli import answering, carrying, changing, connecting, looking, previewing, showing
from maintenance_desktop.cli.fields import field_help, fields_of, flags
from maintenance_desktop.domain.records import SPECS
from maintenance_desktop.domain.recovery import Side

_EXIT_CODES: Final = (
    "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 done but something needs your decision "
    "(see: notifications), 4 saved or readable, but offline."
)


class _KeepField(argparse.Action):
    """Collects `--FIELD VALUE` under the field's name."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: Any = None
    ) -> None:
        del parser, option
        namespace.fields = {**(getattr(namespace, "fields", None) or {}), self.dest: values}


def parser() -> argparse.ArgumentParser:
    """What `maintenance-cli` understands."""
    whole = _Parser(
        prog="maintenance-cli",
        description="Work orders and assets without a window, online and offline.",
        epilog=_EXIT_CODES,
        parents=[_common(None)],
    )
    whole.add_argument("--version", action="version", version=f"maintenance-cli {__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND", dest="command")
    common = _common(argparse.SUPPRESS)

    def add(name: str, run: Callable[..., Any], words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[common], help=words, description=words)
        command.set_defaults(run=run, fields=None)
        return command

    _add_connecting(add)
    _add_looking(add)
    _add_changing(add)
    _add_answering(add)
    _add_carrying(add)
    return whole


_Add = Callable[[str, Callable[..., Any], str], argparse.ArgumentParser]


def _add_connecting(add: _Add) -> None:
    sign_in = add("sign-in", connecting.sign_in_to, "sign in to a server; makes the profile")
    sign_in.add_argument("url", metavar="URL")
    sign_in.add_argument("username", metavar="USERNAME")
    sign_in.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    add("sync", connecting.sync, "send what waits, fetch what is new")
    add("sign-out", connecting.leave, "forget the sign-in; what waits stays here")


def _add_looking(add: _Add) -> None:
    listing = add("list", _list, "list work orders or assets")
    listing.add_argument("what", choices=("work-orders", "assets"))
    listing.add_argument(
        "--status", action="append", default=[], metavar="S", help="several with commas; also: unfinished"
    )
    listing.add_argument("--search", metavar="TEXT")
    listing.add_argument("--mine", action="store_true", help="assigned to me")
    listing.add_argument("--overdue", action="store_true")
    show = add("show", showing.show, "show a work order or an asset with all that belongs to it")
    show.add_argument("which", metavar="NUMBER|TAG")
    add("queue", looking.queue, "what waits to be sent, and why")
    add("preview", previewing.preview, "how what waits will fare, before it is sent")
    add("notifications", looking.notifications, "conflicts, errors and held work that need your answer")
    history = add("history", looking.history, "how your changes ended")
    history.add_argument("--search", metavar="TEXT")
    for one in (listing, history):
        one.add_argument("--limit", type=_count, metavar="N", help="at most N; 0 for all")


def _add_changing(add: _Add) -> None:
    create = add("create", changing.create, "create a work order")
    _add_fields(create, "work_order", required=("title",))
    update = add("update", changing.update, "change a work order or an asset; an empty value clears")
    update.add_argument("which", metavar="NUMBER|TAG")
    _add_fields(update, "work_order", "asset")
    complete = add("complete", changing.complete, "complete a work order")
    complete.add_argument("which", metavar="NUMBER")
    complete.add_argument(
        "--notes",
        dest="completion_notes",
        action=_KeepField,
        default=argparse.SUPPRESS,
        metavar="VALUE",
        help="text",
    )
    _add_fields(complete, "work_order", only=("problem", "cause", "remedy", "completed_at"))
    log_hours = add("log-hours", changing.log_hours, "book hours on a work order")
    log_hours.add_argument("which", metavar="NUMBER")
    log_hours.add_argument("hours", metavar="HOURS", help="1.5 or 1:30")
    _add_fields(log_hours, "labor", only=("note", "started_at", "person_id", "labor_type"))
    comment = add("comment", changing.comment, "add a comment to a work order or an asset")
    comment.add_argument("which", metavar="NUMBER|TAG")
    comment.add_argument("text", metavar="TEXT")


def _add_answering(add: _Add) -> None:
    overwrite = add("overwrite", changing.overwrite, "answer a conflict: send your whole version")
    overwrite.add_argument(
        "--version", type=int, metavar="N", help="only if the server's version is still the one you saw"
    )
    discard = add("discard", changing.discard, "answer a conflict: keep theirs and drop yours")
    acknowledge = add("acknowledge", changing.acknowledge, "answer an error or a notice: okay, drop it")
    undo = add("undo", changing.undo, "take back a change that was never sent")
    combine = add("combine", answering.combine, "answer a conflict: keep what each of you changed")
    combine.add_argument(
        "--field",
        dest="chosen",
        action="append",
        default=[],
        metavar="NAME=mine|theirs",
        help="whose value stays where both changed it; once for each such field",
    )
    resend = add("resend", answering.resend, "answer an error: send it again, with what you change in it")
    _add_fields(resend, *SPECS)
    follow_up = add("follow-up", answering.follow_up, "answer an error: put the hours on a new work order")
    follow_up.add_argument("--title", metavar="T", help="of the new work order")
    reopen = add("ask-to-reopen", answering.ask_to_reopen, "answer an error: ask in a comment to reopen it")
    reopen.add_argument("--text", metavar="T", help="of the comment; without it the hours are in it")
    anyway = add("send-anyway", answering.send_anyway, "send what is held, although it looks done already")
    for one in (overwrite, discard, acknowledge, undo, combine, resend, follow_up, reopen, anyway):
        one.add_argument("id", metavar="ID", help="from `notifications` or `queue`")


def _add_carrying(add: _Add) -> None:
    restore = add("restore", answering.restore, "bring back what a decision dropped, as a new change")
    restore.add_argument("id", metavar="ID", help="from `history`")
    restore.add_argument("--side", choices=[side.value for side in Side], help="whose version")
    export = add("export-queue", carrying.export_queue, "write everything that waits into one file")
    bring = add("import-queue", carrying.import_queue, "take over what waits on another computer of yours")
    for one in (export, bring):
        one.add_argument("file", type=Path, metavar="FILE")


def _add_fields(
    command: argparse.ArgumentParser,
    *record_types: str,
    required: Sequence[str] = (),
    only: Sequence[str] = (),
) -> None:
    for field in fields_of(*record_types):
        if only and field.name not in only:
            continue
        is_required = field.name in required
        shown, *others = flags(field)
        keep: dict[str, Any] = {"dest": field.name, "action": _KeepField, "default": argparse.SUPPRESS}
        words = field_help(field.name, *record_types)
        command.add_argument(shown, required=is_required, metavar="VALUE", help=words, **keep)
        for other in others:
            command.add_argument(other, help=argparse.SUPPRESS, **keep)


def _list(*arguments: Any) -> Any:
    options = arguments[-1]
    run = looking.list_assets if options.what == "assets" else looking.list_work_orders
    return run(*arguments)


def _count(text: str) -> int:
    found = int(text)
    if found < 0:
        raise ValueError(text)
    return found


def _common(missing: Any) -> _Parser:
    """What can be said before or after the command."""
    common = _Parser(add_help=False)
    common.add_argument(
        "--profile", type=Path, metavar="DIR", default=missing, help="the folder of the profile"
    )
    common.add_argument(
        "--json", action="store_true", default=missing or False, help="answer in JSON, for machines"
    )
    common.add_argument(
        "--verbose", action="store_true", default=missing or False, help="tell on standard error what happens"
    )
    return common


class _Parser(argparse.ArgumentParser):
    """Takes no abbreviations, so that a new option never changes what an old script means."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

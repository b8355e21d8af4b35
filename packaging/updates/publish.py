"""Publishes updates: `python packaging/updates/publish.py init|add|remove|refresh|renew|new-key|show FEED …`.

FEED is a folder that is served by a web server, shared, or copied to a stick. See docs/UPDATES.md.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from getpass import getpass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `packaging/`, when it is started as a file

from maintenance_desktop.domain.updates import Platform
from updates.feed import ONLINE_DAYS, ROLES, Feed, FeedTrouble, description
from updates.keys import OFFLINE, ONLINE, KeyRing, KeyTrouble, key_files, make_key

_PASSPHRASE: Final = "MAINTENANCE_UPDATES_PASSPHRASE"
_SIGNED_APART: Final = ("add", "remove", "renew", "new-key")
"""What the offline keys sign; offered when the keys of the server have signed too."""
_SOON: Final = timedelta(days=60)


def main(arguments: Sequence[str] | None = None, now: datetime | None = None) -> int:
    """Do one thing to a feed. 0 when it is done, 1 when it is not, with the reason."""
    options = _parse(arguments)
    now = now or datetime.now(UTC)
    feed = Feed(options.feed, now)
    ring = KeyRing(options.keys, _passphrase)
    try:
        match options.command:
            case "init":
                _init(feed, options.keys[0], is_encrypted=options.encrypt, days=options.days)
            case "add":
                installer: Path = options.installer
                custom = description(options.version, options.platform, options.channel)
                feed.add(installer, options.name or installer.name, custom, ring)
            case "remove":
                feed.remove(options.name, ring)
            case "renew":
                feed.renew(ring)
            case "new-key":
                passphrase = _new_passphrase(options.encrypt)
                fresh = [make_key(path, passphrase) for path in ring.free_names(options.role)]
                feed.replace_keys(options.role, fresh, ring)
        if options.command == "refresh" or (options.command in _SIGNED_APART and ring.has(*ONLINE)):
            feed.refresh(ring, options.days)
        elif options.command in _SIGNED_APART:
            print("Signed, and not offered yet: run `refresh` where the snapshot and timestamp keys are.")
        _show(feed, now)
    except (FeedTrouble, KeyTrouble, ValueError, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


def _init(feed: Feed, keys: Path, *, is_encrypted: bool, days: int) -> None:
    passphrase = _new_passphrase(is_encrypted)
    signers = {
        # the server signs by itself, so its keys have no passphrase
        role: [make_key(path, passphrase if role in OFFLINE else "") for path in key_files(keys, role, role)]
        for role in ROLES
    }
    feed.create(signers, days)
    print(f"The keys are in {keys}. Keep root.pem and root-spare.pem in two safe places, away from here.")
    print(f"The programs trust this file: {feed.trusted_root()}")


def _show(feed: Feed, now: datetime) -> None:
    for name, custom, length in feed.installers():
        what = " ".join(f"{key}={value}" for key, value in sorted(custom.items()))
        print(f"{name}  {length / 1e6:.1f} MB  {what}")
    for role, expires in feed.expiries().items():
        is_late = role in ("root", "targets") and expires - now < _SOON
        print(f"{role}: believed until {expires:%Y-%m-%d}" + ("  RENEW IT SOON" if is_late else ""))


def _passphrase(file_name: str) -> str:
    return os.environ.get(_PASSPHRASE) or getpass(f"Passphrase of {file_name}: ")


def _new_passphrase(is_wanted: bool) -> str:
    if not is_wanted:
        return ""
    passphrase = os.environ.get(_PASSPHRASE) or getpass("New passphrase: ")
    if not passphrase:
        raise KeyTrouble("An empty passphrase protects nothing.")
    if _PASSPHRASE not in os.environ and getpass("Once more: ") != passphrase:
        raise KeyTrouble("These are two different passphrases; no key was made.")
    return passphrase


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="publish.py", description="Publish updates of Maintenance Desktop.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("feed", type=Path, metavar="FEED", help="the folder of the feed")
        one.set_defaults(keys=[], days=ONLINE_DAYS)
        if name != "show":
            one.add_argument(
                "--keys",
                type=Path,
                metavar="DIR",
                action="append",
                required=True,
                help="a folder with keys; give it again for another one",
            )
            one.add_argument(
                "--days",
                type=int,
                metavar="N",
                default=ONLINE_DAYS,
                help=f"how long the feed is believed without a refresh ({ONLINE_DAYS})",
            )
        return one

    init = command("init", "make keys and an empty feed")
    init.add_argument(
        "--encrypt", action="store_true", help="protect the root and targets keys by passphrase"
    )
    add = command("add", "sign an installer and offer it")
    add.add_argument("installer", type=Path, metavar="INSTALLER")
    add.add_argument("--version", required=True, help="the program's version in it, such as 1.4.0")
    add.add_argument("--platform", required=True, choices=[one.value for one in Platform])
    add.add_argument(
        "--channel", default="", help="offer it only to computers whose policy names this channel"
    )
    add.add_argument("--name", help="what it is called in the feed, if not as its file")
    remove = command("remove", "withdraw an installer")
    remove.add_argument("name", metavar="NAME")
    command("refresh", "say that what is offered is still current; run it daily")
    command("renew", "sign root and targets again, once a year")
    new_key = command("new-key", "replace the keys of a role, on a date or after a theft")
    new_key.add_argument("role", choices=ROLES)
    new_key.add_argument("--encrypt", action="store_true", help="protect the new key by passphrase")
    command("show", "say what is offered, and until when it is believed")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""The commands about the server: sign in, sync, sign out."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from pathlib import Path

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.cli.changing import questions_text
from maintenance_desktop.cli.desk import PATIENCE, Desk, now, outcome
from maintenance_desktop.cli.reply import Reply, Stopped
from maintenance_desktop.cli.screen import many
from maintenance_desktop.domain.outcomes import RemoteError
from maintenance_desktop.domain.trouble import ProfileTrouble
from maintenance_desktop.services.sessions import TokenStore, sign_in
from maintenance_desktop.services.status import Connection
from maintenance_desktop.storage.profiles import Profile, create_profile, read_account

_NO_KEYRING = (
    "There is no keyring on this computer, so the sign-in ends with this command and nothing secret is "
    "written to disk. Set MAINTENANCE_PASSWORD for the commands that follow."
)


def sign_in_to(folder: Path, tokens: TokenStore, options: Namespace, password: str | None) -> Reply:
    """Sign in, and make the profile where there is none. Raises RemoteError, ProfileTrouble, BadAddress."""
    backend = HubBackend(options.url)
    profile = Profile(folder, now(), patience=PATIENCE) if _has_account(folder) else None
    try:
        typed = _asked_password(options, password)
        expected = profile.account if profile else None
        opened = sign_in(backend, tokens, backend.address, options.username, typed, expected=expected)
        if profile:
            profile.keep_account(opened.account)
        else:
            create_profile(folder, opened.account)
        if not opened.is_kept:
            _leave(backend)
    finally:
        backend.close()
        if profile:
            profile.close()
    account = opened.account
    where = f" on {account.server_name}" if account.server_name else ""
    data = {"name": account.name, "role": account.role, "server": account.server_name, "kept": opened.is_kept}
    notes = () if opened.is_kept else (_NO_KEYRING,)
    return Reply(data, f"Signed in as {account.name}{where}.", notes=notes)


def sync(desk: Desk, options: Namespace) -> Reply:
    """Send what waits, fetch what is new."""
    del options
    result = desk.sync()
    tally = desk.reader.tally()
    data = {
        "connection": result.connection.value,
        "problem": result.problem,
        "applied": result.applied,
        "changed": len(result.changed),
        "needs_you": list(result.needs_you),
        "waiting": tally.waiting,
        "conflicts": tally.conflicts,
        "errors": tally.refusals,
        "held": tally.held,
        "complete": desk.profile.cache.is_complete(),
    }
    code = outcome(desk, result, saved=False)
    if result.connection in (Connection.SIGN_IN_REQUIRED, Connection.WRONG_SERVER):
        raise Stopped(result.problem)
    notes = [result.problem] if result.problem else []
    notes += questions_text(desk, result.needs_you)
    parts = [f"{result.applied} sent", f"{len(result.changed)} changed here", f"{tally.waiting} waiting"]
    if tally.needs_you:
        parts.append(f"{tally.needs_you} to decide (see: notifications)")
    return Reply(data, ", ".join(parts) + ".", code, tuple(notes))


def leave(desk: Desk, options: Namespace) -> Reply:
    """Sign out; what waits stays here."""
    del options
    tally = desk.reader.tally()
    waiting = tally.waiting + tally.needs_you
    desk.sign_out()
    notes = (f"Kept here for the next sign-in: {many(waiting)}.",) if waiting else ()
    return Reply({"waiting": waiting}, f"Signed out {desk.account.name}.", notes=notes)


def _has_account(folder: Path) -> bool:
    """Whether somebody's profile is here. One whose account cannot be read is renewed by signing in."""
    try:
        read_account(folder)
    except ProfileTrouble:
        return False
    return True


def _asked_password(options: Namespace, password: str | None) -> str:
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if password is not None:
        return password
    if not sys.stdin.isatty():
        raise Stopped("There is no terminal to ask for the password: use --password-stdin.")
    return getpass.getpass(f"Password of {options.username}: ")


def _leave(backend: HubBackend) -> None:
    try:
        backend.sign_out()
    except RemoteError:
        return  # the token dies by itself, and nobody knows it

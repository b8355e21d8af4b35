"""`maintenance-cli`: runs one command and says how it went."""

from __future__ import annotations

import logging
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from maintenance_desktop.cli.arguments import parser
from maintenance_desktop.cli.connecting import sign_in_to
from maintenance_desktop.cli.desk import Desk
from maintenance_desktop.cli.reply import Code, Reply, Stopped
from maintenance_desktop.cli.screen import write_json, write_note, write_text
from maintenance_desktop.domain.addresses import BadAddress
from maintenance_desktop.domain.outcomes import RemoteError
from maintenance_desktop.domain.trouble import InvalidInput, NotSaved, ProfileTrouble
from maintenance_desktop.services.sessions import TokenStore
from maintenance_desktop.services.status import Progress
from maintenance_desktop.storage.credentials import Credentials
from maintenance_desktop.storage.profiles import data_folder, list_profiles

_PASSWORD: Final = "MAINTENANCE_PASSWORD"
_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None, tokens: TokenStore | None = None) -> int:
    """Run one command. The answer is the exit code."""
    typed = sys.argv[1:] if arguments is None else list(arguments)
    options = parser().parse_args(typed)
    _start_logging(loud=options.verbose)
    try:
        if any(not _is_text(word) for word in typed):
            raise Stopped("This has a character that cannot be read; use UTF-8.", Code.WRONG_USAGE)
        reply = _run(options, tokens or Credentials())
    except Stopped as stop:
        return _fail(str(stop), stop.code)
    except InvalidInput as error:
        named = (f"{one.field}: {one.message}" if one.field else one.message for one in error.problems)
        return _fail(" ".join(named))
    except (NotSaved, ProfileTrouble, RemoteError, BadAddress) as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        write_note("Stopped. What was saved before is kept.")
        return _INTERRUPTED
    for note in reply.notes:
        write_note(note)
    if options.json:
        write_json(reply.data)
    else:
        write_text(reply.text)
    return int(reply.code)


def _run(options: Namespace, tokens: TokenStore) -> Reply:
    password = os.environ.get(_PASSWORD)
    folder = options.profile or _only_profile()
    if options.command == "sign-in":
        return sign_in_to(folder, tokens, options, password)
    with Desk(folder, tokens, password, _show_progress) as desk:
        for notice in desk.profile.notices:
            write_note(notice)
        run: Callable[[Desk, Namespace], Reply] = options.run
        return run(desk, options)


def _only_profile() -> Path:
    """The one profile of this computer, where there is just one."""
    found = list_profiles(data_folder())
    if len(found) != 1:
        raise Stopped("Name the folder of the profile: maintenance-cli --profile DIR …", Code.WRONG_USAGE)
    return found[0].path


def _show_progress(progress: Progress) -> None:
    """How far a download is, on one line of a terminal; nothing where nobody watches."""
    if sys.stderr.isatty():
        of = f" of {progress.total}" if progress.total else ""
        unit = " bytes" if progress.what == "file" else ""
        sys.stderr.write(f"\r{progress.what}: {progress.done}{of}{unit} ")
        sys.stderr.flush()


def _fail(sentence: str, code: Code = Code.REFUSED) -> int:
    write_note(sentence)
    return int(code)


def _is_text(word: str) -> bool:
    """Whether the terminal's bytes could be read: Python marks others with lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in word)


def _start_logging(*, loud: bool) -> None:
    log = logging.getLogger("maintenance_desktop")
    if loud:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    elif not log.handlers:
        log.addHandler(logging.NullHandler())

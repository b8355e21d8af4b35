"""A client's process: what the window runs without its windows, or one command of `maintenance-cli`."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.cli.program import main as run_command
from maintenance_desktop.domain import wire
from maintenance_desktop.domain.checks import Account
from maintenance_desktop.domain.outcomes import RemoteError
from maintenance_desktop.domain.views import WorkOrderQuery
from maintenance_desktop.services.decisions import DecisionService
from maintenance_desktop.services.records import RecordService
from maintenance_desktop.services.recovery import RecoveryService
from maintenance_desktop.services.sessions import resume, sign_in
from maintenance_desktop.services.status import Connection, RoundResult, SyncState
from maintenance_desktop.services.sync_loop import Listeners, SyncLoop
from maintenance_desktop.services.sync_round import SyncRound
from maintenance_desktop.storage.credentials import Credentials
from maintenance_desktop.storage.profiles import Profile
from tests.soak.computer import Program
from tests.soak.people import ACTS, RESCUES, Person, does
from tests.soak.processes.nursery import reports
from tests.soak.processes.witness import Witness

BUSY: Final = 10
"""Exit code of a client that found something to do when all should be at rest."""
_LONGEST_LIFE: Final = 60.0
_ROUNDS: Final = 6


def now() -> datetime:
    return datetime.now(UTC)


class TokensInFile:
    """The system's keyring: it outlives a program that is killed. The file is not in the profile."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def token(self, account: Account) -> str | None:
        return self._path.read_text() if self._path.exists() else None

    def keep(self, account: Account, token: str) -> bool:
        newer = self._path.with_suffix(".new")
        newer.write_text(token)
        newer.replace(self._path)
        return True

    def forget(self, account: Account) -> None:
        self._path.unlink(missing_ok=True)


class Station(Program):
    """A profile that is open, with what a person at it uses. `journal` is a witness or the whole journal."""

    def __init__(
        self,
        name: str,
        folder: Path,
        journal: Any,
        was_deleted: Callable[[str], bool] = lambda record_id: True,  # which the hub may know
    ) -> None:
        disk = SimpleNamespace(is_dead=False, is_full=False)
        self.computer: Any = SimpleNamespace(
            name=name, journal=journal, disk=disk, program=self, was_deleted=was_deleted
        )
        self.journal = journal
        self.profile = Profile(folder, now())
        self.account = self.profile.account
        self.reader = self.profile.reader
        self.random = Random()
        self.records = RecordService(self.account, self.reader, self.profile.edits, now, self.random)
        self.decisions = DecisionService(self.account, self.profile.answers, now, self.random)
        self.recovery = RecoveryService(
            self.account, self.reader, self.records, self.profile.edits, self.profile.answers, now,
            self.random,
        )  # fmt: skip
        self.answers: Any = SimpleNamespace()
        self.form: Any = None
        for notice in self.profile.notices:
            journal.finds(f"the program says after a kill: {notice}")

    def closes(self) -> None:
        self.profile.close()


class Service(Station):
    """The window's service as `opening.OpenProfile` puts it together, and somebody who works with it."""

    def __init__(self, what: dict[str, Any], witness: Witness) -> None:
        super().__init__(what["seat"], Path(what["folder"]), witness)
        self.checks_what_is_shown()
        self._password = what["password"]
        self._tokens = TokensInFile(Path(what["tokens"]))
        self._pick = Random(what["seed"])
        self._words = 0
        self._prefix = f"{what['seat']}.{what['life']}"
        self.backend = HubBackend(self.account.server_url)
        self.loop = loop = SyncLoop(self.backend, self.profile.cache, now, self.random)
        self.round = loop.round = SyncRound(
            self.backend, self.profile.outbox, self.profile.cache, self.account, now,
            resume=lambda: resume(self.backend, self._tokens, self.account),
            should_stop=loop.should_stop, on_progress=loop.on_progress,
        )  # fmt: skip
        loop.listeners = Listeners(lambda: None, lambda result: None, self._sees)
        self.profile.cache.when_replaced = loop.request
        self._wants_sign_in = False
        self.is_asked_to_end: list[bool] = []
        self._pause = threading.Event()

    def works(self) -> int:
        """Until it is asked to end, or killed."""
        thread = threading.Thread(target=self._syncs, name="sync")
        thread.start()
        started = now()
        while not self.is_asked_to_end:
            self._pause.wait(self._pick.expovariate(1 / 0.04))
            self._does_something()
            if (now() - started).total_seconds() > _LONGEST_LIFE:
                break
        self.loop.stop()
        thread.join(0.15)
        self.backend.close()
        thread.join()
        self.closes()
        return 0

    def comes_to_rest(self) -> int:
        """Rounds and answers, until there is nothing more to do here."""
        was_busy = False
        for _ in range(_ROUNDS):
            result = self._one_round()
            asked = self.reader.notifications()
            for _ in asked:
                does(self.person(), "answers")
            self.checks_what_is_shown()
            is_busy = bool(asked or self.reader.queue() or result.connection is not Connection.ONLINE)
            was_busy |= is_busy or bool(result.changed)
            if not is_busy:
                break
        self.backend.close()
        self.closes()
        return BUSY if was_busy else 0

    def person(self) -> Person:
        return Person(self, self._pick, self._word)

    def _does_something(self) -> None:
        luck = self._pick.random()
        if self._wants_sign_in:
            self._wants_sign_in = not self._signs_in()
            self.loop.request()
        if luck < 0.02:
            self.loop.work_offline(True)
        elif luck < 0.08:
            self.loop.work_offline(False)
        acts = ACTS | RESCUES
        (act,) = self._pick.choices(list(acts), list(acts.values()))
        if not self.reader.count_work_orders(WorkOrderQuery()):
            act = "creates_work_order"
        does(self.person(), act)
        if self._pick.random() < 0.8:
            self.loop.request()

    def _syncs(self) -> None:
        try:
            self.loop.run()
        except Exception:
            self.journal.finds(f"the sync thread crashed: {traceback.format_exc()}")
        finally:
            self.profile.close_thread()

    def _sees(self, state: SyncState) -> None:
        if state.connection is Connection.SIGN_IN_REQUIRED:
            self._wants_sign_in = True

    def _one_round(self) -> RoundResult:
        result = self.round.run()
        if result.connection is Connection.SIGN_IN_REQUIRED and self._signs_in():
            result = self.round.run()
        return result

    def _signs_in(self) -> bool:
        backend = HubBackend(self.account.server_url)
        try:
            account = self.account
            sign_in(
                backend, self._tokens, account.server_url, account.username, self._password, expected=account
            )
        except RemoteError:
            return False
        finally:
            backend.close()
        return True

    def _word(self) -> str:
        self._words += 1
        return f"{self._prefix}.{self._words}"


def main(what: dict[str, Any], is_up: Callable[[], None]) -> int:
    """Be the client that `what` describes; the answer is the exit code."""
    witness = Witness(Path(what["journal"]))
    witness.looks_on()
    try:
        if what["kind"] == "command":
            is_up()
            tokens = TokensInFile(Path(what["tokens"])) if what["tokens"] else Credentials()
            return run_command(what["words"], tokens)
        service = Service(what, witness)
        signal.signal(signal.SIGTERM, lambda *_: service.is_asked_to_end.append(True))
        is_up()
        return service.works() if what["kind"] == "service" else service.comes_to_rest()
    except SystemExit as end:
        return int(end.code or 0)
    except Exception:
        witness.finds(f"{what['kind']} crashed: {traceback.format_exc()}")
        raise


def printed(path: Path) -> Any:
    """What a command answered in JSON; None where it was killed before it could."""
    with contextlib.suppress(wire.UnreadableJson, FileNotFoundError):
        return wire.decode(path.read_bytes())
    return None


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    pipe, number = told["reports"]
    sys.exit(main(told, lambda: reports(pipe, n=number)))

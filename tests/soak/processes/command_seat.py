"""Where somebody types `maintenance-cli`, and compares what it says with what it did."""

from __future__ import annotations

from typing import Any, Final

from maintenance_desktop.domain.edits import EditKind
from tests.soak.journal import Journal, Save, Told
from tests.soak.processes.client import printed
from tests.soak.processes.seats import PASSWORD, Seat
from tests.soak.processes.witness import reads

_SAVING: Final = frozenset({"create", "log-hours", "comment"})
_CODES: Final = frozenset({0, 1, 3, 4})


class CommandSeat(Seat):
    """Somebody types `maintenance-cli` here. `has_keyring`: whether the sign-in is kept."""

    def __init__(self, *details: Any, has_keyring: bool) -> None:
        super().__init__(*details)
        self._has_keyring = has_keyring
        self._numbers: list[str] = []
        self._asked: list[dict[str, Any]] = []
        self._waiting: list[str] = []
        self._words = 0

    def signs_in(self) -> None:
        self._does(["sign-in", self._url, self.username])

    def lives_once(self) -> None:
        dies_after = self.pick.expovariate(1 / 0.2) if self.pick.random() < 0.6 else None
        self._does(self._chosen(), dies_after)

    def comes_to_rest(self) -> bool:
        code = self._does(["sync"])
        self._does(["notifications"])
        for asked in list(self._asked):
            self._does(self._answer(asked))
        return code != 0

    def _chosen(self) -> list[str]:
        luck = self.pick.random()
        if luck < 0.25 or (not self._numbers and luck < 0.7):
            looks = ["list", "work-orders", "--limit", "30"], ["notifications"], ["queue"], ["history"]
            return self.pick.choices(looks, [5, 4, 2, 1])[0]
        if luck < 0.40:
            if self._asked:
                return self._answer(self._asked.pop(self.pick.randrange(len(self._asked))))
            return ["notifications"]
        if luck < 0.45 and self._waiting:
            return ["undo", self.pick.choice(self._waiting)]
        if luck < 0.5:
            return ["sync"]
        number = self.pick.choice(self._numbers) if self._numbers else ""
        if luck < 0.58 or not number:
            return ["create", "--title", self._word()]
        return self._about(number)

    def _about(self, number: str) -> list[str]:
        ways = (
            ["update", number, "--title", self._word(), "--description", self._word()],
            ["update", number, "--status", self.pick.choice(["in_progress", "on_hold", "cancelled"])],
            ["complete", number, "--notes", self._word()],
            ["log-hours", number, self.pick.choice(["1", "2.5", "0:45"]), "--note", self._word()],
            ["comment", number, self._word()],
            ["show", number],
        )
        return self.pick.choices(ways, [6, 3, 2, 4, 3, 1])[0]

    def _answer(self, asked: dict[str, Any]) -> list[str]:
        if asked["kind"] == "held":
            return [self.pick.choice(asked["answers"]), asked["id"]]
        if asked["kind"] != "conflict":  # an error, or a notice of what others overwrote
            return ["acknowledge", asked["id"]]
        if self.pick.random() < 0.5 and not asked["overwrite_problem"]:
            exactly = ["--version", str(asked["version"])] if self.pick.random() < 0.5 else []
            return ["overwrite", asked["id"], *exactly]
        return ["discard", asked["id"]]

    def _does(self, words: list[str], dies_after: float | None = None) -> int:
        """One command; its exit code."""
        has_keyring = self._has_keyring and self.pick.random() < 0.9
        child = self.starts(
            "command",
            words=["--profile", str(self.profile), *words, "--json"],
            environment={"MAINTENANCE_PASSWORD": PASSWORD},
            **({} if has_keyring else {"tokens": ""}),
        )
        self.tally.counts(f"maintenance-cli {words[0]}")
        if dies_after is not None and not child.has_ended.wait(dies_after):
            child.kill()
        what = f"maintenance-cli {words[0]}"
        self.has_ended(child, what)
        if not child.was_killed:
            self._is_told(what, words[0], child.code or 0)
        return child.code or 0

    def _is_told(self, what: str, command: str, code: int) -> None:
        told = printed(self.folder / f"{self.life}.out")
        if code not in _CODES or (code != 1 and told is None):
            self.tally.finds(f"{self.name}: {what} ended with {code}: {self._said()[-500:]}")
            return
        self._compares(what, command, code, told)
        if code != 1:
            match command:
                case "list":
                    self._numbers = [row["number"] for row in told if row["number"]]
                case "notifications":
                    self._asked = told
                case "queue":
                    self._waiting = [
                        row["id"] for row in told if row["kind"] and not row["may_have_been_sent"]
                    ]

    def _compares(self, what: str, command: str, code: int, told: Any) -> None:
        """The exit code says whether something was saved, and the store knows it."""
        journal = Journal()
        reads(journal, self.name, self.journal_of(self.life))
        saved = [save for save in journal.saves.values() if save.told is Told.DONE]
        chosen = [one for one in journal.choices if one.told is Told.DONE and (one.ended or one.new_id)]
        if code == 1 and (saved or chosen):
            self.tally.finds(f"{self.name}: {what} said that nothing was saved, and something was")
        if code != 1 and command in _SAVING and not _has_made(saved, told["id"]):
            self.tally.finds(f"{self.name}: {what} said that {told['id']} was saved, and it was not")

    def _word(self) -> str:
        self._words += 1
        return f"{self.name}.c{self._words}"


def _has_made(saved: list[Save], record_id: str) -> bool:
    return any(save.kind is EditKind.CREATE and save.record_id == record_id for save in saved)

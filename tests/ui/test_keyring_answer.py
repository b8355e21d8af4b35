"""Whether there is a keyring is found out beside the window, and never stands in the way of the end."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from maintenance_desktop.ui.keyring_answer import KeyringAnswer

_ENDS_MEANWHILE = """
import threading
from PySide6.QtCore import QCoreApplication
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from maintenance_desktop.ui.keyring_answer import KeyringAnswer

is_loading = threading.Event()

class Long(int):
    def bit_length(self):
        is_loading.set()
        for _ in range(300_000):
            pass
        return 4

program = QCoreApplication([])
answer = KeyringAnswer(lambda: bool(encode_dss_signature(Long(9), 9)))
answer.ask()
is_loading.wait()
answer.stop()
"""


@pytest.fixture
def waiting():
    """A keyring that waits for a person."""
    is_answered = threading.Event()
    yield is_answered
    is_answered.set()


def test_the_end_of_the_program_cuts_no_compiled_code_off():
    ended = subprocess.run(
        [sys.executable, "-c", _ENDS_MEANWHILE], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_end_of_the_program_waits_for_no_person(qapp, waiting):
    answer = KeyringAnswer(waiting.wait)
    answer.ask()
    answer.stop(longest_seconds=0.01)
    waiting.set()
    answer.stop()
    assert answer.answer is None


def test_it_is_asked_once(qapp, qtbot):
    asked: list[int] = []
    answer = KeyringAnswer(lambda: not asked.append(1))
    with qtbot.waitSignal(answer.known) as told:
        answer.ask()
    answer.ask()
    answer.stop()
    assert (told.args, answer.answer, asked) == ([True], True, [1])

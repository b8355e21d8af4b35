"""What is loaded, asked and running when the first window is painted: nothing that it does not need."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from maintenance_desktop.domain.checks import Account
from maintenance_desktop.storage.profiles import Profile, create_profile
from tests.installed import runs

_ACCOUNT = Account(
    instance="0190a000-0000-7000-8000-000000000001",
    person_id="0190a000-0000-7000-8000-000000000002",
    name="Ada Lindqvist",
    username="ada",
    role="technician",
    server_url="http://127.0.0.1:9",
    server_name="Alder Creek plant",
)

_LOADED_LATER = {
    "HTTP": {"requests", "urllib3", "truststore", "ssl", "http.client", "email", "certifi", "idna"},
    "the keyring": {"keyring", "jaraco", "secretstorage", "jeepney", "importlib.metadata"},
    "updates": {"tuf", "securesystemslib", "cryptography"},
    "the hub": {"litestar", "uvicorn", "argon2", "psycopg", "asyncio"},
    "nothing at all": {"multiprocessing", "unittest", "xml", "ctypes", "concurrent"},
    "other parts of ours": {
        "maintenance_desktop.backends.hub",
        "maintenance_desktop.cli",
        "maintenance_desktop.smoke_test",
        "maintenance_desktop.storage.keyring_calls",
    },
}

_AT_THE_FIRST_PAINT = """
import json, platform, threading
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

before = set(sys.modules)
asked = []
uname = platform.uname
platform.uname = lambda: asked.append(sys._getframe(2).f_globals["__name__"]) or uname()

from maintenance_desktop import app

class Watcher(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
            QApplication.instance().removeEventFilter(self)
            found = {
                "window": watched.objectName(),
                "modules": [*sys.modules],
                "threads": [one.name for one in threading.enumerate()],
                "asked about the system": [*asked],
            }
            print(json.dumps(found))
            QTimer.singleShot(0, QApplication.closeAllWindows)
        return False

watcher = Watcher()
application = app._application

def watched_application():
    made = application()
    made.installEventFilter(watcher)
    return made

app._application = watched_application
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.fixture(params=["signInWindow", "mainWindow"])
def at_first_paint(request, installed, tmp_path):
    arguments = ["--data", tmp_path / "data"]
    if request.param == "mainWindow":
        folder = tmp_path / "data" / "profiles" / "ada"
        create_profile(folder, _ACCOUNT)
        Profile(folder, datetime(2026, 5, 4, 9, 0, tzinfo=UTC)).close()
        arguments += ["--profile", folder]
    done = runs(installed, _AT_THE_FIRST_PAINT, *arguments)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["window"] == request.param
    return found


def test_nothing_is_loaded_before_the_first_paint_that_it_does_not_need(at_first_paint):
    loaded = set(at_first_paint["modules"])
    too_early = {why: sorted(names & loaded) for why, names in _LOADED_LATER.items() if names & loaded}
    assert too_early == {}


def test_nothing_runs_before_the_window_is_painted_but_the_thread_that_reads_its_rows(at_first_paint):
    """That one is Qt's and no thread of Python's; nor may what it reads begin one."""
    assert at_first_paint["threads"] == ["MainThread"]


def test_the_system_is_not_asked_who_it_is(at_first_paint):
    """On Windows that is a question to WMI. `uuid` asks where it is not Windows."""
    assert set(at_first_paint["asked about the system"]) <= {"uuid"}

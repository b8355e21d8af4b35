"""What is installed is the client alone: neither the hub, nor the demo, nor what they are made of."""

from __future__ import annotations

import subprocess
import sys

from tests.installed import runs

_EVERYTHING = """
import importlib, pathlib, pkgutil, maintenance_desktop
sys.path.insert(0, "")
assert pathlib.Path(maintenance_desktop.__file__).parent == pathlib.Path.cwd() / "maintenance_desktop"
found = [one.name for one in pkgutil.walk_packages(maintenance_desktop.__path__, "maintenance_desktop.")]
for name in found:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(found))
"""

_SIGN_IN_WINDOW = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from maintenance_desktop import app

def look():
    shown = [w.objectName() for w in QApplication.topLevelWidgets() if w.isVisible()]
    print(*shown)
    QApplication.closeAllWindows()

start = app.Program.start
app.Program.start = lambda program, folder: (start(program, folder), QTimer.singleShot(0, look))
sys.exit(app.main(["--data", sys.argv[1]]))
"""


def test_every_module_can_be_imported(installed):
    done = runs(installed, _EVERYTHING)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100


def test_the_program_opens(installed, tmp_path):
    done = runs(installed, _SIGN_IN_WINDOW, tmp_path)
    assert (done.returncode, done.stdout) == (0, "signInWindow\n"), done.stderr


def test_a_wish_for_the_demo_is_answered_in_a_sentence(installed, tmp_path):
    done = runs(installed, "from maintenance_desktop import app; sys.exit(app.main(sys.argv[1:]))", "--demo")
    assert done.returncode == 2
    assert done.stderr.startswith("This installation has no demo")
    assert len(done.stderr.splitlines()) == 1


def test_the_demo_is_offered_only_where_it_is(installed):
    script = "from maintenance_desktop import app; sys.exit(app.main(['--help']))"
    assert "--demo" not in runs(installed, script).stdout
    here = [sys.executable, "-m", "maintenance_desktop.app", "--help"]
    assert "--demo" in subprocess.run(here, capture_output=True, text=True, timeout=60, check=True).stdout


def test_the_command_line_works(installed, tmp_path):
    script = "from maintenance_desktop.cli import main; sys.exit(main(sys.argv[1:]))"
    done = runs(installed, script, "--profile", tmp_path, "queue")
    assert (done.returncode, done.stderr) == (
        1,
        "maintenance-cli: Nobody has signed in to this profile yet.\n",
    )

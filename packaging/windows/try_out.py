"""Installs and uses the packages on a real Windows: `python packaging/windows/try_out.py FOLDER`.

The folder has setup.exe and the .msi; what was seen goes to `try-out/`. Nobody but CI should run it on a
machine with work on it: it installs and removes the program. Never run so far.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import winreg
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.hub_process import HubProcess  # noqa: E402 - the tests are no package that is installed

TITLE = "Maintenance Desktop"
APPS_ENTRY = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\maintenance-desktop"
PASSWORD = "correct horse"
SEEN = Path("try-out").resolve()
PATIENCE_S = 120


def main(folder: Path) -> None:
    """Try one package after the other; the first thing that is not as it should be ends it."""
    (setup,), (msi,) = (sorted(folder.rglob(pattern)) for pattern in ("*-setup.exe", "*.msi"))
    SEEN.mkdir(exist_ok=True)
    with HubProcess.start(SEEN / "hub") as hub:
        hub.add_person("dana", "Dana Ortiz", "planner", PASSWORD)
        try_setup(setup, hub)
        try_msi(msi, hub)
    print("All is well.")


def try_setup(setup: Path, hub: HubProcess) -> None:
    """Per user, without administrator rights: install, use on the real screen, upgrade, remove."""
    program = Path(os.environ["LOCALAPPDATA"]) / "Programs" / TITLE
    run(setup, "/S", "/CurrentUser")
    print("among the apps:", installed_version())
    for platform in ("offscreen", "windows"):
        use(program, hub, platform)
    stored = run("cmdkey", "/list").stdout
    assert "maintenance-desktop" in stored, f"the sign-in is not in the credential store:\n{stored}"
    run(setup, "/S", "/CurrentUser")
    # `_?=` has it wait for itself; it then leaves itself behind
    run(program / "uninstall.exe", "/S", f"_?={program}")
    assert not (program / "program").exists()
    assert (SEEN / "data of windows").exists(), "the work stays"
    (program / "uninstall.exe").unlink()


def installed_version() -> str:
    """The version that Windows lists for this user."""
    if sys.platform != "win32":
        raise SystemExit("This is not Windows.")
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, APPS_ENTRY) as key:
        return str(winreg.QueryValueEx(key, "DisplayVersion")[0])


def try_msi(msi: Path, hub: HubProcess) -> None:
    """For all users, as Group Policy does it."""
    program = Path(os.environ["PROGRAMFILES"]) / TITLE
    run("msiexec", "/i", msi, "/qn", "/l*v", SEEN / "msi-install.log")
    use(program, hub, "msi")
    run("msiexec", "/x", msi, "/qn", "/l*v", SEEN / "msi-remove.log")
    assert not (program / "program").exists()


def use(program: Path, hub: HubProcess, name: str) -> None:
    """Let the program sign in, create a work order, send it; find it on the hub and by the command line."""
    title = f"Made by {name}"
    data, report = SEEN / f"data of {name}", SEEN / f"report of {name}.json"
    content = {
        "server": hub.url, "username": "dana", "password": PASSWORD, "title": title, "report": str(report),
        "started": time.time(),
    }  # fmt: skip
    job = SEEN / "job.json"
    job.write_text(json.dumps(content), encoding="utf-8")
    platform = {"QT_QPA_PLATFORM": "offscreen" if name == "offscreen" else "windows"}
    run(
        program / "maintenance-desktop.exe", "--data", data, "--smoke-test", job,
        environment={**os.environ, **platform},
    )  # fmt: skip
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    print(f"{name}: first paint after {found['first_paint_ms']} ms")
    listed = SEEN / "work-orders.csv"
    hub.run("export", "work-orders", str(listed))
    assert title in listed.read_text(encoding="utf-8-sig")
    (work,) = data.rglob("work.db")
    told = run(program / "maintenance-cli.exe", "--profile", work.parent, "list", "work-orders", "--json")
    assert title in told.stdout


def run(*words: str | Path, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run to the end; whatever does not end with 0 is an error."""
    print("·", *words, flush=True)
    done = subprocess.run(
        [str(word) for word in words],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    return done


if __name__ == "__main__":
    main(Path(sys.argv[1]))

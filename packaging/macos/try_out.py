"""Starts an application once, as its user would: `python packaging/macos/try_out.py APPLICATION`.

It signs in to a hub that runs for this only, creates a work order, and ends. `.venv-package` has the hub.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.hub_process import HubProcess


def main(application: Path) -> int:
    """The program's exit code, after printing what it reports."""
    with tempfile.TemporaryDirectory() as name, HubProcess.start(Path(name) / "hub") as hub:
        folder = Path(name)
        hub.add_person("ada", "Ada Ito")
        report = folder / "report.json"
        job = folder / "job.json"
        job.write_text(
            json.dumps(
                {
                    "server": hub.url,
                    "username": "ada",
                    "password": "correct horse",
                    "title": "Made on a Mac",
                    "report": str(report),
                }
            )
        )
        program = application / "Contents" / "MacOS" / "maintenance-desktop"
        command: list[str | Path] = [program, "--data", folder / "data", "--smoke-test", job]
        code = subprocess.run(command, timeout=120, check=False).returncode
        print(report.read_text() if report.exists() else "no report")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

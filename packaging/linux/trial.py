"""A trial of a packaged client: the hub that it signs in to, and the smoke test that is asked of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from debian.root import HOME, TrialRoot

from tests.hub_process import HubProcess

PASSWORD: Final = "correct horse"
_JOB: Final = f"{HOME}/job.json"
_REPORT: Final = "report.json"


@contextmanager
def running_hub(folder: Path) -> Iterator[HubProcess]:
    """A hub outside the roots, with Ada and thirty assets."""
    assets = folder / "assets.csv"
    rows = [f"P-{number},Pump {number} of the cooling water" for number in range(1, 31)]
    assets.write_text("\n".join(["tag,name", *rows]) + "\n")
    with HubProcess.start(folder / "data") as hub:
        hub.add_person("admin", "Alex Admin", "admin", PASSWORD)
        hub.add_person("ada", "Ada Ito", "technician", PASSWORD)
        done = hub.run("import", "assets", str(assets), "--as", "admin")
        assert done.returncode == 0, done.stderr
        yield hub


def has(hub: HubProcess, title: str) -> bool:
    """Whether the hub has a work order of that title."""
    file = hub.data_dir / "seen.csv"
    done = hub.run("export", "work-orders", str(file))
    assert done.returncode == 0, done.stderr
    text = file.read_text(encoding="utf-8-sig")
    file.unlink()
    return any(title in line for line in text.splitlines())


def smoke_test(
    root: TrialRoot,
    hub: HubProcess,
    title: str,
    *program: str,
    password: str = PASSWORD,
    **environment: Any,
) -> dict[str, Any]:
    """Let the program do what a person does first, inside the root; what it reports when all of it worked."""
    job = {
        "server": hub.url,
        "username": "ada",
        "password": password,
        "title": title,
        "report": f"{HOME}/{_REPORT}",
        "started": time.time(),
    }
    (root.path / _JOB.lstrip("/")).write_text(json.dumps(job))
    said = root.run(*program, "--smoke-test", _JOB, is_checked=False, **environment)
    file = root.home / _REPORT
    assert file.exists(), said
    report: dict[str, Any] = json.loads(file.read_text())
    file.unlink()
    print(f"{root.suite}, {report['screen']}: a window after {report['first_paint_ms']} ms")
    assert report["ok"], f"{report['failure']}\n{said}"
    assert has(hub, title)
    return report

from __future__ import annotations

from pathlib import Path

from mypy import api

ROOT = Path(__file__).parents[2]

PROGRAM = """
from maintenance_desktop.backends.hub import HubBackend
from maintenance_desktop.services.ports import Backend

backend: Backend = HubBackend("https://hub.plant.example")
"""


def test_the_hub_is_a_back_end_as_the_services_want_it(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    config = str(ROOT / "pyproject.toml")
    said, complaints, status = api.run(["--config-file", config, "--follow-imports=silent", str(program)])
    assert (said.startswith("Success"), complaints, status) == (True, "", 0), said

from __future__ import annotations

from tests.services.conftest import dana, hub, people  # noqa: F401 - fixtures are used by their name

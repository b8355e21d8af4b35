from __future__ import annotations

from tests.services.test_real_hub import order, pia, real_hub, signs_in  # noqa: F401 - fixtures, used by name

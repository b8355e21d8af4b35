"""How many examples a property test tries: few in `make test`, more when somebody has the time."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_TIMES = float(os.environ.get("TIMES_AS_MANY_EXAMPLES", "1"))
_PATIENCE = 120
"""Seconds, as for every other test."""


def tries(examples: int) -> Callable[[Any], Any]:
    """So many examples, or as many times more as `TIMES_AS_MANY_EXAMPLES` says. Nothing depends on time."""
    quiet = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large)
    chosen = settings(
        max_examples=max(round(examples * _TIMES), 1), deadline=None, suppress_health_check=quiet
    )
    return lambda test: pytest.mark.timeout(_PATIENCE * max(_TIMES, 1))(chosen(test))

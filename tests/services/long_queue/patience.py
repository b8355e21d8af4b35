"""What is only tried where there is time for it: with SOAK=1 in the environment."""

from __future__ import annotations

import os

import pytest

SOAK = bool(os.environ.get("SOAK"))
only_with_time = pytest.mark.skipif(not SOAK, reason="takes long: set SOAK=1")
with_patience = pytest.mark.timeout(3_000 if SOAK else 600)
"""On a computer that has other things to do, too."""

"""Waiting for what comes from the reading thread."""

from __future__ import annotations


def settle(qtbot, *lists):
    """Wait until these lists, or their models, have read everything that they asked for."""
    qtbot.waitUntil(lambda: all(one.is_settled for one in lists))

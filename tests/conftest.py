from __future__ import annotations

import gc
import sys

import pytest
from pytestqt.qtbot import QtBot

from tests.installed import install_into

_LONGEST_MS = 20_000


class PatientQtBot(QtBot):
    """Waits for what is to come as long as a busy computer may take. What never comes fails all the same."""

    def waitUntil(self, callback, *, timeout=_LONGEST_MS):
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal, *, timeout=_LONGEST_MS, **wanted):
        return super().waitSignal(signal, timeout=timeout, **wanted)

    def waitSignals(self, signals, *, timeout=_LONGEST_MS, **wanted):
        return super().waitSignals(signals, timeout=timeout, **wanted)

    def waitExposed(self, widget, *, timeout=_LONGEST_MS):
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp, request):
    return PatientQtBot(request)


@pytest.fixture(autouse=True)
def _windows_are_deleted_here(request):
    """What refers to itself is collected by whichever thread makes the next object: Qt does not survive that.

    So what a test with windows leaves is collected by this thread, and what cannot be yet, by nobody.
    """
    yield
    has_windows = "PySide6.QtWidgets" in sys.modules
    if "qapp" in request.fixturenames or (has_windows and gc.get_freeze_count() == 0):
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        gc.freeze()


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """The package as it is installed on a client."""
    return install_into(tmp_path_factory.mktemp("installed"))

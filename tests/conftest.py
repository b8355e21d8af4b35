from __future__ import annotations

import gc
import sys

import pytest

from tests.installed import install_into


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

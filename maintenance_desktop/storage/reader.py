"""The `Reader` port, put together from its parts."""

from __future__ import annotations

from maintenance_desktop.storage.asset_list import AssetList
from maintenance_desktop.storage.double_work import DoubleWork
from maintenance_desktop.storage.offers import Offers
from maintenance_desktop.storage.record_views import RecordViews
from maintenance_desktop.storage.standings import StandingsReader
from maintenance_desktop.storage.view import View
from maintenance_desktop.storage.work_order_list import WorkOrderList


class ProfileReader(WorkOrderList, AssetList, RecordViews, StandingsReader, DoubleWork, Offers):
    """Everything that is looked at, over one view."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._view = view

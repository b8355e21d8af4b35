from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from maintenance_desktop.domain.forecast import Expectation, Forecast, Prospect
from maintenance_desktop.services.status import RoundResult
from maintenance_desktop.services.sync_loop import Listeners, SyncLoop


class CompleteCache:
    def is_complete(self):
        return True


def test_the_forecast_is_told_during_the_round_and_gone_after_it():
    forecast = Forecast({"one": Expectation(Prospect.THROUGH)})
    told = []
    loop = SyncLoop(None, CompleteCache(), lambda: datetime.now(UTC), Random(1))

    class RoundThatBreaks:
        """It tells, and ends without saying that the push is over."""

        def run(self):
            loop.on_forecast(forecast)
            return RoundResult()

        def forget_server(self):
            pass

    loop.round = RoundThatBreaks()
    loop.listeners = Listeners(lambda: None, lambda result: None, told.append)
    loop._one_round()
    assert forecast in [state.forecast for state in told]
    assert loop.state.forecast is None

from __future__ import annotations

from maintenance_desktop.ui.navigation import Place, Stop, Trail


def test_one_step_back_is_always_somewhere_else():
    trail = Trail(Stop(Place.WORK_ORDERS))
    trail.visit(Stop(Place.WORK_ORDERS, "1"))
    trail.visit(Stop(Place.ASSETS))
    trail.visit(Stop(Place.ASSETS, "pump"))
    trail.visit(Stop(Place.ASSETS, "pump"))
    trail.visit(Stop(Place.WORK_ORDERS))
    trail.visit(Stop(Place.WORK_ORDERS, "2"))
    trail.visit(Stop(Place.WORK_ORDERS, "3"))
    back = [trail.go(-1) for _ in range(4)]
    places = (Place.WORK_ORDERS, "2"), (Place.ASSETS, "pump"), (Place.WORK_ORDERS, "1")
    assert back == [*(Stop(*place) for place in places), None]
    assert trail.go(1) == Stop(Place.ASSETS, "pump")


def test_going_somewhere_new_forgets_what_was_ahead():
    trail = Trail(Stop(Place.WORK_ORDERS, "1"))
    trail.visit(Stop(Place.MORE))
    trail.go(-1)
    trail.visit(Stop(Place.WORK_ORDERS, "2"))
    assert trail.go(1) is None
    assert trail.go(-1) == Stop(Place.WORK_ORDERS, "1")

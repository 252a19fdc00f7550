"""A truck's plate is typed once and offered to every stall; nobody learns from whom another one buys."""

from pos_trace.services import arrivals, receiving
from pos_trace.store.models import VehicleArrival
from tests.services.night import Night


def test_one_truck_is_one_arrival_however_its_plate_is_typed(night: Night) -> None:
    first = night.deliver("A-12", "Người giao kín", "82c 01234")
    night.deliver("E-01", "khác", "82C-012.34")
    assert night.count(VehicleArrival) == 1
    (truck,) = arrivals.listed(night.node, night.who("E-01"), night.now)["arrivals"]
    assert (truck["plate"], truck["time"], truck["stalls"], truck["mine"]) == ("82C-012.34", "02:31", 2, True)
    assert "kín" not in str(truck)
    receiving.cancel(night.node, night.who(), first, "", night.now)
    assert arrivals.listed(night.node, night.who(), night.now)["arrivals"][0]["stalls"] == 1


def test_a_neighbour_sees_the_truck_before_receiving_from_it_and_not_for_ever(night: Night) -> None:
    night.deliver("A-12", plate="76C-111.22")
    told = arrivals.listed(night.node, night.who("E-01"), night.later(hours=11))["arrivals"]
    assert [(one["plate"], one["mine"]) for one in told] == [("76C-111.22", False)]
    assert arrivals.listed(night.node, night.who("E-01"), night.later(hours=12))["arrivals"] == []

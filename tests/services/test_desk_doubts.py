"""The desk's list: lots received beyond what they hold, site by site, and labels seen at several sites."""

from dataclasses import replace
from pathlib import Path

import pytest

from pos_trace.services import desk_doubts
from tests.services.night import CABBAGE, Night, on_sqlite
from tests.services.test_far_labels import SERIAL, other
from tests.services.test_lot_sums import declare, tell
from tests.services.two_stations import OTHER_ID, Other

__all__ = ["other"]


def test_a_lot_above_what_it_holds_is_listed_with_its_sites_until_more_is_declared(night: Night, other: Other) -> None:
    declare(night, "0.4", "tấn")
    tell(night, night.node.id, "300.5")
    tell(night, OTHER_ID, "250")
    tell(night, "chưa-ghi-danh", "0")
    [lot] = desk_doubts.listed(night.pair.province)["lots"]
    assert lot == {
        "key": CABBAGE, "product_name": "Cải thảo (mẫu)", "declared": "0.4", "unit": "tấn", "received_kg": "550.5",
        "sites": [{"site": "Chợ (mẫu)", "received_kg": "300.5"}, {"site": "Siêu thị (mẫu)", "received_kg": "250"}],
    }  # fmt: skip
    declare(night, "600")
    assert desk_doubts.listed(night.pair.province)["lots"] == []


@on_sqlite
def test_one_site_alone_is_listed_too_though_no_station_has_to_hear_of_it(night: Night, tmp_path: Path) -> None:
    declare(night, "400")
    tell(night, "s-1", "500")
    [lot] = desk_doubts.listed(night.pair.province)["lots"]
    assert lot["sites"] == [{"site": "s-1", "received_kg": "500"}]


@pytest.mark.parametrize(("minutes", "far"), [(15, True), (600, False)])
def test_a_label_at_two_sites_is_listed_and_whether_anybody_could_have_driven(
    night: Night, other: Other, minutes: int, far: bool
) -> None:
    tell(night, night.node.id, "5", SERIAL)
    assert desk_doubts.listed(night.pair.province)["serials"] == []
    tell(night, OTHER_ID, "5", SERIAL, night.later(minutes=minutes))
    [label] = desk_doubts.listed(replace(night.pair.province, policy=night.node.policy))["serials"]
    assert (label["key"], label["product_name"], label["far"]) == (SERIAL, "Cải thảo Măng Đen", far)
    assert [one["site"] for one in label["seen"]] == ["Chợ (mẫu)", "Siêu thị (mẫu)"]

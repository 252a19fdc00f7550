"""Starter catalogues: ours are sound, and a wrong one stops the start with its place."""

from decimal import Decimal
from typing import Any

import pytest

from pos_trace.core.errors import Misconfigured
from pos_trace.core.starter import StarterGoods, starter_from
from tests.services.night import demo_policy

GOOD = {"name": "Cải thảo", "unit": "sọt", "content_kg": "25"}


def test_a_catalogue_names_goods_with_unit_and_content() -> None:
    told = [{"group": "rau", "goods": [GOOD, {"name": "Cà rốt", "unit": "ký"}]}, {"group": "rau"}]
    assert starter_from(told, ["rau"]) == (
        StarterGoods("rau", "Cải thảo", "sọt", Decimal(25)), StarterGoods("rau", "Cà rốt", "kg"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({"goods": [GOOD]}, "starter_group"), ({"group": "xe", "goods": [GOOD]}, "starter_group"),
        ({"group": "rau", "goods": [GOOD, {"name": "cải thảo", "unit": "kg"}]}, "starter_twice"),
        ({"group": "rau", "goods": [GOOD | {"price": 1}]}, "starter_goods"),
        ({"group": "rau", "goods": [{"unit": "kg"}]}, "starter_goods"),
        ({"group": "rau", "goods": [{"name": "", "unit": "kg"}]}, "starter_goods"),
        ({"group": "rau", "goods": [GOOD | {"unit": "mét"}]}, "starter_goods"),
        ({"group": "rau", "goods": [GOOD | {"content_kg": "0"}]}, "starter_goods"),
        ({"group": "rau", "goods": [GOOD | {"content_kg": "nhiều"}]}, "starter_goods"),
        ({"group": "rau", "goods": [GOOD | {"content_kg": "NaN"}]}, "starter_goods"),
    ],
)  # fmt: skip
def test_a_wrong_catalogue_is_told(table: dict[str, Any], code: str) -> None:
    with pytest.raises(Misconfigured) as error:
        starter_from([table], ["rau"])
    assert error.value.code == code


def test_our_catalogues_fill_every_goods_group() -> None:
    policy = demo_policy()
    assert {one.group for one in policy.starter} == {group.name for group in policy.goods}
    assert len(policy.starter) >= 150

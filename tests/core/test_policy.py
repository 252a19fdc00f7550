"""Configuration fills the rule tables: what is right is kept as it was meant, a typo names its nearest neighbour."""

import tomllib
from contextlib import suppress
from dataclasses import fields
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.errors import Misconfigured
from pos_trace.core.policy import Clocks, GoodsGroup, PaperRule, Policy, clocks_from, goods_group_from

CONFIG = Path(__file__).parents[2] / "config"


@pytest.mark.parametrize(
    ("table", "clocks"),
    [
        ({}, Clocks()),
        ({"report_after_h": 24}, Clocks()),
        ({"report_after_least_h": 0.5}, Clocks()),
        ({"report_after_h": "36"}, Clocks(report_after=timedelta(hours=36))),
        ({"conclude_within_days": 25}, Clocks(conclude_within=timedelta(days=25))),
        ({"conclude_within_h": 25}, Clocks(conclude_within=timedelta(hours=25))),
        ({"report_after_h": 0}, Clocks(report_after=timedelta(0))),
        ({"practice_days": 0}, Clocks(practice_days=0)),
        ({"practice_days": "7"}, Clocks(practice_days=7)),
        ({"notice_within_working_days": 5.0}, Clocks(notice_within_working_days=5)),
        ({"day_end": "17:30"}, Clocks(day_end=time(17, 30))),
        ({"holidays": ["2027-01-01"]}, Clocks(holidays=(date(2027, 1, 1),))),
        ({"holidays": [date(2027, 1, 1), date(2027, 2, 5)]}, Clocks(holidays=(date(2027, 1, 1), date(2027, 2, 5)))),
    ],
)
def test_clocks_are_told_in_hours_days_and_plain_numbers(table: dict[str, Any], clocks: Clocks) -> None:
    assert clocks_from(table) == clocks


@pytest.mark.parametrize(
    ("table", "code", "detail"),
    [
        (
            {"report_aftr_h": 1},
            "unknown_clock",
            "không có thời hạn tên 'report_aftr_h'; có phải 'report_after_h' không?",
        ),
        ({"report_after": 1}, "unknown_clock", "không có thời hạn tên 'report_after'; có phải 'report_after_h' không?"),
        ({"zzzzzz": 1}, "unknown_clock", "không có thời hạn tên 'zzzzzz'"),
        ({"report_after_h": "một"}, "bad_clock", "thời hạn 'report_after_h': không dùng được giá trị 'một'"),
        ({"report_after_h": None}, "bad_clock", "thời hạn 'report_after_h': không dùng được giá trị 'None'"),
        ({"report_after_h": "nan"}, "bad_clock", "thời hạn 'report_after_h': không dùng được giá trị 'nan'"),
        ({"report_after_h": 1e300}, "bad_clock", "thời hạn 'report_after_h': không dùng được giá trị '1e+300'"),
        ({"report_after_h": -1}, "bad_clock", "thời hạn 'report_after' không được âm"),
        ({"report_after_least_h": 0.4}, "bad_clock", "thời hạn 'report_after_least' không được dưới 30 phút"),
        ({"practice_days": -1}, "bad_clock", "thời hạn 'practice_days' không được âm"),
        (
            {"notice_within_working_days": -3},
            "bad_clock",
            "thời hạn 'notice_within_working_days' không được âm",
        ),
        ({"practice_days": 2.5}, "bad_clock", "thời hạn 'practice_days': không dùng được giá trị '2.5'"),
        ({"practice_days": "inf"}, "bad_clock", "thời hạn 'practice_days': không dùng được giá trị 'inf'"),
        ({"day_end": "25:00"}, "bad_clock", "thời hạn 'day_end': không dùng được giá trị '25:00'"),
        ({"day_end": 18}, "bad_clock", "thời hạn 'day_end': không dùng được giá trị '18'"),
        ({"holidays": ["30/04/2027"]}, "bad_clock", "thời hạn 'holidays': không dùng được giá trị '['30/04/2027']'"),
        ({"holidays": 7}, "bad_clock", "thời hạn 'holidays': không dùng được giá trị '7'"),
    ],
)
def test_a_wrong_clock_stops_the_start(table: dict[str, Any], code: str, detail: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        clocks_from(table)
    assert (refused.value.code, refused.value.detail) == (code, detail)


@given(st.dictionaries(st.text(max_size=12) | st.sampled_from([f.name for f in fields(Clocks)]),
                       st.none() | st.floats() | st.text(max_size=6) | st.integers(), max_size=3))  # fmt: skip
def test_whatever_is_written_clocks_come_out_or_a_refusal(table: dict[str, Any]) -> None:
    made = Clocks()
    with suppress(Misconfigured):
        made = clocks_from(table)
    assert all(getattr(made, f.name) >= timedelta(0) for f in fields(Clocks) if f.type is timedelta)
    assert all(getattr(made, f.name) >= 0 for f in fields(Clocks) if f.type is int)


def test_every_legal_constant_of_the_house_has_its_source_and_day() -> None:
    law = tomllib.loads((CONFIG / "law/clocks.toml").read_text(encoding="utf-8"))["clocks"]
    assert all(entry["source"] and isinstance(entry["valid_from"], date) for entry in law.values())
    told = clocks_from({name: entry["value"] for name, entry in law.items()})
    assert told == Clocks(holidays=told.holidays)
    assert {name.removesuffix("_h").removesuffix("_days").removesuffix("_min") for name in law} >= {
        f.name.removesuffix("_days") for f in fields(Clocks)
    }


FISH = {"name": "ca", "title_vi": "Cá", "title_en": "Fish"}
RULE = {"kinds": ["bang_ke"], "fields": ["issued_on"], "max_age_days": 3, "photo": True}


@pytest.mark.parametrize(
    ("more", "made"),
    [
        ({}, GoodsGroup("ca", "Cá", "Fish")),
        ({"mandatory": True, "food": False}, GoodsGroup("ca", "Cá", "Fish", mandatory=True, food=False)),
        ({"units": ["kg", "con"], "synonyms": []}, GoodsGroup("ca", "Cá", "Fish", units=("kg", "con"))),
        ({"shelf_life_days": 3}, GoodsGroup("ca", "Cá", "Fish", shelf_life=timedelta(days=3))),
        ({"tolerance": "0.05"}, GoodsGroup("ca", "Cá", "Fish", tolerance=Decimal("0.05"))),
        ({"tolerance": 0}, GoodsGroup("ca", "Cá", "Fish", tolerance=Decimal(0))),
        ({"near_expiry_days": 0}, GoodsGroup("ca", "Cá", "Fish", near_expiry_days=0)),
        (
            {"papers": [RULE, {"kinds": ["co"]}]},
            GoodsGroup("ca", "Cá", "Fish", (PaperRule(("bang_ke",), ("issued_on",), 3, True), PaperRule(("co",)))),
        ),
    ],
)
def test_a_goods_group_is_what_its_file_says(more: dict[str, Any], made: GoodsGroup) -> None:
    assert goods_group_from(FISH | more) == made


@pytest.mark.parametrize(
    ("table", "code", "told"),
    [
        ({}, "incomplete_goods_group", "nhóm hàng ?: cần name, title_vi, title_en"),
        ({"name": "ca", "title_vi": "Cá"}, "incomplete_goods_group", "cần name, title_vi, title_en"),
        (FISH | {"name": 7}, "incomplete_goods_group", "nhóm hàng 7"),
        (FISH | {"mandatry": True}, "unknown_goods_key", "không có mục 'mandatry'; có phải 'mandatory' không?"),
        (FISH | {"shelf_life": 3}, "unknown_goods_key", "có phải 'shelf_life_days' không?"),
        (FISH | {"zzzz": 3}, "unknown_goods_key", "nhóm hàng ca: không có mục 'zzzz'"),
        (FISH | {"mandatory": "yes"}, "bad_goods_value", "nhóm hàng ca: mandatory: không dùng được giá trị 'yes'"),
        (FISH | {"food": 1}, "bad_goods_value", "food"),
        (FISH | {"synonyms": "cá"}, "bad_goods_value", "synonyms"),
        (FISH | {"units": ["kg", 3]}, "bad_goods_value", "units"),
        (FISH | {"near_expiry_days": "2"}, "bad_goods_value", "near_expiry_days"),
        (FISH | {"near_expiry_days": -1}, "bad_goods_value", "near_expiry_days"),
        (FISH | {"shelf_life_days": "ba"}, "bad_goods_value", "shelf_life_days"),
        (FISH | {"shelf_life_days": -1}, "bad_goods_value", "shelf_life_days"),
        (FISH | {"shelf_life_days": 10**12}, "bad_goods_value", "giá trị không dùng được"),
        (FISH | {"tolerance": "nhiều"}, "bad_goods_value", "giá trị không dùng được"),
        (FISH | {"tolerance": "NaN"}, "bad_goods_value", "tolerance"),
        (FISH | {"tolerance": -0.1}, "bad_goods_value", "tolerance"),
        (FISH | {"papers": 3}, "bad_goods_value", "giá trị không dùng được"),
        (FISH | {"papers": [["kinds"]]}, "bad_goods_value", "giá trị không dùng được"),
        (FISH | {"papers": [{"kinds": []}]}, "bad_paper_rule", "[[papers]] cần kinds"),
        (FISH | {"papers": [{"photo": True}]}, "bad_paper_rule", "[[papers]] cần kinds"),
        (FISH | {"papers": [{"kinds": ["kiem_dinh"]}]}, "bad_paper_rule", "loại giấy 'kiem_dinh'; có phải 'kiem_dich'"),
        (FISH | {"needs_dates": ["expire"]}, "bad_goods_value", "ngày tên 'expire'; có phải 'expiry' không?"),
        (FISH | {"papers": [{"kinds": "bang_ke"}]}, "bad_goods_value", "[[papers]]: kinds"),
        (FISH | {"papers": [RULE | {"fields": ["colour"]}]}, "bad_paper_rule", "fields chỉ gồm number, issued_on"),
        (FISH | {"papers": [RULE | {"max_age_days": "3"}]}, "bad_goods_value", "max_age_days"),
        (FISH | {"papers": [RULE | {"photos": True}]}, "unknown_goods_key", "có phải 'photo' không?"),
    ],
)
def test_a_goods_group_that_means_nothing_stops_the_start(table: dict[str, Any], code: str, told: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        goods_group_from(table)
    assert refused.value.code == code
    assert told in refused.value.detail


@pytest.mark.parametrize("path", sorted(CONFIG.glob("goods/*.toml")), ids=lambda path: path.stem)
def test_every_goods_file_of_the_house_is_read(path: Path) -> None:
    group = goods_group_from(tomllib.loads(path.read_text(encoding="utf-8")))
    assert group.name == path.stem
    assert group.synonyms
    assert group.units


def test_a_policy_finds_its_groups_by_name() -> None:
    fish = GoodsGroup("ca", "Cá", "Fish")
    policy = Policy(goods=(fish,))
    assert policy.group("ca") is fish
    assert policy.group("rau") is None
    assert policy.group(None) is None

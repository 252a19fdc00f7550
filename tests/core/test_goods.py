"""How much of the goods was taken, which group they are, what their papers lack."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.errors import Invalid
from pos_trace.core.goods import NO_PAPERS, Amount, PaperFacts, PapersState, group_of, papers_state
from pos_trace.core.policy import GoodsGroup, PaperRule, goods_group_from

GROUPS = tuple(
    goods_group_from(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in sorted(Path(__file__).parents[2].glob("config/goods/*.toml"))
)
FISH = next(group for group in GROUPS if group.name == "ca")
DAY = date(2026, 11, 24)


def test_what_is_sent_back_never_enters_stock() -> None:
    crates = Amount(Decimal(20), "sọt", content_kg=Decimal(25)).refuse(Decimal(3))
    assert (crates.refused, crates.accepted, crates.accepted_kg) == (3, 17, Decimal(425))


def test_kilograms_stay_unknown_when_nobody_knows_what_one_weighs() -> None:
    assert Amount(Decimal(20), "sọt").accepted_kg is None


@pytest.mark.parametrize("quantity", ["0", "-1", "17.001"])
def test_no_more_is_sent_back_than_is_left(quantity: str) -> None:
    left = Amount(Decimal(20), "kg", Decimal(3))
    with pytest.raises(Invalid) as refused:
        left.refuse(Decimal(quantity))
    assert refused.value.code == "refused_above_accepted"
    assert refused.value.detail == "Chỉ trả lại được tối đa 17 kg."


@given(st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=5))
def test_declared_is_always_accepted_and_refused_together(declared: int, refusals: list[int]) -> None:
    amount = Amount(Decimal(declared), "kg")
    for quantity in refusals:
        if quantity <= amount.accepted:
            amount = amount.refuse(Decimal(quantity))
    assert amount.accepted + amount.refused == declared
    assert amount.accepted >= 0


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Cà phê nhân Robusta", "ca_phe"),
        ("ca phe bot", "ca_phe"),
        ("Cá diêu hồng", "ca"),
        ("ca ro phi", "ca"),
        ("Cà rốt", "rau"),
        ("Cải thảo Măng Đen", "rau"),
        ("Bắp cải trái tim", "rau"),
        ("Rau, củ các loại", "rau"),
        ("Thịt heo mảnh", "thit"),
        ("Gà ta làm sẵn", "thit"),
        ("Trứng gà vỉ 10 quả", "trung"),
        ("Hoa ly bó 5 cành", "hoa"),
        ("Đường mía vàng 1 kg", "duong"),
        ("Mía cây ép nước", "mia"),
        ("Nước mắm Sa Huỳnh 500 ml", "nuoc_cham"),
        ("Hành tím Lý Sơn", "gia_vi"),
        ("Sâm dây khô hộp 200 g", "duoc_lieu"),
        ("Táo nhập khẩu", "trai_cay"),
        ("Xe đạp", None),
    ],
)
def test_a_name_tells_its_group_by_the_longest_word(name: str, group: str | None) -> None:
    found = group_of(name, GROUPS)
    assert (found.name if found else None) == group


def paper(kind: str = "bang_ke", days: int | None = 0, photos: int = 1, **facts: str) -> PaperFacts:
    issued = None if days is None else DAY - timedelta(days=days)
    return PaperFacts(kind, facts.get("number"), issued, facts.get("issuer"), photos)


@pytest.mark.parametrize(
    ("papers", "missing"),
    [
        ([paper()], ""),
        ([paper("hoa_don", 3)], ""),
        ([paper("kiem_dich", -1)], ""),
        ([], "bảng kê hoặc hóa đơn mua, ngày, ảnh"),
        ([paper("khac")], "bảng kê hoặc hóa đơn mua, ngày, ảnh"),
        ([paper(photos=0)], "bảng kê: ảnh"),
        ([paper(days=None)], "bảng kê: ngày"),
        ([paper(days=None, photos=0)], "bảng kê: ngày, ảnh"),
        ([paper(days=4)], "bảng kê: ngày trong 3 ngày trước khi nhận"),
        ([paper(days=-2)], "bảng kê: ngày trong 3 ngày trước khi nhận"),
        ([paper(days=None, photos=0), paper("hoa_don", photos=0)], "hóa đơn mua: ảnh"),
        ([paper(days=4), paper("hoa_don")], ""),
    ],
)
def test_what_fish_papers_lack_is_said_in_words_to_act_on(papers: list[PaperFacts], missing: str) -> None:
    assert papers_state(papers, FISH, DAY) == PapersState(not missing, missing)


def test_every_rule_of_a_group_must_be_satisfied() -> None:
    group = GoodsGroup(
        "x", "X", "X", (PaperRule(("kiem_dich",), ("number",), photo=False), PaperRule(("hoa_don",), (), photo=False))
    )
    assert papers_state([paper("kiem_dich")], group, DAY).missing == "giấy chứng nhận kiểm dịch: số; hóa đơn mua"
    assert papers_state([paper("kiem_dich", number="7")], group, DAY) == PapersState(False, "hóa đơn mua")
    assert papers_state([paper("kiem_dich", number="7"), paper("hoa_don", None, 0)], group, DAY).complete


@pytest.mark.parametrize("group", [None, GoodsGroup("x", "X", "X")])
def test_goods_of_no_group_still_need_a_paper_with_a_date_and_a_photo(group: GoodsGroup | None) -> None:
    assert papers_state([], group, DAY).missing == "bảng kê hoặc hóa đơn mua, ngày, ảnh"
    assert papers_state([paper("phieu_giao_hang", 300)], group, DAY).complete


def test_a_paper_used_before_is_told_even_when_it_is_complete() -> None:
    used = PaperFacts("bang_ke", None, DAY, None, 1, reused=True)
    assert papers_state([used], FISH, DAY) == PapersState(True, "", True)
    assert not NO_PAPERS.complete


def test_a_kind_of_paper_newer_than_the_words_is_named_by_its_code() -> None:
    group = GoodsGroup("x", "X", "X", (PaperRule(("giay_moi",), ()),))
    assert papers_state([], group, DAY).missing == "giay_moi, ảnh"
    assert papers_state([paper("giay_moi", photos=0)], group, DAY).missing == "giay_moi: ảnh"

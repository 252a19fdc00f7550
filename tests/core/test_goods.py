"""How much of the goods was taken, which group they are, what their papers lack."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.errors import Invalid
from pos_trace.core.goods import (
    NO_PAPERS,
    OTHER_TRUCK,
    Amount,
    PaperFacts,
    PapersState,
    asks_for,
    covered,
    group_of,
    papers_state,
    used_up,
)
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
        ("Gà ta làm sẵn", "gia_cam"),
        ("Thịt gà ta", "gia_cam"),
        ("Trứng vịt lộn", "trung"),
        ("Cá khô sặc", "thuy_san_kho"),
        ("Chả cá thát lát hũ 500 g", "ca"),
        ("Chả lụa", "che_bien"),
        ("Bún tươi", "dau_bun"),
        ("Sữa tươi Măng Đen", "sua"),
        ("Gạo nếp", "luong_thuc"),
        ("Rượu ghè", "do_uong"),
        ("Mật ong rừng", "mat_ong"),
        ("Trứng gà vỉ 10 quả", "trung"),
        ("Hoa ly bó 5 cành", "hoa"),
        ("Đường mía vàng 1 kg", "duong"),
        ("Mía cây ép nước", "mia"),
        ("Nước mắm Sa Huỳnh 500 ml", "nuoc_cham"),
        ("Hành tím Lý Sơn", "gia_vi"),
        ("Sâm dây khô hộp 200 g", "duoc_lieu"),
        ("Táo nhập khẩu", "trai_cay"),
        ("Xe đạp", None),
        ("Mồng tơi", "rau"),
        ("mong toi", "rau"),
        ("Rau mồng tơi bó 300 g", "rau"),
        ("Tỏi Lý Sơn", "gia_vi"),
        ("toi", "gia_vi"),
        ("Áo tơi", None),
        ("Cám gạo", "luong_thuc"),
        ("CAM sành", "trai_cay"),
        ("Bò hoà", "thit"),
        ("bo", "thit"),
        ("Bơ sáp", "trai_cay"),
        ("bỏ bao", None),
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


def test_a_paper_that_does_not_count_says_why() -> None:
    other = PaperFacts("bang_ke", None, DAY, None, 1, lacks=OTHER_TRUCK)
    assert papers_state([other], FISH, DAY) == PapersState(False, "bảng kê: giấy của đúng chuyến này")
    assert papers_state([other, paper()], FISH, DAY).complete
    assert used_up(Decimal(900), Decimal(1020)) == "đủ số lượng (giấy ghi 900 kg, đã nhận 1.020 kg)"


@pytest.mark.parametrize("name", ["thit", "gia_cam"])
def test_meat_and_poultry_need_two_kinds_of_paper(name: str) -> None:
    group = next(group for group in GROUPS if group.name == name)
    vet = paper("kiem_dich", 0, number="KD-1")
    assert papers_state([vet], group, DAY).missing == "bảng kê hoặc hóa đơn mua, ngày, ảnh"
    assert papers_state([paper()], group, DAY).missing == "giấy chứng nhận kiểm dịch, số, ngày, ảnh"
    assert papers_state([vet, paper()], group, DAY).complete


@pytest.mark.parametrize(
    ("slip", "own", "missing"),
    [
        ({"stands": True}, (), ""),
        ({}, (), "giấy chứng nhận kiểm dịch, số, ngày, ảnh"),
        ({"stands": True}, ("kiem_dich",), ""),  # a certificate without its number, beside it, does no harm
        ({"lacks": "chữ ký"}, (), "giấy chứng nhận kiểm dịch, số, ngày, ảnh; phiếu giao hàng: chữ ký"),
        ({"stands": True, "lacks": "chữ ký"}, (), "giấy chứng nhận kiểm dịch, số, ngày, ảnh; phiếu giao hàng: chữ ký"),
    ],
)
def test_a_slip_stands_for_the_sellers_papers_while_it_is_a_paper_itself(
    slip: dict[str, Any], own: tuple[str, ...], missing: str
) -> None:
    meat = next(group for group in GROUPS if group.name == "thit")
    papers = [PaperFacts("phieu_giao_hang", "1", DAY, "x", 1, **slip), *map(paper, own)]
    assert papers_state(papers, meat, DAY) == PapersState(not missing, missing)


def test_a_slip_of_other_days_stands_no_more_than_a_bought_paper_does() -> None:
    meat = next(group for group in GROUPS if group.name == "thit")
    old = PaperFacts("phieu_giao_hang", "1", DAY - timedelta(days=9), "x", 1, stands=True)
    assert papers_state([old], meat, DAY).missing == "phiếu giao hàng: ngày trong 3 ngày trước khi nhận"


@pytest.mark.parametrize(("group", "kind", "asked"), [
    (FISH, "kiem_dich", True), (FISH, "cam_ket_attp", False), (None, "hoa_don", True), (None, "kiem_dich", False),
])  # fmt: skip
def test_a_group_knows_which_kinds_of_paper_speak_of_its_goods(
    group: GoodsGroup | None, kind: str, asked: bool
) -> None:
    assert asks_for(group, kind) is asked


@given(
    st.integers(1, 10**6),
    st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.10")]),
    st.lists(st.integers(0, 10**6), max_size=12),
    st.randoms(),
)
def test_a_paper_never_covers_more_than_it_states_in_any_order_of_stalls(
    stated: int, tolerance: Decimal, amounts: list[int], order: object
) -> None:
    lines = [(str(place), Decimal(kg)) for place, kg in enumerate(amounts)]
    order.shuffle(lines)
    fit = covered(Decimal(stated), tolerance, lines)
    limit = stated * (1 + tolerance)
    assert sum(kg for line, kg in lines if line in fit) <= limit
    assert fit == {line for line, _ in lines} or sum(kg for _, kg in lines) > limit
    assert fit == covered(Decimal(stated), tolerance, [line for line in lines if line[0] in fit])

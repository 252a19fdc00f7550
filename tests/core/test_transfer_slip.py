"""PT1, the code of a delivery note: what is written is read, in parts too; nothing hostile gets through or raises."""

import random
import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import orjson
import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from pos_trace.core import base45, transfer_slip
from pos_trace.core.quantities import UNITS
from pos_trace.core.transfer_slip import MOST_SIGNS, SlipLine, TransferSlip, read, write

KEY = b"\x01" * 32
PUBLIC = Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32).public_key().public_bytes_raw()
GOODS = (
    SlipLine("01/09521234600053/10/MD2611-07", "Cải thảo Măng Đen", Decimal("425"), "kg"),
    SlipLine("01/09521234600060/10/MD2611-08", "Bắp cải trái tim", Decimal("12.5"), "kg"),
    SlipLine("kt:CT-2611-0042", "Cá tầm sống", Decimal(60), "kg", shown=True),
    SlipLine("", "Gà ta làm sẵn", Decimal(12), "con"),
)
SLIP = TransferSlip(
    "cho-kon-tum", "A-12", "A12-GH26-0007", date(2026, 11, 25), GOODS, "9521234700074", papers=("9f86d081",)
)


def forged(told: object, raw: bytes | None = None) -> str:
    """A code of whatever JSON, rightly signed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=transfer_slip.WORDS)
    data = packer.compress(orjson.dumps(told) if raw is None else raw) + packer.flush()
    signature = Ed25519PrivateKey.from_private_bytes(KEY).sign(b"PT1:" + data)
    return "PT1:" + base45.encode(data + signature)


def told(**changed: object) -> dict[str, object]:
    whole = {"station": "s", "stall": "A-1", "slip_no": "A1-GH26-0001", "day": "2026-11-25",
             "lines": [["", "Cá", "1", "kg"]]}  # fmt: skip
    return {name: value for name, value in (whole | changed).items() if value is not None}


def test_four_lines_fit_one_code_that_58_mm_paper_prints_with_five_dots_a_module() -> None:
    (code,) = write(SLIP, KEY)
    found = read(code)
    assert found is not None
    assert found.slip == SLIP
    assert found.signed_by(PUBLIC)
    assert not found.signed_by(OTHER)
    assert not found.signed_by(b"short")
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=4)
    symbol.add_data("A" * MOST_SIGNS, optimize=20)
    symbol.make(fit=True)
    assert 384 // len(symbol.get_matrix()) >= 5


def test_a_long_slip_is_several_codes_each_signed_by_itself() -> None:
    lines = tuple(
        SlipLine(
            f"01/0952123460{number:04d}/10/LO{number * 7919}",
            f"Hàng số {number}",
            Decimal(number),
            "kg",
            number % 2 == 0,
        )
        for number in range(1, 24)
    )
    codes = write(replace(SLIP, lines=lines), KEY)
    assert len(codes) > 1
    assert max(map(len, codes)) <= MOST_SIGNS
    found = [read(code) for code in reversed(codes)]
    assert all(one is not None and one.signed_by(PUBLIC) for one in found)
    parts = sorted((one.slip for one in found if one is not None), key=lambda slip: slip.part)
    assert [(slip.part, slip.parts) for slip in parts] == [(n, len(codes)) for n in range(1, len(codes) + 1)]
    assert tuple(line for slip in parts for line in slip.lines) == lines
    assert [slip.papers for slip in parts][:2] == [("9f86d081",), ()]


def test_a_line_or_a_slip_no_code_can_hold_is_told() -> None:
    signs = random.Random(1)
    noise = "".join(signs.choices("ABCDEFGHKLMNPQRSTVXZ0123456789%", k=390))
    with pytest.raises(ValueError, match="too long"):
        write(replace(SLIP, lines=(SlipLine(f"x:{noise}", "Cá", Decimal(1), "kg"),)), KEY)
    many = tuple(SlipLine(f"x:{n}{signs.getrandbits(400):x}", "Cá", Decimal(1), "kg") for n in range(100))
    with pytest.raises(ValueError, match="too many"):
        write(replace(SLIP, lines=many), KEY)


def test_a_code_changed_on_the_way_is_not_signed_any_more() -> None:
    (code,) = write(SLIP, KEY)
    data = bytearray(base45.decode(code[4:]))
    for at in (len(data) - 1, len(data) - 64):
        changed = bytearray(data)
        changed[at] ^= 1
        found = read("PT1:" + base45.encode(bytes(changed)))
        assert found is not None
        assert not found.signed_by(PUBLIC)
    heavier = replace(SLIP, lines=(replace(GOODS[0], quantity=Decimal(900)),))
    (mine,) = write(heavier, b"\x02" * 32)
    found = read(mine)
    assert found is not None
    assert not found.signed_by(PUBLIC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"station": ""}, {"station": 7}, {"stall": None}, {"slip_no": "x" * 41}, {"day": "25/11/2026"},
        {"day": "2026-13-01"}, {"lines": []}, {"lines": "x"}, {"lines": None}, {"lines": [["", "Cá", "1"]]},
        {"lines": [["", "Cá", 1, "kg"]]}, {"lines": [["", "Cá", "-1", "kg"]]}, {"lines": [["", "Cá", "1", "x"]]},
        {"lines": [["", "", "1", "kg"]]}, {"lines": [["", "C\x00", "1", "kg"]]}, {"lines": [["", "Cá", "1", []]]},
        {"lines": [["", "x" * 25, "1", "kg"]]}, {"lines": [[7, "Cá", "1", "kg"]]},
        {"lines": [["", "a", "1", "kg"]] * 101},
        {"papers": ["XYZ"]}, {"papers": {}}, {"part": [2, 1]}, {"part": [1]}, {"part": [True, 1]}, {"part": [1, 41]},
        {"part": "1"}, {"kind": "gift"}, {"buyer": 5}, {"buyer": "x" * 121}, {"price": 5},
        {"shown": 1}, {"shown": [0]}, {"shown": [2]}, {"shown": [True]}, {"shown": ["1"]},
    ],
)  # fmt: skip
def test_a_slip_with_something_wrong_in_it_is_none(wrong: dict[str, object]) -> None:
    assert read(forged(told())) is not None
    assert read(forged(told(**wrong))) is None


@pytest.mark.parametrize("raw", [b"[]", b"7", b"{", b"\xff", b'{"station":NaN}', b"null"])
def test_what_is_no_json_of_a_slip_is_none(raw: bytes) -> None:
    assert read(forged(None, raw)) is None


def test_a_deflate_bomb_a_cut_and_a_longer_text_are_none() -> None:
    bomb = forged(None, orjson.dumps(told()) + b" " * 5_000_000)
    assert len(bomb) < 8000
    assert read(bomb) is None
    (code,) = write(SLIP, KEY)
    assert read(code[:-6]) is None
    assert read("PT1:" + "0" * 8000) is None
    whole = base45.decode(code[4:])
    assert read("PT1:" + base45.encode(whole[:-64] + b"more" + whole[-64:])) is None


@given(st.text(max_size=300))
def test_no_text_ever_raises(text: str) -> None:
    assert read(text) is None
    read("PT1:" + text)


@given(st.binary(max_size=300))
def test_no_bytes_ever_raise(data: bytes) -> None:
    read("PT1:" + base45.encode(data))


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=24)
lines = st.builds(
    SlipLine,
    st.sampled_from(["", "00/195212340000000010", "kt:X%20Y"]),
    names,
    st.decimals(Decimal("0.001"), Decimal(99999), places=3),
    st.sampled_from(sorted(UNITS)),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, min_size=1, max_size=30), st.sampled_from(["sale", "internal"]))
def test_any_slip_comes_back_whole(made: list[SlipLine], kind: str) -> None:
    slip = replace(SLIP, lines=tuple(made), kind=kind)
    found = [read(f"  {code}\n") for code in write(slip, KEY)]
    assert all(one is not None and one.signed_by(PUBLIC) for one in found)
    again = [line for one in found if one is not None for line in one.slip.lines]
    assert again == [replace(line, quantity=line.quantity.quantize(Decimal("0.001"))) for line in made]


def test_a_code_never_ends_in_a_space_which_keyboards_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the signature makes of it: the text is packed again until its last sign stays."""
    encode, ends = base45.encode, iter([" ", "A"])
    monkeypatch.setattr(base45, "encode", lambda data: encode(data)[:-1] + next(ends))
    assert write(SLIP, KEY)[0].endswith("A")
    assert next(ends, None) is None


def test_a_slip_without_a_named_buyer_is_read_as_one() -> None:
    found = read(write(replace(SLIP, buyer=""), KEY)[0])
    assert found is not None
    assert found.slip.buyer == ""

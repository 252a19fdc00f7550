"""Payment and invoice QRs that lie beside goods: named, so that nobody takes them for goods of unknown origin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.codes import parse
from pos_trace.core.codes.money_codes import fields, kind_of
from tests.core.codes.labels import RULES


def tlv(**parts: str) -> str:
    """EMVCo fields: ``t26="…"`` is tag 26 with its length."""
    return "".join(f"{tag[1:]}{len(value):02d}{value}" for tag, value in parts.items())


BANK = tlv(t00="A000000727", t01=tlv(t00="970436", t01="0011000000123"), t02="QRIBFTTA")
VIETQR = tlv(t00="01", t01="12", t38=BANK, t53="704", t54="150000", t58="VN", t62=tlv(t08="tien rau"), t63="A1B2")
INVOICE_62 = tlv(t00="01", t62=tlv(t01="0123456789", t02="1", t03="C26MYY", t04="00000123", t05="261125", t06="150000"))
INVOICE_99 = tlv(t00="01", t99=tlv(t02="1", t03="K26TYY", t04="7"))
INVOICE_TAX = tlv(t00="01", t62=tlv(t07="0123456789-001", t09="1C26MYY"))
PAYMENTS = [
    VIETQR,
    tlv(t00="01", t01="11", t63="0000"),
    # an accent counted as two signs, and the end cut off: the lengths do not add up any more
    VIETQR.replace("tien rau", "tiền rau thơm"),
    VIETQR[:-3],
    # payments whose additional data only looks like an invoice's
    tlv(t00="01", t38=BANK, t62=tlv(t03="Cua hang 7", t08="C26MYY")),
    tlv(t00="01", t38=BANK, t62="x"),
    "000201",
]
INVOICES = [INVOICE_62, INVOICE_99, INVOICE_TAX, "M1-26-MNZLR-00000001968", "M1-25-7FGBT-00000000315"]
NEITHER = [
    "0002010",
    "00020126",
    "000201260",
    "00020100020A",
    "0002020A",
    "M1-26-MNZLR-0000000196",
    "m1-26-mnzlr-00000001968",
    "M1-26-MNZLR-00000001968X",
    "A000000727",
    "00020200123456789012",
]


@pytest.mark.parametrize("text", PAYMENTS)
def test_a_payment_is_named(text: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.kind, code.reason, code.key) == ("not_trace_code", "payment_qr", "payment_qr", None)


@pytest.mark.parametrize("text", INVOICES)
def test_an_invoice_is_named(text: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.kind, code.reason, code.key) == ("not_trace_code", "einvoice_qr", "einvoice_qr", None)


@pytest.mark.parametrize("text", NEITHER)
def test_what_is_neither_is_left_to_the_other_rules(text: str) -> None:
    assert kind_of(text) is None
    assert parse(text, RULES).outcome == "unreadable"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("000201", {"00": "01"}),
        ("0000", {"00": ""}),
        ("00020101021163041234", {"00": "01", "01": "11", "63": "1234"}),
        ("", None),
        ("00", None),
        ("00AB01", None),
        ("０００２０１", None),
        ("000301", None),
        ("000201000201", None),
    ],
)
def test_fields_are_tag_length_value_and_each_tag_once(text: str, found: dict[str, str] | None) -> None:
    assert fields(text) == found


@given(st.dictionaries(st.from_regex(r"[0-9]{2}", fullmatch=True), st.text(max_size=99), min_size=1, max_size=8))
def test_fields_read_back_what_was_written(parts: dict[str, str]) -> None:
    assert fields("".join(f"{tag}{len(value):02d}{value}" for tag, value in parts.items())) == parts

"""biip as an oracle: what it and our parser both accept they read as the same elements."""

from datetime import date
from decimal import Decimal

import biip
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin
from biip.sscc import Sscc
from hypothesis import assume, given
from hypothesis import strategies as st

from pos_trace.core.codes import label_uri, parse
from pos_trace.core.codes.digits import check_digit
from pos_trace.core.codes.elements import FNC1
from tests.core.codes.labels import RULES

SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
TEXTS = st.text(SIGNS, min_size=1, max_size=20)
GTINS = st.from_regex(r"0952[0-9]{9}", fullmatch=True).map(lambda body: body + check_digit(body))
SSCCS = st.from_regex(r"0952[0-9]{13}", fullmatch=True).map(lambda body: body + check_digit(body))
DATES = st.dates(date(2000, 1, 1), date(2060, 12, 31)).map(lambda day: day.strftime("%y%m%d"))
Pair = tuple[str, str]


def _of(ai: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[Pair]:
    return values.map(lambda value: (ai, value))


ATTRIBUTES = st.lists(
    st.one_of(
        *(_of(ai, DATES) for ai in ("11", "13", "15", "16", "17")),
        _of("3103", st.from_regex(r"[0-9]{6}", fullmatch=True)),
        _of("30", st.from_regex(r"[1-9][0-9]{0,7}", fullmatch=True)),
        _of("422", st.sampled_from(["704", "156", "764"])),
        _of("400", TEXTS),
        _of("91", TEXTS),
    ),
    max_size=4,
    unique_by=lambda pair: pair[0],
)
QUALIFIERS = st.tuples(st.one_of(st.none(), TEXTS), st.one_of(st.none(), TEXTS)).map(
    lambda found: [(ai, value) for ai, value in zip(("10", "21"), found, strict=True) if value is not None]
)


def _message(pairs: list[Pair]) -> str:
    return "]C1" + FNC1.join(ai + value for ai, value in pairs)


def _read_by_biip(message: GS1Message) -> list[Pair]:
    return [(element.ai.ai, element.value) for element in message.element_strings]


@given(GTINS, QUALIFIERS, ATTRIBUTES, st.randoms())
def test_an_element_string_is_read_as_biip_reads_it(
    gtin: str, qualifiers: list[Pair], attributes: list[Pair], chance: object
) -> None:
    pairs = [("01", gtin), *qualifiers, *attributes]
    chance.shuffle(pairs)  # type: ignore[attr-defined]
    text = _message(pairs) + FNC1
    code = parse(text, RULES)
    assert (code.outcome, list(code.elements)) == ("ok", pairs)
    theirs = biip.parse(text.rstrip(FNC1)).gs1_message
    assert theirs is not None
    assert _read_by_biip(theirs) == pairs
    found = {element.ai.ai: element for element in theirs.element_strings}
    assert code.gtin == Gtin.parse(gtin).as_gtin_14() == gtin
    for ai, ours in (("17", code.expiry), ("11", code.production_date), ("15", code.best_before)):
        assert ours == (found[ai].date if ai in found else None)
    assert code.net_weight_kg == (found["3103"].decimal if "3103" in found else None)


@given(GTINS, QUALIFIERS, ATTRIBUTES)
def test_a_link_biip_writes_is_read_as_what_it_was_written_from(
    gtin: str, qualifiers: list[Pair], attributes: list[Pair]
) -> None:
    pairs = [("01", gtin), *qualifiers, *attributes]
    message = GS1Message.parse(FNC1.join(ai + value for ai, value in pairs))
    link = message.as_gs1_digital_link_uri().as_uri(domain="tx.example.vn", prefix="t")
    code = parse(link, RULES)
    assert (code.outcome, code.host, code.warnings) == ("ok", "tx.example.vn", ())
    assert sorted(code.elements) == sorted(pairs)
    assert sorted(code.elements) == sorted((e.ai.ai, e.value) for e in GS1DigitalLinkURI.parse(link).element_strings)


@given(GTINS, TEXTS, st.one_of(st.none(), TEXTS), st.one_of(st.none(), DATES))
def test_a_link_we_print_is_read_by_biip_too(gtin: str, lot: str, serial: str | None, expiry: str | None) -> None:
    link = label_uri("https://tx.example.vn", gtin, lot, serial, expiry)
    theirs = [(element.ai.ai, element.value) for element in GS1DigitalLinkURI.parse(link).element_strings]
    assert theirs == list(parse(link, RULES).elements)


@given(GTINS, QUALIFIERS, ATTRIBUTES)
def test_brackets_are_read_as_biip_reads_them(gtin: str, qualifiers: list[Pair], attributes: list[Pair]) -> None:
    pairs = [("01", gtin), *qualifiers, *attributes]
    assume(not any(sign in value for _, value in pairs for sign in "()"))
    text = "".join(f"({ai}){value}" for ai, value in pairs)
    assert list(parse(text, RULES).elements) == _read_by_biip(GS1Message.parse_hri(text)) == pairs


@given(GTINS, SSCCS, st.integers(0, 9))
def test_numbers_are_good_where_biip_says_so(gtin: str, sscc: str, last: int) -> None:
    for number, reader in ((gtin[1:-1] + str(last), Gtin.parse), (sscc[:-1] + str(last), Sscc.parse)):
        try:
            theirs = reader(number) is not None
        except biip.ParseError:
            theirs = False
        assert (parse(number, RULES).outcome == "ok") is theirs


PIECES = st.one_of(
    st.sampled_from(["01", "10", "21", "17", "11", "3103", "3922", "422", "7003", "00", "02", "37", FNC1, "A", "%"]),
    GTINS,
    SSCCS,
    DATES,
    TEXTS,
)


@given(st.lists(PIECES, min_size=1, max_size=8).map("".join))
def test_of_any_text_both_accept_the_elements_are_the_same(text: str) -> None:
    code = parse(f"]C1{text}{FNC1}", RULES)
    try:
        theirs = GS1Message.parse(text)
    except Exception:  # noqa: BLE001 - it raises more than it says; then there is nothing to compare
        return
    if code.outcome == "ok":
        assert list(code.elements) == _read_by_biip(theirs)


@given(st.integers(0, 5), st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_a_weight_has_the_decimals_its_identifier_says(decimals: int, digits: str) -> None:
    text = f"(01)09521234543213(310{decimals}){digits}"
    code = parse(text, RULES)
    theirs = GS1Message.parse_hri(text).element_strings.get(ai=f"310{decimals}")
    assert theirs is not None
    assert code.net_weight_kg == theirs.decimal == Decimal(digits) / 10**decimals

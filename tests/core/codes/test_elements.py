"""Element strings and their form in brackets: where values end, what is too much, what is data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.codes import parse
from pos_trace.core.codes.elements import MOST_ELEMENTS, error_of, from_brackets, in_brackets, split
from tests.core.codes.labels import FNC1, GTIN, RULES

HEAD = f"01{GTIN}"
SPLIT = [
    (HEAD, [("01", GTIN)]),
    (f"{FNC1}{HEAD}", [("01", GTIN)]),
    (f"{HEAD}{FNC1}", [("01", GTIN)]),
    (f"{HEAD}{FNC1}10A", [("01", GTIN), ("10", "A")]),
    (f"{HEAD}1726123110A", [("01", GTIN), ("17", "261231"), ("10", "A")]),
    (f"10A{FNC1}21B", [("10", "A"), ("21", "B")]),
    ("423704", [("423", "704")]),
    ("423704156", [("423", "704156")]),
    ("4330000250-", [("4330", "000250-")]),
    (f"7007261101{FNC1}10A", [("7007", "261101"), ("10", "A")]),
    ("7007261101261103", [("7007", "261101261103")]),
]
NO_SPLIT = [
    ("", ()),
    (FNC1, ()),
    (f"{FNC1}{FNC1}10A", ()),
    (f"10A{FNC1}{FNC1}21B", (("10", "A"),)),
    ("10", ()),
    (f"10{FNC1}21A", ()),
    (f"10{'A' * 21}", ()),
    ("01123", ()),
    (f"01123{FNC1}10A", ()),
    ("89A", ()),
    ("A", ()),
    (f"10A{FNC1}8", (("10", "A"),)),
    ("422" + "7041", ()),
]


@pytest.mark.parametrize(("text", "elements"), SPLIT)
def test_values_end_at_their_length_or_at_a_separator(text: str, elements: list[tuple[str, str]]) -> None:
    assert split(text) == (tuple(elements), None)


@pytest.mark.parametrize(("text", "so_far"), NO_SPLIT)
def test_what_cannot_be_split_keeps_what_was_read_before_it(text: str, so_far: tuple[tuple[str, str], ...]) -> None:
    assert split(text) == (so_far, "bad_content")


def test_at_most_sixty_four_elements_are_read() -> None:
    assert split(f"99A{FNC1}" * MOST_ELEMENTS)[1] is None
    assert split(f"99A{FNC1}" * (MOST_ELEMENTS + 1)) == ((("99", "A"),) * MOST_ELEMENTS, "bad_content")
    assert from_brackets("(99)A" * MOST_ELEMENTS)[1] is None
    assert from_brackets("(99)A" * (MOST_ELEMENTS + 1)) == ((("99", "A"),) * MOST_ELEMENTS, "bad_content")


BRACKETS = [
    (f"(01){GTIN}(10)A", [("01", GTIN), ("10", "A")]),
    (f"(01) {GTIN} (10) A ", [("01", GTIN), ("10", "A")]),
    (f"( 01 )  {GTIN}( 10 )A", [("01", GTIN), ("10", "A")]),
    ("(10)A\\(21)B", [("10", "A(21)B")]),
    ("(10)A)B", [("10", "A)B")]),
    ("(10)A\\(", [("10", "A(")]),
]
NO_BRACKETS = ["", "A", "(10)", "(10) (21)A", "()A", "( )A", "(10", "(10)A(", f"(10)A{FNC1}B", "(10)A^", "10)A"]


@pytest.mark.parametrize(("text", "elements"), BRACKETS)
def test_brackets_hold_identifiers_and_spaces_are_nobodys_data(text: str, elements: list[tuple[str, str]]) -> None:
    assert from_brackets(text) == (tuple(elements), None)


@pytest.mark.parametrize("text", NO_BRACKETS)
def test_brackets_without_sense_are_refused(text: str) -> None:
    assert from_brackets(text)[1] == "bad_content"


SIGNS = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"
ELEMENTS = st.lists(
    st.tuples(st.sampled_from(["10", "21", "400", "91"]), st.text(SIGNS, min_size=1, max_size=20)),
    min_size=1,
    max_size=4,
    unique_by=lambda element: element[0],
).map(tuple)


@given(ELEMENTS)
def test_brackets_and_separators_give_back_the_same_elements(elements: tuple[tuple[str, str], ...]) -> None:
    assert from_brackets(in_brackets(elements)) == (elements, None)
    assert split(FNC1.join(ai + value for ai, value in elements)) == (elements, None)


def test_the_first_wrong_content_is_the_error_then_the_company_it_keeps() -> None:
    assert error_of((("01", GTIN), ("10", "A")), 2026) is None
    assert error_of((("01", GTIN[:-1] + "4"), ("17", "261331")), 2026) == "bad_check_digit"
    assert error_of((("01", GTIN), ("17", "261331"), ("02", GTIN)), 2026) == "bad_content"
    assert error_of((("01", GTIN), ("02", GTIN)), 2026) == "conflict"


def test_an_element_without_its_key_keeps_the_elements_it_had() -> None:
    code = parse("(10)A(17)261231", RULES)
    assert (code.reason, code.elements) == ("missing_key", (("10", "A"), ("17", "261231")))

"""Separators that were lost: every legal splitting is a candidate, one alone is taken, and the search is bounded."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.codes import parse
from pos_trace.core.codes.elements import from_brackets, in_brackets
from pos_trace.core.codes.lost_separators import readings
from tests.core.codes.labels import FNC1, GLN, GTIN, RULES, SSCC

HEAD = f"01{GTIN}"
AMBIGUOUS = [
    # biip's defect 6: the lot swallows the expiry
    (
        f"{HEAD}10LOT4217261231",
        [f"(01){GTIN}(10)LOT4217261231", f"(01){GTIN}(10)LOT42(17)261231", f"(01){GTIN}(10)LOT4(21)7261231"],
    ),
    (f"{HEAD}10AB21C", [f"(01){GTIN}(10)AB21C", f"(01){GTIN}(10)AB(21)C"]),
    (f"{HEAD}21A10B", [f"(01){GTIN}(21)A10B", f"(01){GTIN}(21)A(10)B"]),
    (
        f"{HEAD}10L3103001250",
        [f"(01){GTIN}(10)L3103001250", f"(01){GTIN}(10)L(3103)001250", f"(01){GTIN}(10)L310(30)01250"],
    ),
    (f"{HEAD}10A7007261101261103", [f"(01){GTIN}(10)A7007261101261103", f"(01){GTIN}(10)A(7007)261101261103"]),
    # a carrier's prefix does not show that the scanner sends separators
    (f"]C1{HEAD}10AB21C", [f"(01){GTIN}(10)AB21C", f"(01){GTIN}(10)AB(21)C"]),
    (f"{HEAD}10A(21B", [f"(01){GTIN}(10)A\\(21B", f"(01){GTIN}(10)A\\((21)B"]),
]
ONE_READING = [
    # a separator anywhere, even at an end, shows that they are sent
    f"{HEAD}10AB21C{FNC1}",
    f"{FNC1}{HEAD}10AB21C",
    f"{HEAD}10AB21C{FNC1}17261231",
    # what would follow is wrong: no such day, a wrong check digit, another item, no food's identifier, long past
    f"{HEAD}10A17261331",
    f"{HEAD}10A4149531534541009",
    f"{HEAD}10A0109531534541009",
    f"{HEAD}10A375",
    f"{HEAD}10A240B",
    f"{HEAD}10A17200101",
    f"{HEAD}10A11490101",
    f"{HEAD}10A422987",
    # fixed lengths first and the lot last need no separator
    f"{HEAD}1726123110LOT42",
]


@pytest.mark.parametrize(("text", "candidates"), AMBIGUOUS)
def test_several_legal_splittings_are_candidates_and_no_guess(text: str, candidates: list[str]) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.reason, code.kind) == ("ambiguous", "lost_separator", "gs1_element_string")
    assert sorted(code.candidates) == sorted(candidates)
    assert (code.key, code.lot, code.elements, code.gtin) == (None, None, (), GTIN)


@pytest.mark.parametrize("text", ONE_READING)
def test_a_text_with_one_legal_reading_is_read_without_a_word(text: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.warnings, code.candidates) == ("ok", (), ())


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        (f"10LOT4201{GTIN}", (("10", "LOT42"), ("01", GTIN))),
        (f"{HEAD}10{'A' * 20}17261231", (("01", GTIN), ("10", "A" * 20), ("17", "261231"))),
        (f"{HEAD}422704" + f"414{GLN}", (("01", GTIN), ("422", "704"), ("414", GLN))),
    ],
)
def test_the_only_splitting_that_fits_is_taken_with_a_warning(text: str, elements: tuple[tuple[str, str], ...]) -> None:
    code = parse("]C1" + text, RULES)
    assert (code.outcome, code.elements, code.warnings) == ("ok", elements, ("recovered",))


def test_a_candidate_put_back_into_the_parser_is_that_reading() -> None:
    code = parse(f"{HEAD}10A(21B17261231", RULES)
    lots = {parse(candidate, RULES).lot for candidate in code.candidates}
    assert lots == {"A(21B17261231", "A(21B", "A("}


def test_more_candidates_than_wanted_are_cut_and_stay_ambiguous() -> None:
    few = parse(f"{HEAD}10A21B17261231", replace(RULES, max_candidates=2))
    assert (few.outcome, len(few.candidates)) == ("ambiguous", 2)


def test_one_candidate_of_a_search_cut_short_is_still_ambiguous() -> None:
    one = parse(f"{HEAD}10AB21C", replace(RULES, max_candidates=1))
    assert (one.outcome, one.candidates) == ("ambiguous", (f"(01){GTIN}(10)AB21C",))


def test_a_search_out_of_steps_says_so_and_nothing_is_taken() -> None:
    text = f"{HEAD}7030704" + "70317047032704112601017033704211010703470440021" * 8
    possible = readings(text, 2026, 16)
    assert not possible.complete
    code = parse(text, RULES)
    assert (code.outcome, code.reason, code.key, code.gtin) == ("ambiguous", "lost_separator", None, None)


def test_dates_behind_a_guess_are_near_and_dates_before_it_may_be_any() -> None:
    far = parse(f"{HEAD}1749010110LOT", RULES)
    assert (far.outcome, far.lot) == ("ok", "LOT")
    for year, legal in ((23, False), (24, True), (36, True), (37, False)):
        assert (parse(f"{HEAD}10A17{year}1111", RULES).outcome == "ambiguous") is legal


PIECES = st.sampled_from(["10", "21", "17", "261231", "30", "400", "3103001250", "703", "0704", "A", "7", "42"])


@given(st.lists(PIECES, max_size=40).map("".join), st.integers(1, 20))
def test_readings_are_legal_different_bounded_and_spell_the_text(tail: str, most: int) -> None:
    text = f"00{SSCC}" + tail if len(tail) % 2 else HEAD + tail
    possible = readings(text, 2026, most)
    assert len(possible.found) <= most
    assert len(set(possible.found)) == len(possible.found)
    for reading in possible.found:
        assert "".join(ai + value for ai, value in reading) == text
        assert from_brackets(in_brackets(reading)) == (reading, None)

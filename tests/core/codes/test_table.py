"""The table of identifiers: complete, of right lengths, quick to refuse."""

import re

import pytest
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as BIIP

from pos_trace.core.codes.table import AI_LENGTHS, PRIMARY_KEYS, identifier, identifier_at


def test_every_identifier_of_the_standard_is_known_by_its_name_and_at_its_place() -> None:
    assert len(BIIP) == 541
    for ai in BIIP:
        known = identifier(ai)
        assert known is not None
        assert known.ai == ai
        assert identifier_at("x" + ai + "x", 1) == known


def test_a_beginning_has_one_length_only() -> None:
    assert {ai[:2]: len(ai) for ai in BIIP}.items() <= AI_LENGTHS.items()
    assert all(len(ai) == AI_LENGTHS[ai[:2]] for ai in BIIP)


def test_the_primary_keys_and_their_qualifiers_are_identifiers() -> None:
    qualifiers = {ai for orders in PRIMARY_KEYS.values() for order in orders for ai in order}
    assert all(identifier(ai) for ai in {*PRIMARY_KEYS, *qualifiers})


@pytest.mark.parametrize(
    "name", ["", "0", "001", "1", "9", "99999", "3", "31", "3199", "7099", "AB", "１０", "1\n", "٠١"]
)
def test_a_name_nobody_gave_is_no_identifier(name: str) -> None:
    assert identifier(name) is None


@pytest.mark.parametrize(
    ("ai", "least", "most", "ends"),
    [
        ("01", 14, 14, False),
        ("10", 1, 20, True),
        ("17", 6, 6, False),
        ("253", 13, 30, True),
        ("3103", 6, 6, False),
        ("414", 13, 13, False),
        ("421", 3, 12, True),
        ("422", 3, 3, True),
        ("423", 3, 15, True),
        ("4330", 6, 7, True),
        ("7007", 6, 12, True),
        ("8003", 14, 30, True),
        ("8008", 8, 12, True),
        ("8200", 1, 70, True),
    ],
)
def test_lengths_and_separators_are_those_of_the_standard(ai: str, least: int, most: int, ends: bool) -> None:
    known = identifier(ai)
    assert known is not None
    assert (known.least, known.most, known.ends) == (least, most, ends)


def test_no_pattern_can_read_one_sign_in_two_ways() -> None:
    """biip's pattern for addresses takes a time that doubles with each pair of escapes when it fails at the end."""
    for ai in BIIP:
        known = identifier(ai)
        assert known is not None
        assert not re.search(r"\|%\[", known.value.pattern)
    address = identifier("4302")
    assert address is not None
    assert address.value.fullmatch("%C4%90") is not None
    assert address.value.fullmatch("%41%41" * 5000 + "#") is None

"""Ranges of serials: which serial lies in one, which ranges count for a label, what may be issued."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.core.serial_ranges import IssuedRange, out_of_range, wrong_ends

STAMPS = IssuedRange("KT-000100", "KT-000199", "09521234600053")
PLAIN = IssuedRange("98", "102")


@pytest.mark.parametrize(
    ("issued", "serial", "inside"),
    [
        (STAMPS, "KT-000100", True),
        (STAMPS, "KT-000199", True),
        (STAMPS, "KT-000099", False),
        (STAMPS, "KT-000200", False),
        (STAMPS, "KT-0000150", False),
        (STAMPS, "KT-150", False),
        (STAMPS, "HN-000150", False),
        (STAMPS, "KT-00015A", False),
        (PLAIN, "98", True),
        (PLAIN, "100", True),
        (PLAIN, "0100", False),
        (PLAIN, "103", False),
        (IssuedRange("A", "B"), "A1", False),
    ],
)
def test_a_serial_lies_in_a_range_when_it_is_written_as_its_serials_are(
    issued: IssuedRange, serial: str, inside: bool
) -> None:
    assert issued.holds(serial) is inside


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("000001", "001000", ""),
        ("1", "1000", ""),
        ("A1", "A1", ""),
        ("", "1", "ký tự"),
        ("1 2", "13", "ký tự"),
        ("Đ1", "Đ2", "ký tự"),
        ("1" * 21, "1" * 21, "ký tự"),
        ("AB", "AC", "kết thúc bằng chữ số"),
        ("A1", "B2", "cùng phần chữ"),
        ("01", "100", "cùng số chữ số"),
        ("9", "8", "không nhỏ hơn"),
    ],
)
def test_what_is_wrong_with_two_ends_is_said(first: str, last: str, said: str) -> None:
    found = wrong_ends(first, last)
    assert (said in found) if said else found == ""


LOT = IssuedRange("1", "9", "g", "L")
PRODUCT = IssuedRange("100", "199", "g")
OWNER = IssuedRange("1000", "1999", facility_id="F2")


@pytest.mark.parametrize(
    ("serial", "ranges", "doubt"),
    [
        (None, [LOT], False),
        ("5", [], False),
        ("5", [LOT, PRODUCT], False),
        ("150", [LOT, PRODUCT], True),
        ("150", [PRODUCT, OWNER], False),
        ("1500", [PRODUCT, OWNER], True),
        ("1500", [OWNER], False),
        ("x", [OWNER], True),
    ],
)
def test_the_ranges_nearest_to_the_label_count(serial: str | None, ranges: list[IssuedRange], doubt: bool) -> None:
    assert out_of_range(serial, ranges) is doubt


@given(st.text("AB-", max_size=5), st.integers(0, 10**6), st.integers(0, 500), st.booleans())
def test_a_range_holds_exactly_the_serials_it_lists(head: str, low: int, more: int, padded: bool) -> None:
    first, last = (f"{head}{number:0{9 if padded else 1}d}" for number in (low, low + more))
    issued = IssuedRange(first, last)
    assert wrong_ends(first, last) == ""
    listed = issued.serials(10**6)
    assert (len(listed), listed[0], listed[-1]) == (issued.count, first, last)
    assert all(issued.holds(serial) for serial in listed)
    assert issued.serials(3) == listed[:3]
    after = f"{head}{low + more + 1:0{9 if padded else 1}d}"
    assert not issued.holds(after)

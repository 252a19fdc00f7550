"""Which elements want or exclude each other: exclusions refuse, a missing companion only warns."""

import pytest

from pos_trace.core.codes import parse
from pos_trace.core.codes.companions import association_error, association_warnings
from tests.core.codes.labels import GTIN, RULES, SSCC

CONFLICTS = [
    "01 02",
    "01 37",
    "01 255",
    "21 235",
    "255 415",
    "3900 3910",
    "3900 3940",
    "3920 3930",
    "3940 8111",
    "3950 3920",
    "3950 8005",
    "420 421",
    "421 4307",
    "426 422",
    "426 425",
    "4330 4331",
    "4332 4333",
    "8006 01",
    "8006 37",
    "8006 8026",
    "8017 8018",
    "8026 02",
    # one quantity in two resolutions: which weight would it be?
    "01 3102 3103",
    "01 3922 3923",
]
TOGETHER = ["01 10 17 21", "01 3103 3200 3303", "00 02 37 10", "01 422 427", "255 3900", "01 3103 3922", "8006 21"]
WARNINGS = [
    ("10 17", ("missing_key",)),
    ("3103", ("missing_key",)),
    ("422", ("missing_key",)),
    ("7003", ("missing_key",)),
    ("7007", ("missing_key",)),
    ("8008", ("missing_key",)),
    ("7030", ("missing_key",)),
    ("8006 10", ()),
    ("400", ()),
    ("414", ()),
    ("3303", ()),
    ("02 37", ("needs_00",)),
    ("02", ("needs_37", "needs_00")),
    ("37 00", ("needs_02",)),
    ("01 427", ("needs_422",)),
    ("403", ("needs_00",)),
    ("01 250", ("needs_21",)),
    ("254", ("needs_414",)),
    ("01 3922", ("needs_measure",)),
    ("01 3922 3103", ()),
    ("01 3922 30", ()),
    ("01 8030", ("needs_serial",)),
    ("01 21 8030", ()),
    ("00 8030", ()),
]


def _elements(ais: str) -> tuple[tuple[str, str], ...]:
    return tuple((ai, "1") for ai in ais.split())


@pytest.mark.parametrize("ais", CONFLICTS)
def test_elements_that_exclude_each_other_are_a_conflict(ais: str) -> None:
    assert association_error(_elements(ais)) == "conflict"
    assert association_error(tuple(reversed(_elements(ais)))) == "conflict"


@pytest.mark.parametrize("ais", TOGETHER)
def test_elements_that_go_together_are_fine(ais: str) -> None:
    assert association_error(_elements(ais)) is None


@pytest.mark.parametrize(("ais", "warnings"), WARNINGS)
def test_a_missing_companion_is_a_warning(ais: str, warnings: tuple[str, ...]) -> None:
    assert association_warnings(_elements(ais)) == warnings


@pytest.mark.parametrize(("ai", "without", "with_serial"), [("253", 13, 14), ("255", 13, 14), ("8003", 14, 15)])
def test_a_signature_wants_the_serial_part_behind_a_key(ai: str, without: int, with_serial: int) -> None:
    assert association_warnings(((ai, "1" * without), ("8030", "A"))) == ("needs_serial",)
    assert association_warnings(((ai, "1" * with_serial), ("8030", "A"))) == ()


def test_one_identifier_twice_is_fine_when_equal_and_a_conflict_when_not() -> None:
    same = parse(f"(01){GTIN}(10)A(10)A", RULES)
    assert (same.outcome, same.lot) == ("ok", "A")
    assert parse(f"(01){GTIN}(10)A(10)B", RULES).reason == "conflict"


def test_goods_with_a_missing_companion_are_read_all_the_same() -> None:
    code = parse(f"(01){GTIN}(427)28", RULES)
    assert (code.outcome, code.warnings) == ("ok", ("needs_422",))


@pytest.mark.parametrize("text", [f"(02){GTIN}(37)12", "(10)A", "(8006)" + GTIN + "0102", "(400)P1"])
def test_goods_without_a_key_of_ours_are_not_ok_and_say_so(text: str) -> None:
    code = parse(text, RULES)
    assert (code.outcome, code.reason, code.key) == ("unreadable", "missing_key", None)
    assert code.warnings.count("missing_key") == 1


def test_a_pallet_with_its_content_is_known_by_its_own_number() -> None:
    code = parse(f"(00){SSCC}(02){GTIN}(37)12(10)A", RULES)
    assert (code.outcome, code.key, code.gtin, code.sscc, code.lot) == ("ok", f"00/{SSCC}", None, SSCC, "A")

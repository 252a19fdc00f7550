"""Which authority a case belongs to: the shipped table, rules with their days, areas, and what a wrong table says."""

from datetime import date
from typing import Any

import pytest

from pos_trace import settings
from pos_trace.core.errors import Misconfigured
from pos_trace.core.routing import AgencyKind, Routing, in_area, routing_from
from pos_trace.core.vocabulary.reasons import REASONS

DAY = date(2026, 11, 25)
RULE: dict[str, Any] = {"to": "sct", "source": "quyết định (mẫu)", "valid_from": date(2026, 1, 1)}
AGENCY = {"kind": "sct", "title": "Sở Công Thương"}


@pytest.fixture(scope="module")
def shipped() -> Routing:
    """The table as a node reads it."""
    told = {"node": {"role": "province", "id": "p", "data_dir": "/nonexistent"}}
    return settings.policy(settings.parse(told)).routing


@pytest.mark.parametrize(
    ("reason", "group", "place", "kind"),
    [
        ("papers_missing", "rau", "market", "snnmt"),
        ("papers_missing", "rau", "supermarket", "sct"),
        ("papers_missing", "thit", "market", "snnmt"),
        ("papers_missing", "duong", "market", "sct"),
        ("papers_missing", "hoa", "market", "sct"),
        ("papers_missing", None, "market", "sct"),
        ("papers_missing", None, None, "sct"),
        ("papers_missing", "duoc_lieu", "supermarket", "syt"),
        ("certificate_lapsed", "duoc_lieu", "market", "syt"),
        ("revoked", "gia_vi", "shop", "qltt"),
        ("revoked", "rau", "market", "snnmt"),
        ("revoked", None, "shop", "qltt"),
        ("suspended", "duong", "supermarket", "qltt"),
    ],
)
def test_the_shipped_table_sends_a_case_where_the_law_puts_it(
    shipped: Routing, reason: str, group: str | None, place: str | None, kind: str
) -> None:
    assert shipped.kind_for(reason, group, place, DAY) == kind


def test_every_shipped_rule_names_its_source_and_speaks_of_reasons_there_are(shipped: Routing) -> None:
    for rule in shipped.rules:
        assert rule.source
        assert set(rule.reasons) <= set(REASONS)


@pytest.mark.parametrize(
    ("on", "kind"),
    [(date(2026, 6, 30), "old"), (date(2026, 7, 1), "new"), (date(2026, 1, 1), "old"), (date(2025, 12, 31), "sct")],
)
def test_a_rule_counts_on_its_days_only(on: date, kind: str) -> None:
    table = {
        "agencies": [AGENCY, {"kind": "old", "title": "Cũ"}, {"kind": "new", "title": "Mới"}],
        "rules": [RULE | {"to": "old", "valid_to": date(2026, 6, 30)}, RULE | {"to": "new"}],
    }
    table["rules"][1]["valid_from"] = date(2026, 7, 1)
    assert routing_from(table).kind_for("papers_missing", None, None, on) == kind


def test_without_a_table_everything_is_the_departments() -> None:
    assert routing_from({}).kind_for("revoked", "rau", "market", DAY) == "sct"
    assert Routing().kind("sct").title == "Sở Công Thương"
    assert Routing().kind("đội lạ") == AgencyKind("đội lạ", "đội lạ", own_name=True)


@pytest.mark.parametrize(
    ("area", "commune", "inside"),
    [
        (None, "phường Kon Tum", True),
        ("", None, True),
        ("Quảng Ngãi", "phường Kon Tum", True),
        ("phường Kon Tum; xã Đăk Hà", "Phường Kon Tum", True),
        ("phường Kon Tum; xã Đăk Hà", "xã Đăk Hà", True),
        ("phường Kon Tum", "xã Măng Đen", False),
        ("phường Kon Tum", None, False),
    ],
)
def test_an_area_is_communes_between_semicolons_or_everywhere(
    area: str | None, commune: str | None, inside: bool
) -> None:
    assert in_area(area, commune, "Quảng Ngãi") is inside


@pytest.mark.parametrize(
    "table",
    [
        {"rules": [RULE | {"to": "nobody"}]},
        {"default": "nobody"},
        {"rules": [RULE | {"wrong": 1}]},
        {"rules": [{"to": "sct"}]},
        {"rules": [RULE | {"reasons": "revoked"}]},
        {"rules": [RULE | {"places": ["chợ trời"]}]},
        {"rules": [RULE | {"valid_from": "2026-01-01"}]},
        {"agencies": [AGENCY | {"sees": "everything"}]},
        {"agencies": [{"kind": "sct"}]},
    ],
)
def test_a_wrong_table_stops_the_start(table: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured):
        routing_from(table)

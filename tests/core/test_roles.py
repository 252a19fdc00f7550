"""Who may do what: deny by default, and what each role must never be allowed."""

import pytest

from pos_trace.core.roles import (
    AT_STALL,
    PERMISSIONS,
    PROVINCE_KEY_SCOPES,
    PROVINCE_ROLES,
    SITE_ROLES,
    STALL_KEY_SCOPES,
    STATION_KEY_SCOPES,
    permissions,
)


@pytest.mark.parametrize(
    ("roles", "may"),
    [
        ((), ()),
        (("mayor",), ()),
        (("receiver",), ("papers", "receive", "stock", "tell")),
        (("cashier",), ("sell", "stock", "tell")),
        (("receiver", "cashier", "mayor"), ("papers", "receive", "sell", "stock", "tell")),
        (("shift_leader",), ("override", "papers", "receive", "sell", "stock", "tell")),
        (("operator",), ("operate",)),
        (("inspector",), ("inspect",)),
        (("agency_admin",), ("administer",)),
    ],
)
def test_roles_add_up_and_unknown_ones_give_nothing(roles: tuple[str, ...], may: tuple[str, ...]) -> None:
    assert permissions(frozenset(roles)) == frozenset(may)


def test_every_role_of_the_design_has_its_permissions() -> None:
    assert set(PERMISSIONS) == {*AT_STALL, *SITE_ROLES, *PROVINCE_ROLES}


@pytest.mark.parametrize("role", SITE_ROLES)
def test_the_market_board_sees_no_papers_sales_or_cases(role: str) -> None:
    assert not permissions(frozenset({role})) & {"papers", "sell", "cases", "sent", "receive", "stock", "inspect"}


@pytest.mark.parametrize("role", AT_STALL)
def test_no_one_at_a_stall_works_the_site_or_the_desk(role: str) -> None:
    theirs = {"operate", "administer", "inspect", "register", "recall"}
    assert not permissions(frozenset({role})) & theirs


def test_only_the_owner_sees_cases_and_what_was_sent() -> None:
    assert [role for role, may in PERMISSIONS.items() if may & {"cases", "sent"}] == ["owner"]


def test_goods_set_aside_are_answered_for_by_owner_or_shift_leader() -> None:
    assert [role for role, may in PERMISSIONS.items() if "override" in may] == ["shift_leader", "owner"]


def test_only_a_records_officer_writes_lots_and_recalls() -> None:
    assert [role for role, may in PERMISSIONS.items() if may & {"register", "recall"}] == ["records_officer"]


def test_only_an_inspector_decides() -> None:
    assert [role for role, may in PERMISSIONS.items() if "inspect" in may] == ["inspector"]


def test_no_key_can_do_what_no_role_can() -> None:
    every = frozenset().union(*PERMISSIONS.values())
    assert every >= STALL_KEY_SCOPES
    assert every >= PROVINCE_KEY_SCOPES
    assert not STATION_KEY_SCOPES & every
    assert not STALL_KEY_SCOPES & PROVINCE_KEY_SCOPES

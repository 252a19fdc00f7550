"""Who may do what: roles of people and the permissions routes ask for. Deny by default."""

from typing import Final

STALL_ROLES: Final = ("receiver", "cashier", "owner")  # every stall has them from its first day
SHIFT_LEADER: Final = "shift_leader"  # "Trưởng ca", where an owner names one: answers for goods set aside
AT_STALL: Final = (*STALL_ROLES, SHIFT_LEADER)
SITE_ROLES: Final = ("operator", "site_admin")
PROVINCE_ROLES: Final = ("inspector", "records_officer", "agency_admin")

PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    "receiver": frozenset({"receive", "stock", "papers", "tell"}),
    "cashier": frozenset({"sell", "stock", "tell"}),
    SHIFT_LEADER: frozenset({"receive", "papers", "sell", "stock", "override", "tell"}),
    "owner": frozenset({"receive", "papers", "sell", "stock", "cases", "sent", "staff", "override", "tell"}),
    "operator": frozenset({"operate"}),
    "site_admin": frozenset({"operate", "administer"}),
    "inspector": frozenset({"inspect"}),
    "records_officer": frozenset({"register", "recall"}),
    "agency_admin": frozenset({"administer"}),
}

STALL_KEY_SCOPES: Final = frozenset({"receive", "papers", "sell", "stock", "cases", "sent"})
STATION_KEY_SCOPES: Final = frozenset({"station"})
PROVINCE_KEY_SCOPES: Final = frozenset({"inspect", "register", "recall"})


def permissions(roles: frozenset[str]) -> frozenset[str]:
    """Everything ``roles`` may do together; unknown roles give nothing."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))

"""The closed lists in English, for visitors and the API; every list has the same members as its Vietnamese twin."""

from collections.abc import Mapping
from typing import Final

STOCK_STATES: Final[Mapping[str, str]] = {
    "sellable": "May be sold",
    "held": "Set aside, not for sale yet",
    "blocked": "DO NOT SELL",
    "returned_recalled": "Recalled goods a customer brought back",
    "closed": "Lot finished",
}
CASE_STATES: Final[Mapping[str, str]] = {
    "open": "Open",
    "sent": "Sent",
    "received": "Received",
    "taken": "Being examined",
    "papers_asked": "More papers asked for",
    "inspected": "Inspected",
    "concluded": "Concluded",
    "transferred": "Passed to the competent authority",
    "appealed": "Under appeal",
    "withdrawn": "Withdrawn (recorded by mistake)",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "complies": "Complies",
    "violation": "Administrative violation recorded, document no. {number}",
    "criminal": "Signs of a crime – passed to the investigators",
    "continue": "Examination goes on",
    "not_competent": "Passed to the competent authority",
}
ORIGIN_FINDINGS: Final[Mapping[str, str]] = {
    "cleared": "Origin made clear",
    "undetermined": "Origin not determined",
    "not_examined": "Origin not examined",
}
PAPER_KINDS: Final[Mapping[str, str]] = {
    "bang_ke": "purchase list",
    "hoa_don": "supplier's invoice",
    "phieu_giao_hang": "delivery note",
    "phieu_xuat_kho": "dispatch note",
    "hop_dong": "sales contract",
    "kiem_dich": "quarantine certificate",
    "attp": "food safety certificate",
    "cam_ket_attp": "food safety commitment",
    "chuoi_an_toan": "safe chain certificate",
    "to_khai_hai_quan": "customs declaration",
    "co": "certificate of origin (C/O)",
    "phieu_kiem_nghiem": "test report",
    "khac": "other paper",
}

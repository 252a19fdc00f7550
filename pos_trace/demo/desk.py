"""The province's side of the demo's past: ten cases end, a shopper tells something, a supermarket is known."""

import base64
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_trace.demo import people, setup
from pos_trace.demo.api import Client, officer
from pos_trace.demo.lots import key_of
from pos_trace.demo.market import Market, deliver
from pos_trace.demo.parts import PROVINCE
from pos_trace.services import cases, places, sightings, sync
from pos_trace.services.node import LOCAL_ZONE

CLEARED: Final = {
    "outcome": "complies",
    "origin_finding": "cleared",
    "reason": "Chủ hàng đã xuất trình giấy mua bán và giấy kiểm dịch (mẫu).",
}
OTHERS: Final = {  # what a case's goods begin with → its end; all other cases end "đã làm rõ"
    "Thịt trâu": {
        "outcome": "not_competent",
        "origin_finding": "not_examined",
        "reason": "Hàng của cơ sở giết mổ, chuyển cơ quan thú y xem xét (mẫu).",
    },
    "Lòng heo": {
        "outcome": "violation",
        "origin_finding": "undetermined",
        "reason": "Người giao không xuất trình được giấy tờ sau thời gian yêu cầu (mẫu).",
        "document_number": "01/BB-MẪU",
    },
}
ASKED: Final = "Vịt"  # the case in which papers are asked for and the stall answers
SUPERMARKET_ID: Final = "sieuthi-quangngai-mau"
EGGS: Final = ("09521234600152", "TG1123", "8812")
EGGS_AT: Final = time(2, 25)


def withdraw(market: Market) -> None:
    """Row 25's report is taken back ("Ghi nhầm") before anybody took it."""
    node, market.now = market.node, datetime.now(UTC)
    who = market.who("E-01")
    for case in cases.listed(node, who)["cases"]:
        if case["reason"] == "revoked" and case["state"] in ("open", "sent", "received"):
            cases.withdraw(node, who, case["id"], "Ghi nhầm: quét nhầm kiện", market.now)
    deliver(market)


def conclude(market: Market) -> None:
    """Both inspectors work the queue off; where the words bind one proposes and the other approves."""
    users = market.demo.facts["province"]["users"]
    first, second = (
        officer(market.demo.province.url, users[role]["login"], users[role]["password"])
        for role in ("inspector", "inspector_2")
    )
    try:
        for case in first.get(f"{PROVINCE}/cases")["cases"]:
            if case["site_id"] == people.STATION_ID and case["state"] == "received":
                _end(market, first, second, case)
    finally:
        first.close()
        second.close()
    sync.poll_cases(market.node, datetime.now(UTC))


def _end(market: Market, first: Client, second: Client, case: dict[str, Any]) -> None:
    where = f"{PROVINCE}/cases/{case['site_id']}/{case['id']}"
    first.post(f"{where}/take", {})
    if case["title"].startswith(ASKED):
        first.post(f"{where}/ask-papers", {"text": "Đề nghị gửi giấy mua bán của lô hàng này (mẫu)."})
        _answer(market, case)
    told = next((end for goods, end in OTHERS.items() if case["title"].startswith(goods)), CLEARED)
    if "document_number" in told:
        told = told | {"document_date": datetime.now(LOCAL_ZONE).date().isoformat()}
    draft = first.post(f"{where}/conclude", told)["draft"]
    if draft is not None:
        second.post(f"{where}/approve", {"draft_id": draft["id"]})


def _answer(market: Market, case: dict[str, Any]) -> None:
    """The stall reads what is asked for and answers in words."""
    node, market.now = market.node, datetime.now(UTC)
    sync.poll_cases(node, market.now)
    who = market.who(case["stall"]["number"])
    cases.reply(node, who, case["id"], "Người giao hẹn mang giấy mua bán đến trong ngày (mẫu).", [], market.now)
    deliver(market)


def feedback(market: Market) -> None:
    """A shopper opens a receipt's page and tells something, without a name."""
    token = market.receipt_url.rsplit("/", 1)[1]
    told = {"text": "Trên phiếu ghi nơi nuôi là xã Sa Thầy, nhãn khay ghi khác. Nhờ xem lại giúp (mẫu)."}
    page = f"{market.demo.province.url}/r/{token}/feedback"
    requests.post(page, data=told, timeout=10).raise_for_status()


def two_places(market: Market, day: date) -> None:
    """Row 21: market and supermarket each tell which lots came in; the feed says that one label was at both."""
    node, now = market.node, datetime.now(UTC)
    sightings.queue_day(node, day - timedelta(days=1), now)
    deliver(market)
    _supermarket(market.demo, day)
    sync.pull(node, datetime.now(UTC))


def _supermarket(demo: setup.Demo, day: date) -> None:
    """A second place the province knows: enrolled, and what it once told of the lots it received."""
    with setup.opened(demo.province.config) as node:
        code = places.station_code(node, node.machine("demo"), datetime.now(UTC))["code"]
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    stall = {"id": "quay-tuoi", "number": "Q-1", "name": people.SUPERMARKET, "gln": people.SUPERMARKET_GLN}
    site = {"id": SUPERMARKET_ID, "name": people.SUPERMARKET, "kind": "supermarket", "gln": people.SUPERMARKET_GLN,
            "commune": people.SUPERMARKET_COMMUNE}  # fmt: skip
    body = {"code": code, "public_key": base64.b64encode(public).decode(), "site": site, "stalls": [stall]}
    anybody = Client(demo.province.url, "")
    key = anybody.post(f"{PROVINCE}/stations:enrol", body)["api_key"]
    anybody.close()
    told = [_sighting(day - timedelta(days=1), EGGS_AT, "1.2", *EGGS)]
    told += [_sighting(day - timedelta(days=back), time(6, 10), kg, gtin, lot) for back, kg, gtin, lot in (
        (1, "24", "09521234600077", "XL1124"), (2, "15", "09521234600084", "DT1121"),
        (2, "10", "09521234600138", "CL2611B"), (5, "36", "09521234600183", "NM2608"))]  # fmt: skip
    itself = Client(demo.province.url, key)
    itself.post(f"{PROVINCE}/sightings", {"sightings": told})
    itself.close()


def _sighting(day: date, at: time, kg: str, gtin: str, lot: str, serial: str | None = None) -> dict[str, Any]:
    first = datetime.combine(day, at, LOCAL_ZONE).astimezone(UTC)
    return {"day": day.isoformat(), "key": key_of(gtin, lot, serial), "received_kg": kg,
            "first_scan_at": first.isoformat()}  # fmt: skip

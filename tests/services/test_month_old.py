"""A station whose records are a month old scans the seeded cases; then the line comes back and it catches up."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_trace.demo import facilities, lots
from pos_trace.demo.lots import FOREIGN_HOST, RECORD_HOST, key_of
from pos_trace.services import (
    closing,
    desk_doubts,
    enrolment,
    intake,
    publishing,
    recalls,
    rechecking,
    register,
    scanning,
    snapshots,
)
from pos_trace.services.scanning import ScanIn
from pos_trace.store.models import DeliveryLine, VerdictRow
from tests.services.night import NOW_AGE, Night, open_stock
from tests.services.test_far_labels import other
from tests.services.two_nodes import Pair, as_station, officer
from tests.services.two_stations import OTHER_ID, Other

__all__ = ["other"]
MONTH = timedelta(days=30)
OLD = "records_old"
LATE = key_of("09521234600145", "TL-MOI")
SUMMED = key_of("09521234600060", "MD2611-08")
CLONED = key_of("09521234600152", "TG1123", "8812")
ABOVE = "Vượt số lượng của lô (khai 400 kg, đã nhận 550 kg, cộng các nơi trong tỉnh)"

# demo row, key → status and reasons with records a month old → the same once it caught up; "=": nothing new was told,
# the verdict stays what it was when the goods came
TABLE = {
    "1 verified": (key_of("09521234600015", "DH2611A"), f"verified {OLD}", "="),
    "3 serial twice": (key_of("09521234600039", "AR2610", "000417"), f"attention serial_seen {OLD}", "="),
    "6 lot closed": (key_of("09521234600053", "MD2611-07"), f"attention lot_closed {OLD}", "="),
    "7 above the sum": (SUMMED, f"verified {OLD}", "attention quantity_above_lot"),
    "8 near its date": (key_of("09521234600077", "XL1124"), f"verified near_expiry {OLD}", "="),
    "9 expired since": (key_of("09521234600084", "DT1121"), f"blocked expired certificate_lapsed {OLD}", "="),
    "10 above the lot": (key_of("09521234600091", "CR2611"), f"attention quantity_above_lot {OLD}", "="),
    "11 lapsed since": (key_of("09521234600107", "SL2611"), f"attention certificate_lapsed {OLD}", "="),
    "12 revoked meanwhile": (key_of("09521234600114", "HL2611"), f"verified {OLD}", "blocked revoked"),
    "13 another system": (f"{FOREIGN_HOST}/01/09521234600121/10/HC2611",
                          "undetermined papers_missing foreign_system", "="),
    "14 opaque code": ("kt:CT-2611-0042", f"verified {OLD}", "="),
    "16 recalled meanwhile": (key_of("09521234600138", "CL2611B"), f"verified {OLD}", "blocked recalled"),
    "16 sister": (key_of("09521234600138", "CL2611C"), f"verified {OLD}", "="),
    "17 absent": (key_of("09521234600145", "TL2611"), "unchecked province_silent",
                  "undetermined papers_missing not_in_records"),
    "17 published meanwhile": (LATE, "unchecked province_silent", "verified"),
    "21 cloned far away": (CLONED, f"verified {OLD}", "attention impossible_travel"),
    "22 suspended": (key_of("09521234600169", "SD2610"), f"attention suspended {OLD}", "="),
    "25 revoked": (key_of("09521234600190", "MK2607"), f"blocked revoked {OLD}", "="),
    "29 recalled": (key_of("09521234600213", "RP2609"), f"blocked recalled {OLD}", "="),
}  # fmt: skip


@dataclass
class Month:
    """A night thirty days after the last word of the province; what was received in it, by the row of the table."""

    night: Night
    lines: dict[str, dict[str, Any]]

    def newest(self, row: str) -> tuple[str, list[dict[str, str]]]:
        """Status and reasons of the line's newest verdict."""
        with self.night.node.db.read() as session:
            line = session.get_one(DeliveryLine, (self.night.node.id, self.lines[row]["id"]))
            verdict = session.get_one(VerdictRow, (self.night.node.id, line.verdict_id))
            return verdict.status, verdict.reasons

    def told(self) -> dict[str, str]:
        """Every row as the table writes it."""
        found = {row: self.newest(row) for row in TABLE}
        return {row: " ".join([status, *(one["code"] for one in why)]) for row, (status, why) in found.items()}


def text_of(code: str) -> str:
    return f"{RECORD_HOST}/{code}" if code.startswith("01/") else code


def receive(night: Night, code: str, kilograms: str = "5", number: str = "A-12", minute: int = 0) -> dict[str, Any]:
    asked = ScanIn(text_of(code), night.deliver(number), kilograms, "kg")
    line: dict[str, Any] = scanning.scan(night.node, night.who(number), asked, night.later(minutes=minute))["line"]
    return line


@pytest.fixture
def month(night: Night, other: Other) -> Month:
    """The province published the demo's records for a day a month ahead; the station took them, then nothing came."""
    province, now = night.pair.province, night.now
    day = (now + MONTH).astimezone(night.node.zone).date()
    for facility in facilities.facilities(day):
        register.put_facility(province, officer(province), facility, now)
    told = [line | ({"net_quantity": "400"} if line["key"] == SUMMED else {}) for line in lots.lots(day)]
    register.put_lots(province, officer(province), told, now)
    old = {"recall_id": "TH-1", "keys": [TABLE["29 recalled"][0]], "reason": "vượt mức (mẫu)"}
    recalls.issue(province, officer(province), old, now)
    policy = replace(night.node.policy, province_keys=(enrolment.public_key(province),))
    station = replace(night.node, policy=policy)
    night.province.station = station
    path = Path(publishing.publish(province, province.machine("t"), now)["path"])
    snapshots.take(station, path, now)
    night = replace(night, pair=Pair(station, province))
    night.pull()
    night.province.silent = True
    night = replace(night, now=now + MONTH)
    receive(night, TABLE["3 serial twice"][0], number="E-01")
    receive(night, TABLE["10 above the lot"][0], "300", number="E-01")
    ended = receive(night, TABLE["6 lot closed"][0])
    closing.close(station, night.who(), ended["lot_id"], night.later(minutes=1))
    much = {"7 above the sum": "300", "10 above the lot": "250"}
    return Month(night, {row: receive(night, TABLE[row][0], much.get(row, "5"), minute=2) for row in TABLE})


def catch_up(month: Month) -> None:
    """What happened in the month reaches the province, then the line comes back."""
    night = month.night
    province, now = night.pair.province, night.now
    who = officer(province)
    lot = {"product_name": "Chả cá (mẫu)", "product_group": "ca", "facility_id": "F5", "status": "active"}
    register.put_lots(province, who, [lot | {"key": LATE}], now)
    revoked = next(line for line in lots.lots(now.date()) if line["key"] == TABLE["12 revoked meanwhile"][0])
    register.put_lots(province, who, [revoked | {"status": "revoked"}], now)
    recalled = {"recall_id": "TH-2", "keys": [TABLE["16 recalled meanwhile"][0]], "reason": "vượt mức (mẫu)"}
    recalls.issue(province, who, recalled, now)
    for site, minutes, kilograms in ((night.node.id, 2, "300"), (OTHER_ID, 17, "250")):
        at = night.later(minutes=minutes)
        told = [{"day": at.date().isoformat(), "key": key, "received_kg": kilograms, "first_scan_at": at.isoformat()}
                for key in (SUMMED, CLONED)]  # fmt: skip
        intake.take_sightings(province, as_station(site), told, at)
    night.province.silent = False
    back = night.later(hours=8)
    NOW_AGE[:] = [back]
    night.pull(back)
    rechecking.unchecked_due(night.node, back)


def test_every_seeded_case_says_what_month_old_records_can_say_and_accuses_nobody(month: Month) -> None:
    assert month.told() == {row: old for row, (_, old, _) in TABLE.items()}
    flagged = {row for row, line in month.lines.items() if line["flag"]}
    assert flagged == {"13 another system", "25 revoked"}
    states = {row: line["state"] for row, line in month.lines.items()}
    assert {row for row, state in states.items() if state == "blocked"} == {
        "9 expired since",
        "25 revoked",
        "29 recalled",
    }


def test_the_line_comes_back_and_every_case_says_what_the_month_brought(month: Month) -> None:
    catch_up(month)
    assert month.told() == {row: old if then == "=" else then for row, (_, old, then) in TABLE.items()}
    _, why = month.newest("7 above the sum")
    assert [one["text"] for one in why] == [ABOVE]
    states = {row["id"]: row["state"] for row in open_stock(month.night)}
    held = {row: states[month.lines[row]["lot_id"]] for row, (_, _, then) in TABLE.items() if then != "="}
    assert held == {
        "7 above the sum": "sellable", "12 revoked meanwhile": "blocked", "16 recalled meanwhile": "blocked",
        "17 absent": "held", "17 published meanwhile": "sellable", "21 cloned far away": "sellable",
    }  # fmt: skip
    looked = [
        scanning.scan(month.night.node, month.night.who(), ScanIn(text_of(code)), month.night.later(hours=9))["verdict"]
        for code, _, _ in TABLE.values()
    ]
    assert not [one for verdict in looked for one in verdict["reasons"] if one["code"] in (OLD, "province_silent")]


def test_a_label_cloned_to_another_station_is_caught_at_the_province(month: Month) -> None:
    catch_up(month)
    listed = desk_doubts.listed(replace(month.night.pair.province, policy=month.night.node.policy))
    assert [(one["key"], one["far"], len(one["seen"])) for one in listed["serials"]] == [(CLONED, True, 2)]
    assert [(one["key"], one["declared"], one["received_kg"]) for one in listed["lots"]] == [(SUMMED, "400", "550")]

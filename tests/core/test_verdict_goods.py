"""Goods as they come to a stall, judged by code, record and origin: one line each, from match to scribble."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pos_trace.core.goods import PapersState
from pos_trace.core.records import RecordAnswer
from pos_trace.core.verdict import History, Seen, decide
from tests.core.goods_told import (
    ABSENT,
    ABSENT_FROM_OLD,
    CODE,
    COMPLETE,
    FOREIGN,
    GTIN,
    LACKING,
    LAPSED,
    MEAT,
    NOW,
    OFFLINE,
    OLD,
    POLICY,
    RECALL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    Code,
    codes,
    facility,
    found,
)

GOODS = {
    "a lot as its record says": (CODE, found(), {}, "verified", "valid match record", [], "sellable", None),
    "a lot off line, found in what was stored": (
        CODE, replace(found(), why="offline"), {}, "verified", "valid match record", ["offline"], "sellable", None),
    "a lot found in old records": (
        CODE, found(OLD), {}, "verified", "valid match record", ["records_old"], "sellable", None),
    "a recalled lot": (
        CODE, replace(found(status="recalled"), recall=RECALL), {"papers": COMPLETE},
        "blocked", "valid recalled record", ["recalled"], "blocked", None),
    "a lot recalled before its record was published": (
        CODE, replace(ABSENT, recall=RECALL), {}, "blocked", "valid recalled open", ["recalled"], "blocked", None),
    "a lot recalled while the province is silent": (
        CODE, replace(OFFLINE, recall=RECALL), {}, "blocked", "valid recalled open", ["recalled", "offline"], "blocked",
        None),
    "a record that says recalled without a notice": (
        CODE, found(status="recalled", recall_id="TH-9"), {}, "blocked", "valid recalled record", ["recalled"],
        "blocked", None),
    "a cancelled code without papers": (
        CODE, found(status="revoked"), {}, "blocked", "valid revoked open", ["revoked"], "blocked", "revoked"),
    "a cancelled code with papers": (
        CODE, found(status="revoked"), {"papers": COMPLETE}, "blocked", "valid revoked papers", ["revoked"], "blocked",
        None),
    "a lot past the record's date": (
        CODE, found(expiry_date=YESTERDAY), {}, "blocked", "valid expired record", ["expired"], "blocked", None),
    "a lot past the label's date only": (
        Code(expiry=YESTERDAY), found(expiry_date=TOMORROW), {}, "blocked", "valid match record", ["expired"],
        "blocked", None),
    "a record marked expired": (
        CODE, found(status="expired"), {}, "blocked", "valid expired record", ["expired"], "blocked", None),
    "an expired box nobody knows": (
        Code(expiry=YESTERDAY), ABSENT, {}, "blocked", "valid absent open",
        ["expired", "papers_missing", "not_in_records"], "blocked", None),
    "an expired box off line": (
        Code(expiry=YESTERDAY), OFFLINE, {}, "blocked", "valid unavailable open", ["expired", "offline"], "blocked",
        None),
    "a lot on its last day": (
        CODE, found(expiry_date=TODAY), {}, "verified", "valid match record", ["near_expiry"], "sellable", None),
    "a suspended code": (
        CODE, found(status="suspended"), {}, "attention", "valid suspended record", ["suspended"], "held", None),
    "a code of another product": (
        CODE, found(), {"history": History(expected_gtin="09521234600060")},
        "attention", "valid mismatch open", ["other_gtin"], "held", None),
    "a code of another goods group, with papers": (
        CODE, found(), {"history": History(expected_group="ca"), "papers": COMPLETE},
        "attention", "valid mismatch papers", ["other_group"], "held", None),
    "a code of another goods group, which the record calls by a word of its own": (
        CODE, found(product_group="thịt lợn"), {"history": History(expected_group="ca")},
        "attention", "valid mismatch open", ["other_group"], "held", None),
    "a record's own word for the goods that were asked for": (
        CODE, found(product_group="thịt_lợn"), {"history": History(expected_group="thit")},
        "verified", "valid match record", [], "sellable", None),
    "a record's group that says nothing here": (
        CODE, found(product_group="nhom 7"), {"history": History(expected_group="ca")},
        "verified", "valid match record", [], "sellable", None),
    "the same goods in other words": (
        CODE, found(), {"history": History(expected_gtin=GTIN, expected_group="rau")},
        "verified", "valid match record", [], "sellable", None),
    "a lapsed certificate": (
        CODE, found(facility=facility(LAPSED)), {}, "attention", "valid match record", ["certificate_lapsed"],
        "sellable", None),
    "a lapsed certificate that was renewed": (
        CODE, found(facility=facility(LAPSED, replace(LAPSED, expires=TODAY))), {}, "verified", "valid match record",
        [], "sellable", None),
    "a certificate without an end": (
        CODE, found(facility=facility(replace(LAPSED, expires=None))), {}, "verified", "valid match record", [],
        "sellable", None),
    "flowers, of which no certificate is asked": (
        CODE, found(facility=facility(LAPSED), product_group="hoa"), {}, "verified", "valid match record", [],
        "sellable", None),
    "more than the lot holds": (
        CODE, found(net_quantity=Decimal(400)), {"history": History(received=Decimal(550))},
        "attention", "valid match record", ["quantity_above_lot"], "sellable", None),
    "a little more than the lot holds, within the group's tolerance": (
        CODE, found(net_quantity=Decimal(400)), {"history": History(received=Decimal(480))},
        "verified", "valid match record", [], "sellable", None),
    "a little more than the lot holds, of a group without its own tolerance": (
        CODE, found(net_quantity=Decimal(400), product_group="ca"), {"history": History(received=Decimal(441))},
        "attention", "valid match record", ["quantity_above_lot"], "sellable", None),
    "a serial scanned before, a lot sold out, a stamp never issued": (
        CODE, found(), {"history": History(Seen("02:10", "sạp A-12"), lot_closed=True, serial_out_of_range=True)},
        "attention", "valid match record", ["serial_seen", "lot_closed", "serial_out_of_range"], "sellable", None),
    "a serial scanned far away a quarter of an hour ago": (
        CODE, found(), {"history": History(Seen("02:10", "Quảng Ngãi", far=True))},
        "attention", "valid match record", ["impossible_travel"], "sellable", None),
    "a code absent from fresh records, no papers": (
        CODE, ABSENT, {}, "undetermined", "valid absent open", ["papers_missing", "not_in_records"], "held", "papers"),
    "a code absent from fresh records, papers complete": (
        CODE, ABSENT, {"papers": COMPLETE}, "documented", "valid absent papers", ["not_in_records"], "sellable", None),
    "papers that came with another truck": (
        CODE, ABSENT, {"papers": PapersState(True, reused=True)}, "attention", "valid absent papers",
        ["paper_reused", "not_in_records"], "sellable", None),
    "papers that another stall entered for another truck": (
        CODE, ABSENT, {"papers": PapersState(True, again=True)}, "attention", "valid absent papers",
        ["paper_reused", "not_in_records"], "sellable", None),
    "a code absent from records too old to say so": (
        CODE, ABSENT_FROM_OLD, {}, "unchecked", "valid unavailable open", ["records_old"], "unchecked", None),
    "a code absent where nothing was ever received": (
        CODE, RecordAnswer("absent"), {}, "unchecked", "valid unavailable open", ["records_old"], "unchecked", None),
    "no network": (CODE, OFFLINE, {}, "unchecked", "valid unavailable open", ["offline"], "unchecked", None),
    "no network, papers complete": (
        CODE, OFFLINE, {"papers": COMPLETE}, "unchecked", "valid unavailable papers", ["offline"], "unchecked", None),
    "no network, meat": (
        CODE, OFFLINE, {"group": MEAT}, "unchecked", "valid unavailable open", ["offline"], "held", None),
    "a silent province": (
        CODE, RecordAnswer("unavailable", why="html"), {}, "unchecked", "valid unavailable open", ["province_silent"],
        "unchecked", None),
    "a code nobody was asked about": (
        CODE, None, {}, "unchecked", "valid unavailable open", ["province_silent"], "unchecked", None),
    "a code of another product, off line": (
        CODE, OFFLINE, {"history": History(expected_gtin="09521234600060")}, "unchecked", "valid unavailable open",
        ["other_gtin", "offline"], "held", None),
    "no code, no papers": (None, None, {}, "undetermined", "none none open", ["papers_missing"], "held", "papers"),
    "no code, papers lacking a date": (
        None, None, {"papers": LACKING}, "undetermined", "none none open", ["papers_missing"], "held", "papers"),
    "no code, papers complete": (
        None, None, {"papers": COMPLETE}, "documented", "none none papers", [], "sellable", None),
    "a code of another province, papers complete": (
        FOREIGN, None, {"papers": COMPLETE}, "documented", "valid none papers", ["foreign_system"], "sellable", None),
    "a code of another province, no papers": (
        FOREIGN, OFFLINE, {}, "undetermined", "valid none open", ["papers_missing", "foreign_system"], "held",
        "papers"),
    "a label of another province for a lot our records know": (
        FOREIGN, found(), {}, "verified", "valid match record", [], "sellable", None),
    "a page of a host nobody named": (
        Code(key=None, gtin=None, host="x.example"), None, {"papers": COMPLETE}, "documented", "unknown none papers",
        ["foreign_system"], "sellable", None),
    "a code without host or key": (
        Code(key=None, gtin=None, host=None), None, {"papers": COMPLETE}, "documented", "unknown none papers",
        ["not_in_records"], "sellable", None),
    "a reading that is no trace code": (
        Code("unreadable", None, None, None, None), None, {"papers": COMPLETE}, "documented", "malformed none papers",
        [], "sellable", None),
}  # fmt: skip


@pytest.mark.parametrize("name", GOODS)
def test_goods_are_judged_by_code_record_and_origin(name: str) -> None:
    code, answer, rest, status, judgements, reasons, stock, flag = GOODS[name]
    verdict = decide(code, answer, **rest, now=NOW, policy=POLICY)
    assert verdict.status == status
    assert " ".join((verdict.code, verdict.record, verdict.origin)) == judgements
    assert codes(verdict) == reasons
    assert (verdict.stock, verdict.flag) == (stock, flag)

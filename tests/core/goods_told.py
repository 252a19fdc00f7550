"""Short ways to say what the province, the label and the papers tell, for the tests of the rules."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pos_trace.core.goods import PapersState
from pos_trace.core.judgements import Verdict
from pos_trace.core.policy import Clocks, CodeRules, GoodsGroup, HostRule, Policy
from pos_trace.core.records import Certificate, Facility, LotRecord, Recall, RecordAnswer, RecordsAge

NOW = datetime(2026, 11, 23, 19, 31, tzinfo=UTC)  # 02:31 on 24/11/2026 at the market
TODAY = date(2026, 11, 24)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
KEY = "01/09521234600053/10/MD2611-07"
GTIN = "09521234600053"
FRESH = RecordsAge(7, NOW - timedelta(minutes=21))
OLD = RecordsAge(6, NOW - timedelta(days=4))
MEAT = GoodsGroup("thit", "Thịt", "Meat", mandatory=True, near_expiry_days=1, synonyms=("thịt lợn",))
VEGETABLES = GoodsGroup("rau", "Rau", "Vegetables", near_expiry_days=1, tolerance=Decimal("0.2"))
FLOWERS = GoodsGroup("hoa", "Hoa", "Flowers", food=False)
FISH = GoodsGroup("ca", "Cá", "Fish")
POLICY = Policy(
    codes=CodeRules(
        hosts=(
            HostRule("txng.quangngai.example", "Hệ thống của tỉnh (mẫu)", "record"),
            HostRule("txng.lamdong.example", "Hệ thống Lâm Đồng (mẫu)", "foreign"),
        )
    ),
    goods=(MEAT, VEGETABLES, FLOWERS, FISH),
    clocks=Clocks(),
    rules_version="7",
)
COMPLETE = PapersState(True)
LACKING = PapersState(False, "bảng kê, ngày")
LAPSED = Certificate("VietGAP", expires=TODAY - timedelta(days=12))
RECALL = Recall("TH-1", "mẫu", NOW, "Sở (mẫu)", (KEY,))


@dataclass(frozen=True, slots=True)
class Code:
    """A scanned code as far as the rules look."""

    outcome: str = "ok"
    key: str | None = KEY
    gtin: str | None = GTIN
    expiry: date | None = None
    host: str | None = "txng.quangngai.example"


CODE = Code()
FOREIGN = Code(host="TXNG.lamdong.example:443")


def record(**facts: Any) -> LotRecord:
    """An active record of the lot, changed by ``facts``."""
    made = LotRecord(KEY, "Cải thảo Măng Đen", "F2", "active", 7, gtin=GTIN, product_group="rau", unit="kg")
    return replace(made, **facts)


def found(age: RecordsAge = FRESH, facility: Facility | None = None, **facts: Any) -> RecordAnswer:
    """The province's record was found."""
    return RecordAnswer("found", record(**facts), facility, age=age)


def facility(*certificates: Certificate) -> Facility:
    """The lot's facility with its certificates."""
    return Facility("F2", "HTX (mẫu)", certificates=certificates)


ABSENT = RecordAnswer("absent", age=FRESH)
ABSENT_FROM_OLD = RecordAnswer("absent", age=OLD)
OFFLINE = RecordAnswer("unavailable", why="offline", age=FRESH)


def codes(verdict: Verdict) -> list[str]:
    """Its reasons by code, in their order."""
    return [reason.code for reason in verdict.reasons]

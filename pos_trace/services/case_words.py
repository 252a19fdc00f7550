"""A case in words: the stall's own, the desk's, and the sentences that stand beside what was sent."""

from datetime import datetime
from typing import Any, Final

from pos_trace.core.cases import PRIVATE, CaseEvent
from pos_trace.core.policy import Policy
from pos_trace.core.quantities import as_text
from pos_trace.core.vocabulary.reasons import REASONS, reason_text
from pos_trace.core.vocabulary.words import CASE_STATES, conclusion_text
from pos_trace.services.node import Answer
from pos_trace.store.models import Case, CaseLine, Evidence

EVENT_WORDS: Final[dict[str, str]] = {
    "opened": "Đã ghi và gửi: hàng cần bổ sung giấy tờ",
    "evidence_added": "Đã gửi thêm ảnh và giấy tờ",
    "replied": "Đã gửi câu trả lời",
    "withdrawn": "Đã rút lại (ghi nhầm)",
    "received": "Cơ quan đã nhận",
    "taken": "Cán bộ đã tiếp nhận",
    "papers_asked": "Cơ quan đề nghị bổ sung giấy tờ",
    "inspected": "Đã kiểm tra",
    "concluded": "Đã có kết luận",
    "transferred": "Đã chuyển cơ quan có thẩm quyền",
    "reopened": "Mở lại để xem xét",
    "appealed": "Đã ghi nhận khiếu nại",
}

# a line the office drew at random: nobody is accused, nothing is asked
DRAWN: Final = "desk_check"
PRIVATE_WORDS: Final = "Phản ánh riêng"
DRAWN_WORDS: Final = "Đã gửi ảnh giấy tờ (chọn kiểm tra ngẫu nhiên)"


def plain(kind: str, case: Case) -> str:
    """What an outgoing event says, for the owner."""
    words = DRAWN_WORDS if kind == "opened" and case.reason == DRAWN else EVENT_WORDS[kind]
    return f"{words}: {case.title}"[:500]


def summary(case: Case, policy: Policy) -> Answer:
    """A case in a list, in the stall's words: nothing here accuses anybody."""
    return {
        "id": case.id,
        "title": case.title,
        "reason": case.reason,
        "reason_text": _reason(case.reason),
        "supplier_name": case.supplier_name,
        "state": case.state,
        "state_text": CASE_STATES[case.state],
        "department": department(case, policy),
        "ack_number": case.ack_number,
        "outcome": case.outcome,
        "origin_finding": case.origin_finding,
        "opened_at": when(case.opened_at),
        "changed_at": when(case.changed_at),
    }


def _reason(reason: str) -> str:
    if reason == PRIVATE:
        return PRIVATE_WORDS
    if reason == DRAWN:
        return "Sở chọn kiểm tra giấy tờ ngẫu nhiên"
    return reason_text(reason, {}) if reason in REASONS else ""


def department(case: Case, policy: Policy) -> str:
    """The authority the case is with, by the name the routing table gives it."""
    return case.agency_name or policy.province.department


def conclusion(body: Any, department: str) -> str:
    """A conclusion in one line. Without a document the stall reads a request, never a finding that binds."""
    number, on = (str(body.get(name) or "") for name in ("document_number", "document_date"))
    finding, outcome = str(body.get("origin_finding")), str(body.get("outcome"))
    return conclusion_text(outcome, finding, number, on, str(body.get("agency") or department))


def event(row: CaseEvent, department: str) -> Answer:
    """One event as both sides read it."""
    text = EVENT_WORDS.get(row.kind, row.kind)
    if row.kind == "opened":
        text = {DRAWN: DRAWN_WORDS, PRIVATE: PRIVATE_WORDS}.get(str(row.body.get("reason")), text)
    if row.kind == "concluded":
        text = conclusion(row.body, department)
    return {
        "node": row.node,
        "seq": row.seq,
        "kind": row.kind,
        "text": text,
        "at": when(row.at),
        "actor": row.actor,
        "body": dict(row.body),
        "sha256": row.sha256,
    }


def line(row: CaseLine) -> Answer:
    """Goods of a case."""
    return {
        "id": row.id,
        "line_id": row.line_id,
        "key": row.key,
        "goods_name": row.goods_name,
        "quantity": as_text(row.quantity),
        "unit": row.unit,
    }


def evidence(row: Evidence) -> Answer:
    """A numbered file; its bytes are asked for by SHA-256."""
    return {
        "number": row.number,
        "sha256": row.sha256,
        "media_type": row.media_type,
        "caption": row.caption,
        "by": row.by,
        "added_at": when(row.created_at),
    }


def when(moment: datetime) -> str:
    """ISO-8601."""
    return moment.isoformat()

"""Goods as received: which papers show an origin, and what is still missing in words a receiver can act on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pos_trace.core.policy import GoodsGroup, PaperRule
from pos_trace.core.vocabulary.words import PAPER_FIELDS, PAPER_KINDS


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A paper as it counts: kind, what is filled in, whether it has a photo, whether it served another truck."""

    kind: str
    number: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    photos: int = 0
    reused: bool = False


@dataclass(frozen=True, slots=True)
class PapersState:
    """Whether the papers show the origin. ``missing``: what to bring, in Vietnamese. ``reused``: used before."""

    complete: bool
    missing: str = ""
    reused: bool = False


NO_PAPERS = PapersState(False)


def papers_state(papers: Sequence[PaperFacts], group: GoodsGroup | None, received_on: date) -> PapersState:
    """Every rule of the group must be satisfied by some paper; an unknown group asks for any paper with a date."""
    rules = group.papers if group is not None and group.papers else (DEFAULT_RULE,)
    missing = [_lacks(rule, papers, received_on) for rule in rules]
    lacking = [words for words in missing if words]
    return PapersState(not lacking, "; ".join(lacking), any(paper.reused for paper in papers))


DEFAULT_RULE = PaperRule(kinds=("bang_ke", "hoa_don", "phieu_giao_hang"), fields=("issued_on",), photo=True)


def _lacks(rule: PaperRule, papers: Sequence[PaperFacts], received_on: date) -> str:
    """What would satisfy ``rule``, or "" when a paper does; of the right kind only the lacking part is named."""
    fitting = [paper for paper in papers if paper.kind in rule.kinds]
    if not fitting:
        kinds = " hoặc ".join(PAPER_KINDS.get(kind, kind) for kind in rule.kinds[:2])
        wanted = ", ".join(PAPER_FIELDS[name] for name in rule.fields)
        return f"{kinds}{', ' + wanted if wanted else ''}{', ảnh' if rule.photo else ''}"
    lacks = [_paper_lacks(rule, paper, received_on) for paper in fitting]
    return min(lacks, key=len)


def _paper_lacks(rule: PaperRule, paper: PaperFacts, received_on: date) -> str:
    lacks = [PAPER_FIELDS[name] for name in rule.fields if not getattr(paper, name)]
    if rule.photo and paper.photos == 0:
        lacks.append("ảnh")
    if rule.max_age_days is not None and paper.issued_on is not None:
        age = (received_on - paper.issued_on).days
        if age > rule.max_age_days or age < -1:
            lacks.append(f"ngày trong {rule.max_age_days} ngày trước khi nhận")
    return f"{PAPER_KINDS.get(paper.kind, paper.kind)}: {', '.join(lacks)}" if lacks else ""

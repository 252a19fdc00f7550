"""Goods as received: how much of them, which group they are, which papers show their origin and what is missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from unicodedata import combining, normalize

from pos_trace.core.errors import FieldError, Invalid
from pos_trace.core.policy import GoodsGroup, PaperRule
from pos_trace.core.quantities import shown, to_kg
from pos_trace.core.text import fold
from pos_trace.core.vocabulary.words import PAPER_FIELDS, PAPER_KINDS

ZERO: Final = Decimal(0)
_NO_WORD: Final = re.compile(r"[^\w\s]+")


@dataclass(frozen=True, slots=True)
class Amount:
    """What a line declares and what of it was sent back. ``content_kg``: kilograms of one unit, where the stall said
    so ("sọt" ≈ 25 kg); only what is accepted enters stock.
    """

    declared: Decimal
    unit: str
    refused: Decimal = ZERO
    content_kg: Decimal | None = None

    @property
    def accepted(self) -> Decimal:
        """Declared less refused, never below 0."""
        return self.declared - self.refused

    @property
    def accepted_kg(self) -> Decimal | None:
        """Kilograms of what is accepted; None when nobody knows what one unit weighs."""
        return to_kg(self.accepted, self.unit, self.content_kg)

    def refuse(self, quantity: Decimal) -> "Amount":
        """With ``quantity`` more sent back; raises ``Invalid`` when that is not above 0 or more than is left."""
        if not ZERO < quantity <= self.accepted:
            detail = f"Chỉ trả lại được tối đa {shown(self.accepted)} {self.unit}."
            raise Invalid("refused_above_accepted", detail, (FieldError("/quantity", "out_of_range"),))
        return replace(self, refused=self.refused + quantity)


def group_of(name: str, groups: Sequence[GoodsGroup]) -> GoodsGroup | None:
    """The group whose word in a goods name is longest, accents first ("cà phê" is no "cá"); None when no word fits.

    A word of the name written with other accents is another word: the "tơi" of "mồng tơi" is no "tỏi".
    """
    plain = _NO_WORD.sub(" ", normalize("NFC", name))
    for spelt in (_accented, fold):
        words = f" {spelt(plain)} "
        fits = [
            (len(word), group)
            for group in groups
            for word in group.synonyms
            if f" {spelt(word)} " in words and _may_mean(plain, word)
        ]
        if fits:
            return max(fits, key=lambda found: found[0])[1]
    return None


def _may_mean(name: str, word: str) -> bool:
    """Whether somewhere in ``name`` each part of ``word`` stands typed without accents, or with the same accents."""
    there, wanted = _accented(name).split(), _accented(word).split()
    return any(
        all(_bare(part) or _marks(part) == _marks(meant) for part, meant in zip(there[at:], wanted, strict=False))
        for at in range(len(there) - len(wanted) + 1)
        if [fold(part) for part in there[at : at + len(wanted)]] == [fold(part) for part in wanted]
    )


def _bare(part: str) -> bool:
    return fold(part) == part


def _marks(part: str) -> list[str]:
    """The accents of a syllable wherever they stand ("hoà" is "hòa"), and its đ."""
    return sorted(sign for sign in normalize("NFD", part) if combining(sign) or sign == "đ")


def _accented(text: str) -> str:
    return " ".join(normalize("NFC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A paper as it counts: kind, what is filled in, whether it has a photo, whether it served another truck.

    ``again``: another stall entered it for another truck afterwards and has not said yet whether it is the same.
    ``lacks``: why it does not count for these goods whatever a rule asks (its quantity is used up, it belongs to
    another truck), in Vietnamese; empty when it counts. ``stands``: a delivery note behind which the seller's own
    papers stood: for these goods it counts as those too, whatever kinds a rule asks for.
    """

    kind: str
    number: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    photos: int = 0
    reused: bool = False
    lacks: str = ""
    stands: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class PapersState:
    """Whether the papers show the origin. ``missing``: what to bring, in Vietnamese. ``reused``: used before;
    ``again``: used afterwards by somebody else.
    """

    complete: bool
    missing: str = ""
    reused: bool = False
    again: bool = False


NO_PAPERS = PapersState(False)
OTHER_TRUCK: Final = "giấy của đúng chuyến này"


def covered(stated: Decimal, tolerance: Decimal, served: Sequence[tuple[str, Decimal]]) -> frozenset[str]:
    """Which of ``served`` – (line, kilograms) in the order they were received – a paper of ``stated`` kilograms covers.

    Never more than ``stated`` × (1 + ``tolerance``) together: a line that no longer fits is left out whole and uses
    up nothing, so that a smaller one behind it may still fit.
    """
    left = stated * (1 + tolerance)
    fit: set[str] = set()
    for line, kg in served:
        if kg <= left:
            fit.add(line)
            left -= kg
    return frozenset(fit)


def used_up(stated: Decimal, served: Decimal) -> str:
    """What a paper lacks whose quantity is used up, with both figures in kilograms."""
    return f"đủ số lượng (giấy ghi {shown(stated)} kg, đã nhận {shown(served)} kg)"


def papers_state(papers: Sequence[PaperFacts], group: GoodsGroup | None, received_on: date) -> PapersState:
    """Every rule of the group must be satisfied by some paper; a group without rules, and goods of no group, ask for
    ``DEFAULT_RULE``.
    """
    missing = [_lacks(rule, papers, received_on) for rule in _rules(group)]
    lacking = [words for words in missing if words]
    reused, again = any(paper.reused for paper in papers), any(paper.again for paper in papers)
    return PapersState(not lacking, "; ".join(lacking), reused, again)


DEFAULT_RULE: Final = PaperRule(kinds=("bang_ke", "hoa_don", "phieu_giao_hang"))


def _rules(group: GoodsGroup | None) -> Sequence[PaperRule]:
    return group.papers if group is not None and group.papers else (DEFAULT_RULE,)


def asks_for(group: GoodsGroup | None, kind: str) -> bool:
    """Whether papers of ``kind`` say anything of the origin of such goods."""
    return any(kind in rule.kinds for rule in _rules(group))


def _lacks(rule: PaperRule, papers: Sequence[PaperFacts], received_on: date) -> str:
    """What would satisfy ``rule``, or nothing when a paper does; of the right kind only the lacking part is named."""
    fitting = [paper for paper in papers if paper.kind in rule.kinds]
    if any(paper.stands and not paper.lacks for paper in papers if paper.kind not in rule.kinds):
        return ""
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
    if paper.lacks:
        lacks.append(paper.lacks)
    if rule.max_age_days is not None and paper.issued_on is not None:
        age = (received_on - paper.issued_on).days
        if age > rule.max_age_days or age < -1:
            lacks.append(f"ngày trong {rule.max_age_days} ngày trước khi nhận")
    return f"{PAPER_KINDS.get(paper.kind, paper.kind)}: {', '.join(lacks)}" if lacks else ""

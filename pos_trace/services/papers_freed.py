"""Kilograms of a truck's paper that came free – sent back, corrected, cancelled, moved – go to the lines that wait."""

from collections.abc import Iterable

from pos_trace.services import judging, papers_served
from pos_trace.services.node import Transaction
from pos_trace.store.models import DeliveryLine, VerdictRow


def settle(tx: Transaction, changed: Iterable[DeliveryLine]) -> None:
    """Judge again, inside the caller's write, the lines of all stalls that wait for what ``changed`` lines used.

    Only a line that lacked papers and lacks others, or none, now: nobody's goods are set aside by a neighbour's
    correction. Whoever received first is covered first, as ever.
    """
    tx.session.flush()
    sums = {
        paper.id: paper
        for line in changed
        for paper in papers_served.all_of_line(tx.session, line)
        if paper.stated_kg is not None
    }
    papers = {one.id: one for key in sorted(sums) for one in papers_served.twins(tx.session, sums[key])}
    for line in papers_served.lines_served(tx.session, [papers[key] for key in sorted(papers)]):
        told = _asked(tx, line)
        if told is not None and told != judging.missing_papers(tx.session, tx.node, line):
            judging.rejudge_line(tx, line, judging.known(tx.session, line.key), "paper_freed")
    tx.session.flush()


def _asked(tx: Transaction, line: DeliveryLine) -> str | None:
    """The papers a line's verdict asks for, in its words; None when it asks for none."""
    row = tx.session.get(VerdictRow, (line.site_id, line.verdict_id)) if line.verdict_id else None
    reasons = row.reasons if row is not None else ()
    asked = [str(reason["text"]) for reason in reasons if reason["code"] == "papers_missing"]
    return asked[0].removeprefix("Cần: ") if asked else None

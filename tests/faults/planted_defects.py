"""The defects planted in the rules: slips of the hand that cost somebody goods, money or a good name.

``file`` is below ``pos_trace``; the old text must stand there exactly once, so that this table cannot rot.
"""

from dataclasses import dataclass

from tests.faults.copied import Plant


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect: ``plant`` makes it, ``why`` says whom it hurts, ``tests`` must catch it."""

    name: str
    area: str
    plant: Plant
    why: str
    tests: tuple[str, ...]


AREAS = ("verdict", "allocation", "fold", "spool", "outbox")
VERDICT_TESTS = (
    "tests/core/test_verdict.py",
    "tests/core/test_verdict_goods.py",
    "tests/core/test_verdict_promises.py",
    "tests/core/test_causes.py",
    "tests/core/test_goods.py",
    "tests/core/vocabulary/test_reasons.py",
)
ALLOCATION_TESTS = ("tests/core/test_allocation.py",)
SELLING_TESTS = (
    "tests/services/test_goods_asked.py",
    "tests/services/test_selling_twice.py",
    "tests/services/test_selling.py",
)
FOLD_TESTS = (
    "tests/core/test_cases.py",
    "tests/core/test_cases_two_nodes.py",
    "tests/core/test_cases_clocks.py",
    "tests/core/test_canonical.py",
)


def of_area(area: str, tests: tuple[str, ...], rows: tuple[tuple[str, str, str, str, str], ...]) -> tuple[Defect, ...]:
    """Rows of name, file, old text, new text, why."""
    return tuple(Defect(name, area, Plant(file, old, new), why, tests) for name, file, old, new, why in rows)


VERDICT = of_area(
    "verdict",
    VERDICT_TESTS,
    (
        (
            "a recall waits for its record", "core/verdict.py",
            'if seen.recalled:\n        return "recalled"',
            'if seen.recalled and seen.record:\n        return "recalled"',
            "recalled goods are sold until their record arrives",
        ),
        (
            "old records say that a code is absent", "core/verdict.py",
            'seen.answer.state == "unavailable" or seen.too_old', 'seen.answer.state == "unavailable"',
            "a gap in the network becomes an accusation",
        ),
        (
            "papers answer for a silent province", "core/verdict.py",
            'records=frozenset({"unavailable"})', 'records=frozenset({"unavailable"}), origins=frozenset({"open"})',
            "goods nobody checked look checked",
        ),
        (
            "the last day is a day too late", "core/verdict.py",
            "(record.expiry_date or times.FAR) < times", "(record.expiry_date or times.FAR) <= times",
            "goods are thrown away on their last good day",
        ),
        (
            "unchecked meat sells", "core/verdict.py",
            '"held" if group is not None and group.mandatory else "unchecked"', '"unchecked"',
            "a group the law wants held is sold during an outage",
        ),
        (
            "expired goods become a report", "core/verdict.py",
            'if "recalled" in causes or "expired" in causes:', 'if "recalled" in causes:',
            "a stall that throws old goods away is reported for it",
        ),
        (
            "no time to answer", "core/verdict.py",
            "max(within[flag], clocks.report_after_least)", "within[flag]",
            "a case opens before the receiver can send the goods back",
        ),
        (
            "the first reason leads, not the strongest", "core/verdict.py",
            "(-EFFECTS.index(effects[name]), ORDER[name])", "ORDER[name]",
            "a doubt that a site made heavier changes nothing",
        ),
        (
            "a cancelled code still shows an origin", "core/verdict.py",
            '("revoked", "mismatch", "none")', '("mismatch", "none")',
            "a copied label of a cancelled code proves where goods came from",
        ),
        (
            "goods lacking papers sell", "core/verdict.py",
            'if effect == "hold" or status in', 'if effect == "block" or status in',
            "goods that must be set aside are on the table",
        ),
        (
            "a day begins in Greenwich", "core/causes.py",
            "(min(dates) - times.local_day(seen.now)).days", "(min(dates) - seen.now.date()).days",
            "at three in the morning yesterday's goods are still good",
        ),
        (
            "the later date counts", "core/causes.py",
            "left = (min(dates)", "left = (max(dates)",
            "a label past its date is sold because the record's is later",
        ),
        (
            "wet goods are a fraud", "core/causes.py",
            "most = 1 + (seen.policy.quantity_tolerance if own is None else own)", "most = 1",
            "a kilogram of water raises a doubt about an honest grower",
        ),
        (
            "one paper answers every rule", "core/goods.py",
            'PapersState(not lacking, "; "', 'PapersState(len(lacking) < len(rules), "; "',
            "an invoice stands in for a quarantine certificate",
        ),
        (
            "a site forgets recalls", "core/vocabulary/reasons.py",
            "rank = min(max(EFFECTS.index(wanted), EFFECTS.index(words.least)), EFFECTS.index(words.most))",
            "rank = EFFECTS.index(wanted)",
            "one line of configuration puts recalled goods back on sale",
        ),
    ),
)  # fmt: skip
ALLOCATION = of_area(
    "allocation",
    ALLOCATION_TESTS,
    (
        (
            "no date goes first", "core/allocation.py", "lot.expiry or date.max", "lot.expiry or date.min",
            "goods with a date spoil behind goods without one",
        ),
        (
            "blocked lots go in turn", "core/allocation.py", 'return lot.state != "sellable", lot', "return False, lot",
            "the books sell a recalled lot before a good one",
        ),
        (
            "a lot below nothing", "core/allocation.py", "taken = min(left, lot.on_hand)", "taken = left",
            "stock becomes negative and nothing sums up any more",
        ),
        (
            "what is over vanishes", "core/allocation.py",
            "    if left:\n        yield", "    if not left:\n        yield",
            "goods sold above the books are never settled",
        ),
        (
            "a guess is told as a fact", "core/allocation.py",
            '*candidates)\n    return Allocation(parts, "fefo" if len(candidates) == 1 else "unknown"',
            '*candidates)\n    return Allocation(parts, "fefo"',
            "a shopper is told a lot that nobody knows",
        ),
        (
            "the tapped lot is ignored", "core/allocation.py",
            "key=lambda lot: (lot.id != chosen, fefo(lot))", "key=fefo",
            "the receipt names another lot than the pack in hand",
        ),
        (
            "a held lot sells when it is named", "core/allocation.py",
            '"yes" if known.state == "sellable" else "no"', '"no" if known.state == "blocked" else "yes"',
            "goods set aside for missing papers are sold",
        ),
        (
            "no tap beside a recalled lot", "core/allocation.py",
            'Check("confirm_lot", "blocked", good)', 'Check("yes", "sellable", good)',
            "a recalled pack passes the till as its sister lot",
        ),
    ),
) + of_area(
    "allocation",
    SELLING_TESTS,
    (
        (
            "a sale told twice is two sales", "services/selling.py",
            "_before(tx, told) or _record(tx, told, sold_at)", "_record(tx, told, sold_at)",
            "a till that repeats itself after a cut empties the stock",
        ),
        (
            "every part takes the whole line", "services/selling.py",
            '"sold", -part.quantity, "sale_line"', '"sold", -(row.quantity or part.quantity), "sale_line"',
            "two lots give twice what was sold",
        ),
        (
            "a lot that may be recalled rings no bell", "services/sold_alarms.py",
            "lot.id not in {*went.taken, *went.candidates}", "lot.id not in went.taken",
            "the shopper with the recalled pack is never found",
        ),
        (
            "the neighbour's lots are ours", "services/goods_asked.py",
            "StockLot.stall_id == who.stall, StockLot.key == key)", "StockLot.key == key)",
            "a sale takes the goods of the stall next door",
        ),
    ),
)  # fmt: skip
FOLD = of_area(
    "fold",
    FOLD_TESTS,
    (
        (
            "seen is not seen", "core/cases.py", "station[i].seq <= theirs.after", "station[i].seq < theirs.after",
            "the two nodes disagree about what came first",
        ),
        (
            "the station speaks first", "core/cases.py",
            "while i < len(station) and station[i].seq <= theirs.after:", "while i < len(station):",
            "a withdrawal undoes an inspector's taking it had not seen",
        ),
        (
            "a taken case can be withdrawn", "core/cases.py",
            'if state.state in {"open", "sent", "received"}:\n            return replace',
            'if state.state in {"open", "sent", "received", "taken"}:\n            return replace',
            "a case disappears from under the inspector's hands",
        ),
        (
            "a late wish is lost", "core/cases.py", "return replace(state, wish=True)", "return state",
            "nobody sees that the stall took its report back",
        ),
        (
            "an acknowledgement wakes a withdrawn case", "core/cases.py",
            'return replace(made, state="withdrawn") if state.withdrawn else made', "return made",
            "a report recorded by mistake comes to the desk",
        ),
        (
            "an appeal sets the goods free", "core/cases.py",
            'frozenset({"concluded", "appealed"})', 'frozenset({"concluded"})',
            "goods concluded against are sold while lawyers write",
        ),
        (
            "nobody has seen anything", "core/cases.py", "max(others, default=0)", "0",
            "an answer stands before the question it answers",
        ),
        (
            "the text is not in the hash", "core/cases.py", '            "body": event.body,\n', "",
            "a statement is rewritten and no chain shows it",
        ),
        (
            "numbers may have gaps", "core/cases.py",
            "event.seq == (previous.seq if previous else 0) + 1 and event.sha256", "event.sha256",
            "an author leaves out an event of its own",
        ),
        (
            "copies count", "core/cases.py",
            "once = {(e.node, e.seq): e for e in sorted(events, key=lambda e: e.sha256)}.values()",
            "once = list(events)",
            "a reply delivered twice is two replies",
        ),
        (
            "anybody writes anything", "core/cases.py", "check_author(node, kind)\n    own", "own",
            "a stall concludes its own case",
        ),
        (
            "a fine without a paper", "core/cases.py",
            'if outcome in BINDING or body.get("stop_order"):', 'if body.get("stop_order"):',
            "words that bind go out without a document's number",
        ),
        (
            "Saturday is a working day", "core/cases.py", "day.weekday() < 5", "day.weekday() < 6",
            "a notice is called late that is not",
        ),
        (
            "accents have two forms", "core/canonical.py", 'unicodedata.normalize("NFC", value)', "value",
            "the same text hashes differently on two machines",
        ),
    ),
)  # fmt: skip

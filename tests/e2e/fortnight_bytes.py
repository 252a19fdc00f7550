"""What the owner reads under "Dữ liệu nào đã gửi đi" is what reached the province, byte for byte, and nothing else did.

Asked of the province's own door (``tests.recorded``), not of the station that says it.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import orjson
import requests

from tests.e2e.fortnight_days import Story
from tests.e2e.fortnight_stall import API, Hand
from tests.e2e.fortnight_sums import hands
from tests.e2e.fortnight_town import Station
from tests.recorded import Request

ASKED = {"newer_than", "lots_after", "since", "limit", "key"}
MONEY = ("price", "amount", "total", "dong", "money", "receipt_no", "till", "cashier", "payment")
WRITES = ("POST", "PUT")


def messages(hand: Hand) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Every message on the owner's list, page after page; and those of the whole market."""
    told = hand.get("/outbox")
    shared, found = told["market"], list(told["messages"])
    while told["next"]:
        told = hand.get("/outbox", before=told["next"])
        found += told["messages"]
    return found, shared


def bytes_of(hand: Hand, message: dict[str, Any]) -> bytes:
    """What the owner downloads under "Tải đúng … byte đã gửi"."""
    where = f"{hand.url}{API}/outbox/{message['id']}/body"
    answer = requests.get(where, headers={"Authorization": f"Bearer {hand.key}"}, timeout=30)
    assert answer.status_code == 200, answer.text
    assert len(answer.content) == message["size"]
    return answer.content


def the_owners_saw_every_byte(story: Story) -> None:
    """For each station: all lists of its owners together are all bodies that came with its key."""
    paths = {one.path.rsplit("/v1/")[1].partition("/")[0] for one in story.town.heard.of(story.town.market.key)
             if one.method in WRITES}  # fmt: skip
    assert paths == {"case-events", "evidence", "receipts", "sightings", "stall-cards"}
    for station in (story.town.market, story.town.other):
        came = story.town.heard.of(station.key)
        shown: Counter[bytes] = Counter()
        shared: dict[str, bytes] = {}
        for hand, place in hands(story):
            if place is not station:
                continue
            own, market = messages(hand)
            assert {one["state"] for one in own} <= {"done"}, own
            shown.update(bytes_of(hand, one) for one in own)
            shared |= {one["id"]: bytes_of(hand, one) for one in market if one["kind"] != "enrolment"}
        shown.update(shared.values())
        assert Counter(one.body for one in came if one.method in WRITES) == shown
        questions = [one for one in came if one.method not in WRITES]
        assert {one.method for one in questions} == {"GET"}
        assert {one.body for one in questions} == {b""}
        assert set().union(*(parse_qs(one.query) for one in questions)) <= ASKED
        _nothing_of_money(story, came)
    _enrolments(story, [story.town.market, story.town.other])


def _nothing_of_money(story: Story, came: list[Request]) -> None:
    """No price, total or number of a receipt, under any name: as a member, as a value, inside a text."""
    money = {str(amount) for amount in story.book.money}
    for one in came:
        if not one.body:
            continue
        for name, value in leaves(orjson.loads(one.body)):
            assert not any(word in name for word in MONEY), (name, one.path)
            assert value not in money, (name, value, one.path)
        for number in story.book.receipts:
            assert number.encode() not in one.body, (number, one.path)


def leaves(told: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every value of a body as text, with the path of names that leads to it."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield from leaves(value, f"{name}/{key}")
    elif isinstance(told, list):
        for value in told:
            yield from leaves(value, name)
    else:
        yield name, str(told)


def _enrolments(story: Story, stations: list[Station]) -> None:
    """Without a key a station spoke once: code, public key, and what the stalls' signs say. Its owners read all of it
    but the code.
    """
    first = [one for one in story.town.heard.requests if one.path.endswith("/stations:enrol")]
    assert len(first) == len(stations)
    for one in first:
        told = orjson.loads(one.body)
        assert set(told) == {"code", "public_key", "site", "stalls"}
        assert {name for stall in told["stalls"] for name in stall} <= {"id", "number", "name", "gln", "commune"}
    codes = [orjson.loads(one.body)["code"].encode() for one in first]
    masked = {one.body.replace(code, b"*" * len(code)) for one, code in zip(first, codes, strict=True)}
    shown = set()
    for hand, _ in hands(story):
        shown |= {bytes_of(hand, one) for one in messages(hand)[1] if one["kind"] == "enrolment"}
    assert shown == masked

"""Who knocks, and where: wrong keys, wrong Idempotency-Keys, paths and queries that try to lead elsewhere."""

from urllib.parse import quote

import pytest

from pos_trace.core.roles import STATION_KEY_SCOPES
from pos_trace.services import accounts
from tests.conftest import NOW
from tests.web.hostile_doors import Door, all_doors, good, schema_of
from tests.web.hostile_town import Town, each_town, expired_key, refused, town
from tests.web.test_hostile_input import WITH_BODY, by_name

__all__ = ["each_town", "town"]

CLOSED = [door for door in all_doors(is_api=True) if door.needs]
WITH_PATH = [door for door in all_doors() if "<" in door.rule and door.method == "GET"]
ACTING = [door for door in CLOSED if "<" in door.rule and door.method != "GET"]
ASKING = [door for door in CLOSED if door.query is not None]
BEARERS = ["", "Bearer", "Bearer ", "Bearer  ", "bearer x", "Bearer ptk_", "Bearer ptk__", "Bearer ptk_0000_0000",
           "Bearer ptd_", "Bearer ptd_x", "Bearer " + "a" * 20_000, "Bearer ptk_\x7f_\x01",
           "Bearer ptk_\0_x", "Bearer ptd_\0", "Bearer ptk_é_é",
           "Bearer ptk_' OR 1=1 --_x", "Bearer null", "Bearer undefined", "Token x", "Basic YTpi", "Digest x",
           "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."]  # fmt: skip
ONCE = ["", " " * 3 + "\t", "k" * 256, "k" * 20_000, "a\x01b", "a\x7fb", "a\x80b", "\x1b[2J"]
PARTS = ["..", "../..", "....//....//etc/passwd", "..\\..\\windows", "%2e%2e%2f", "\0", "x\0y", "'", "' OR '1'='1",
         "1; DROP TABLE stall; --", "<script>", "{{7*7}}", "${jndi:ldap://x}", "\u202e", "\ud7ff\U0001f4a3", "é" * 50,
         "a" * 5000, "-1", "0", "9" * 40, "1e9", "null", "*", "%", "_", " ", "\r\nSet-Cookie: a=b", "?a=b", "#x",
         "/etc/passwd", "file:///etc/passwd", "CON", "~root"]  # fmt: skip
QUERIES = ["since=-1", "since=9223372036854775808", "since=1e309", "since=NaN", "since=x", "since=1&since=x", "limit=0",
           "limit=-1", "limit=999999999", "state=%00", "state=" + "x" * 3000, "before=%00", "before=..%2f", "before=-",
           "key=%00%00%00", "key=" + "x" * 3000, "ground=" + "x" * 3000, "ground=%00%1b"]  # fmt: skip


@by_name(CLOSED)
def test_nobody_enters_without_a_right_key_and_nothing_is_read_or_written(each_town: Town, door: Door) -> None:
    before = each_town.rows(door.role)
    more = {"json": good(schema_of(door.body))} if door.body else {}
    wrong = {}
    for header in BEARERS:
        answer = each_town.ask(
            door, headers={"Authorization": header.encode("latin-1", "replace").decode("latin-1")}, **more
        )
        found = refused(answer, (401,))
        if found or answer.json["code"] != "unauthorised" or answer.headers["WWW-Authenticate"] != "Bearer":
            wrong[header[:30]] = found or answer.text
    assert wrong == {}
    assert refused(each_town.ask(door, headers={"Authorization": None}, **more), (401,)) is None
    assert each_town.rows(door.role) == before
    each_town.good_request_works(door.role)


@pytest.mark.parametrize("role", ["station", "province"])
@pytest.mark.parametrize("expires", [True, False], ids=["expired", "taken_back"])
def test_a_key_of_yesterday_or_taken_back_opens_no_door(town: Town, role: str, expires: bool) -> None:
    key = expired_key(town, role, expires)
    for door in CLOSED:
        if door.role == role:
            answer = town.ask(door, headers={"Authorization": f"Bearer {key}"}, json={})
            assert refused(answer, (401,)) is None, door.name


@by_name(CLOSED)
def test_a_key_of_another_node_or_for_another_work_opens_no_door(town: Town, door: Door) -> None:
    other = town.keys["province" if door.role == "station" else "station"]
    assert refused(town.ask(door, headers={"Authorization": f"Bearer {other}"}, json={}), (401,)) is None
    node = town.node(door.role)
    scopes = frozenset({"stock", "inspect"}) | STATION_KEY_SCOPES
    with node.write(node.machine("setup"), NOW) as tx:
        narrow = accounts.new_key(tx, "hẹp", scopes - {door.needs}, stall_id=town.night.stalls["A-12"])
    before = town.rows(door.role)
    answer = town.ask(door, headers={"Authorization": f"Bearer {narrow}"}, json={})
    assert refused(answer, (403,)) is None
    assert answer.json["code"] == "forbidden"
    assert town.rows(door.role) == before


@by_name([door for door in WITH_BODY if door.needs])
def test_a_strange_idempotency_key_is_refused_before_anything_is_done(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    wrong = {}
    for key in ONCE:
        answer = town.ask(door, headers={"Idempotency-Key": key}, json=good(schema_of(door.body)))
        if found := refused(answer, (422,)):
            wrong[key[:20]] = found
    assert wrong == {}
    assert town.rows(door.role) == before


@by_name(WITH_PATH)
def test_a_path_leads_nowhere_else(each_town: Town, door: Door) -> None:
    before = each_town.rows(door.role)
    wrong = {}
    for name in each_town.names(door):
        for part in PARTS:
            if name == "filename":
                continue
            for written in {quote(part, safe=""), quote(part, safe="/")}:
                answer = each_town.ask(door, each_town.path(door, **{name: written}))
                if answer.status_code >= 500 or b"root:" in answer.data or "Set-Cookie" in answer.headers:
                    wrong[part[:20]] = f"{answer.status_code} {answer.text[:100]}"
                elif door.is_api and answer.status_code >= 400 and (found := refused(answer)):
                    wrong[part[:20]] = found
    assert wrong == {}
    assert each_town.rows(door.role) == before


@by_name(ACTING)
def test_nothing_is_done_to_a_thing_of_a_strange_name(each_town: Town, door: Door) -> None:
    before = each_town.rows(door.role)
    more = {"json": good(schema_of(door.body))} if door.body else {}
    wrong = {}
    for name in each_town.names(door):
        if name == "sku":
            continue  # a product may be called anything printable: tests of words
        for part in PARTS:
            answer = each_town.ask(door, each_town.path(door, **{name: quote(part, safe="")}), **more)
            if found := refused(answer):
                wrong[part[:20]] = found
    assert wrong == {}
    assert each_town.rows(door.role) == before


@by_name(ASKING)
def test_strange_questions_are_refused_or_answered_but_never_fail(each_town: Town, door: Door) -> None:
    before = each_town.rows(door.role)
    wrong = {}
    for query in QUERIES:
        answer = each_town.ask(door, f"{each_town.path(door)}?{query}")
        if answer.status_code >= 500 or (answer.status_code >= 400 and refused(answer)):
            wrong[query[:20]] = f"{answer.status_code} {answer.text[:100]}"
    assert wrong == {}
    looked = {name: count for name, count in each_town.rows(door.role).items() if count != before[name]}
    assert set(looked) <= {"access_entry", "audit_entry", "version_counter"}, "a look may be written down, nothing else"

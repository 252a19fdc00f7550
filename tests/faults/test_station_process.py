"""The station's real process under bad weather: SIGTERM, slow and vanishing clients, a full disk, a dead province."""

import resource
import socket
import struct
import uuid
from collections.abc import Iterator

import orjson
import pytest
import requests
from sqlalchemy import func, select

from pos_trace.demo.lots import RECORD_HOST, UNPUBLISHED_KEY
from pos_trace.demo.parts import label_picture, until
from pos_trace.demo.people import STATION_ID
from pos_trace.store import audit
from pos_trace.store.models import Case, Delivery, OutboxMessage, PublishedReceipt, Sale, Scan
from tests.faults.customers import COFFEE, COFFEE_KEY
from tests.faults.market import Market, running_market

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400), pytest.mark.xdist_group("station_process")]

API = "/api/v1"
KNOWN = {"text": f"{RECORD_HOST}/{COFFEE_KEY}"}
UNKNOWN = {"text": f"{RECORD_HOST}/{UNPUBLISHED_KEY}"}
EXIT_S = 20
SLOW_CLIENTS = 40


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """One market for this module; every test leaves it whole."""
    with running_market(tmp_path_factory.mktemp("weather") / "market", 1) as made:
        yield made


def post(market: Market, path: str, body: object, key: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {market.key}", "Idempotency-Key": key or uuid.uuid4().hex}
    headers["Content-Type"] = "application/json"
    with requests.Session() as session:
        session.trust_env = False
        return session.post(market.url + API + path, data=orjson.dumps(body), headers=headers, timeout=20)


def count(market: Market, model: type, node: str = "station", *where: object) -> int:
    with market.book(node) as database, database.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def raw(market: Market, data: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", market.demo.station.port), 10)
    made.sendall(data)
    return made


def request_bytes(market: Market, path: str, body: object, sent: int | None = None, key: str = "") -> bytes:
    """The bytes of a POST under ``key``; with ``sent`` only so many of its body."""
    data = orjson.dumps(body)
    once = f"Idempotency-Key: {key}\r\n" if key else ""
    head = f"POST {API}{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {market.key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n{once}\r\n"
    return head.encode() + data[:sent]


def sale(name: str) -> dict:
    lines = [{"line_no": 1, "barcode": COFFEE, "qty": "1", "unit_price": 125000}]
    return {"external_id": name, "lines": lines}


def test_a_scan_that_waits_for_the_province_is_answered_after_sigterm(market: Market) -> None:
    faults = f"{market.demo.province.url}/_faults"
    requests.post(faults, json={"mode": "slow", "times": 1000}, timeout=10).raise_for_status()
    process = market.demo.station.process
    assert process is not None
    with raw(market, request_bytes(market, "/scans", UNKNOWN, key="drained")) as connection:
        process.terminate()
        connection.settimeout(EXIT_S)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert process.wait(EXIT_S) == 0
    requests.post(faults, json={"mode": "none"}, timeout=10).raise_for_status()
    market.start_station()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    again = post(market, "/scans", UNKNOWN, "drained")
    assert (again.status_code, again.content) == (200, body)
    assert count(market, Scan, "station", Scan.id == again.json()["scan"]["id"]) == 1


def test_forty_clients_with_half_a_body_do_not_stop_a_scan(market: Market) -> None:
    slow = [raw(market, request_bytes(market, "/scans", KNOWN, sent=5)) for _ in range(SLOW_CLIENTS)]
    try:
        for _ in range(5):
            answer = post(market, "/scans", KNOWN)
            assert (answer.status_code, answer.json()["verdict"]["status"]) == (200, "verified")
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize("how", ["closed", "half open"])
def test_a_client_that_vanishes_after_asking_has_its_sale_once(market: Market, how: str) -> None:
    body = sale(f"vanished-{how}")
    connection = raw(market, request_bytes(market, "/sales", body))
    if how == "closed":
        connection.close()
    until("the sale", lambda: count(market, Sale, "station", Sale.external_id == body["external_id"]), bool)
    again = post(market, "/sales", body)
    assert again.status_code == 201
    assert count(market, Sale, "station", Sale.external_id == body["external_id"]) == 1
    connection.close()


@pytest.mark.parametrize("sent", [None, 0, 10], ids=["whole", "no body", "half a body"])
def test_a_client_that_is_reset_harms_nobody_and_may_ask_again(market: Market, sent: int | None) -> None:
    body = sale(f"reset-{sent}")
    for _ in range(5):
        connection = raw(market, request_bytes(market, "/sales", body, sent))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    assert post(market, "/sales", body).status_code == 201
    assert count(market, Sale, "station", Sale.external_id == body["external_id"]) == 1


def test_a_repeated_request_gets_its_first_answer_whatever_happened_since(market: Market) -> None:
    """A phone that never heard "đã nhận" asks again hours later, when the delivery is long closed."""
    delivery = post(market, "/deliveries", {"supplier_name": "Xe hỏi lại (mẫu)"}).json()["id"]
    body = KNOWN | {"delivery_id": delivery, "quantity": "5", "unit": "gói"}
    first = post(market, "/scans", body, "asked-twice")
    assert post(market, f"/deliveries/{delivery}/close", {}).status_code == 200
    again = post(market, "/scans", body, "asked-twice")
    assert (again.status_code, again.content) == (200, first.content)
    other = post(market, "/scans", body | {"quantity": "6"}, "asked-twice")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert post(market, "/scans", body).json()["code"] == "delivery_closed"


@pytest.fixture
def full_disk(market: Market) -> Iterator[None]:
    """Not one more byte fits into any file of the station's process, until the end of the test."""
    resource.prlimit(market.demo.station.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    yield
    resource.prlimit(market.demo.station.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/scans", KNOWN),
        ("/deliveries", {"supplier_name": "Xe đầy (mẫu)"}),
        ("/sales", sale("full-disk")),
    ],
)
def test_a_full_disk_is_told_in_clear_words_and_nothing_is_half_kept(
    market: Market, request: pytest.FixtureRequest, path: str, body: dict
) -> None:
    before = post(market, "/sales", sale("before-full-disk")).json()
    counts = [count(market, model) for model in (Scan, Delivery, Sale)]
    request.getfixturevalue("full_disk")
    for _ in range(3):
        refused = post(market, path, body, "full-disk-key")
        told = refused.json()
        assert (refused.status_code, told["code"]) == (503, "database_unavailable")
        assert told["detail"] == "Máy chưa ghi được. Chưa lưu gì; thử lại."
    assert requests.get(f"{market.url}/healthz", timeout=10).status_code == 200
    stock = requests.get(f"{market.url}{API}/stock", headers={"Authorization": f"Bearer {market.key}"}, timeout=10)
    assert stock.status_code == 200
    assert post(market, "/scans", KNOWN | {"dry_run": True}).json()["verdict"]["status"] == "verified"
    assert [count(market, model) for model in (Scan, Delivery, Sale)] == counts
    resource.prlimit(market.demo.station.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    again = post(market, path, body, "full-disk-key")
    assert again.status_code in (200, 201)
    assert post(market, path, body, "full-disk-key").json() == again.json()
    assert post(market, "/sales", sale("before-full-disk")).json() == before
    with market.book("station") as database, database.read() as session:
        assert audit.verify(session, STATION_ID).ok


@pytest.mark.usefixtures("full_disk")
def test_a_photo_on_a_full_disk_is_refused_in_clear_words(market: Market) -> None:
    photo = {"photo": ("label.png", label_picture(KNOWN["text"]), "image/png")}
    headers = {"Authorization": f"Bearer {market.key}"}
    refused = requests.post(f"{market.url}{API}/scans", files=photo, headers=headers, timeout=20)
    assert refused.status_code == 503
    assert refused.json()["code"] in ("disk_unavailable", "database_unavailable")
    assert "Máy chưa" in refused.json()["detail"]


def test_a_killed_province_costs_nothing_but_waiting(market: Market) -> None:
    """Sales and reports go on; what waited arrives once, by itself, after the province is back."""
    market.demo.province.kill()
    delivery = post(market, "/deliveries", {"supplier_name": "Xe lúc mất mạng (mẫu)"}).json()["id"]
    hens = {"goods_name": "Gà ta làm sẵn", "goods_group": "thit", "quantity": "12", "unit": "con"}
    flag = post(market, f"/deliveries/{delivery}/lines", hens).json()["line"]["flag"]["id"]
    case = post(market, f"/flags/{flag}/send", {}).json()["case_id"]
    token = post(market, "/sales", sale("province-away")).json()["trace_url"].rpartition("/")[2]
    verdict = post(market, "/scans", UNKNOWN).json()["verdict"]
    assert verdict["status"] == "unchecked"
    known = post(market, "/scans", KNOWN).json()["verdict"]
    assert known["status"] == "verified"
    assert known["records"]["age_s"] is not None
    assert count(market, OutboxMessage, "station", OutboxMessage.state != "done") >= 2
    market.demo.province.start()
    waiting = OutboxMessage.state != "done"
    until("an empty outbox", lambda: count(market, OutboxMessage, "station", waiting), lambda left: left == 0, 300)
    assert count(market, Case, "province", Case.id == case) == 1
    assert count(market, PublishedReceipt, "province", PublishedReceipt.token == token) == 1

"""An EPCIS 2.0 repository: what a lot's events carry becomes its record, and nothing they do not carry."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pos_trace.adapters.provinces.epcis_query import MOST_PAGES, EpcisQuery
from pos_trace.adapters.provinces.json_mapping import caller_of
from pos_trace.adapters.provinces.source import Source
from tests.adapters.foreign import GTIN, KEY, LOT, NOW, says

GLN = "9521234540007"
MADE: dict[str, Any] = {
    "eventID": "urn:uuid:1",
    "type": "ObjectEvent",
    "action": "ADD",
    "bizStep": "commissioning",
    "disposition": "active",
    "eventTime": "2026-11-23T20:10:00Z",
    "quantityList": [{"epcClass": f"https://id.gs1.org/{KEY}", "quantity": 120.5, "uom": "KGM"}],
    "readPoint": {"id": f"https://id.gs1.org/414/{GLN}/254/GATE1"},
    "bizLocation": {"id": f"https://id.gs1.org/414/{GLN}"},
    "ilmd": {
        "cbvmda:lotNumber": LOT,
        "cbvmda:descriptionShort": [{"@value": "Cải thảo (mẫu)", "@language": "vi"}],
        "cbvmda:itemExpirationDate": "2026-12-01T00:00:00Z",
        "cbvmda:countryOfOrigin": "VN",
    },
}


def document(*events: Any) -> dict[str, Any]:
    return {"type": "EPCISQueryDocument", "epcisBody": {"queryResults": {"resultsBody": {"eventList": list(events)}}}}


class Repository:
    def __init__(self, server: HTTPServer) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: Callable[[Request], Response] = lambda _: says(document(MADE))
        server.expect_request("/events").respond_with_handler(self.events)
        url = f"http://{server.host}:{server.port}"
        told = Source.model_validate(
            {"name": "E", "kind": "epcis_query", "base_url": url, "facility": {GLN: "HTX (mẫu)"}}
        )
        self.source = EpcisQuery(told, caller_of(told, {}), lambda: NOW)

    def events(self, request: Request) -> Response:
        self.asked.append(dict(request.args) | {"version": request.headers["GS1-EPCIS-Version"]})
        return self.answer(request)

    def says(self, *events: Any) -> None:
        self.answer = lambda _: says(document(*events))


@pytest.fixture
def repository(httpserver: HTTPServer) -> Repository:
    return Repository(httpserver)


def test_a_lot_is_what_its_events_carry(repository: Repository) -> None:
    answer = repository.source.find(KEY)
    assert answer.record is not None
    assert answer.facility is not None
    record = answer.record
    assert (record.key, record.gtin, record.lot, record.product_name) == (KEY, GTIN, LOT, "Cải thảo (mẫu)")
    assert (record.expiry_date, record.origin_country, record.status) == (date(2026, 12, 1), "VN", "active")
    assert (record.facility_id, answer.facility.name) == (GLN, "HTX (mẫu)")
    assert record.events == ({"type": "commissioning", "at": "2026-11-24", "place_gln": GLN},)
    wanted = {"MATCH_anyEPCClass": f"https://id.gs1.org/{KEY}", "perPage": "100", "version": "2.0.0"}
    assert repository.asked == [wanted]


@pytest.mark.parametrize("key", [f"{KEY}/21/7", f"01/{GTIN}/21/7", "00/095212345400000014"])
def test_a_serial_and_a_pallet_are_asked_for_by_their_epc(repository: Repository, key: str) -> None:
    repository.says()
    assert repository.source.find(key).state == "absent"
    assert repository.asked[0]["MATCH_anyEPC"] == f"https://id.gs1.org/{key}"


@pytest.mark.parametrize("key", [f"01/{GTIN}", "kt:CT-1"])
def test_what_names_no_lot_is_not_asked(repository: Repository, key: str) -> None:
    assert (repository.source.find(key).state, repository.asked) == ("unavailable", [])


def later(disposition: str | None, hour: int = 23, **more: Any) -> dict[str, Any]:
    event = MADE | {"eventID": f"urn:uuid:{hour}", "eventTime": f"2026-11-23T{hour}:30:00Z", "ilmd": None} | more
    return event | ({"disposition": disposition} if disposition else {})


@pytest.mark.parametrize(
    ("dispositions", "status"),
    [
        (["in_progress"], "active"),
        (["recalled"], "recalled"),
        (["recalled", "in_progress"], "recalled"),
        (["https://ref.gs1.org/cbv/Disp-expired"], "expired"),
        (["destroyed"], "revoked"),
        (["no_pedigree_match"], "suspended"),
        (["no_pedigree_match", "in_progress"], "active"),
    ],
)
def test_the_last_disposition_is_the_status_and_a_recall_stands(
    repository: Repository, dispositions: list[str], status: str
) -> None:
    events = [later(one, 22 + place) for place, one in enumerate(dispositions)]
    repository.says(*reversed(events), MADE)
    answer = repository.source.find(KEY)
    assert answer.record is not None
    assert answer.record.status == status


def test_an_event_declared_wrong_counts_no_more(repository: Repository) -> None:
    wrong = later("recalled")
    repository.says(MADE, wrong, wrong | {"errorDeclaration": {"reason": "did_not_occur"}})
    answer = repository.source.find(KEY)
    assert answer.record is not None
    assert answer.record.status == "active"
    repository.says(MADE | {"errorDeclaration": {}})
    assert repository.source.find(KEY).state == "absent"


def test_events_of_another_lot_are_not_this_ones(repository: Repository) -> None:
    other = [{"epcClass": f"https://id.gs1.org/{KEY}-KHAC"}]
    repository.says(MADE | {"quantityList": other, "epcList": [7], "childEPCs": None})
    assert repository.source.find(KEY).state == "absent"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ilmd": {"cbvmda:lotNumber": LOT}}, "thiếu trường 'product_name' (tìm ở 'ilmd.cbvmda:descriptionShort')"),
        ({"readPoint": None, "bizLocation": {"id": "urn:epc:id:sgln:9521234.54000.0"}}, "thiếu trường 'facility_id'"),
        ({"eventTime": "hôm qua"}, "dạng ngày"),
        ({"eventTime": None}, "dạng ngày"),
    ],
)
def test_what_the_events_lack_is_named_and_no_record_is_made_up(
    repository: Repository, changed: dict[str, Any], said: str
) -> None:
    repository.says(MADE | changed)
    assert repository.source.find(KEY).state == "unavailable"
    assert said in repository.source.problem


def test_pages_are_followed_to_a_bound(repository: Repository) -> None:
    def page(request: Request) -> Response:
        place = int(request.args.get("nextPageToken", "0"))
        answer = says(document(MADE | {"eventID": f"urn:uuid:{place}"}))
        if place < ends:
            answer.headers["Link"] = f'<http://x/events?nextPageToken={place + 1}>; rel="next"'
        return answer

    repository.answer, ends = page, 2
    answer = repository.source.find(KEY)
    assert answer.record is not None
    assert (len(answer.record.events), len(repository.asked)) == (3, 3)
    ends = 99
    assert repository.source.find(KEY).state == "unavailable"
    assert len(repository.asked) == 3 + MOST_PAGES


def test_only_the_specifications_own_word_for_nothing_is_absent(repository: Repository) -> None:
    repository.answer = lambda _: says({"type": "epcisException:NoSuchResourceException"}, 404)
    assert repository.source.find(KEY).state == "absent"
    repository.answer = lambda _: says({"detail": "no route"}, 404)
    assert repository.source.find(KEY).state == "unavailable"


def test_no_published_example_gives_a_record_it_does_not_carry(repository: Repository, shared: Path) -> None:
    """The examples have no ilmd: none of them names its product."""
    examples = orjson.loads((shared / "vectors" / "epcis_events.json").read_bytes())
    documents = [one["document"] for one in (*examples["valid"], *examples["invalid"])]
    assert len(documents) > 10
    for told in documents:
        repository.answer = lambda _, told=told: says(told)
        assert repository.source.find("01/09521234543213/10/LOT42").state in ("absent", "unavailable")

"""A GS1 resolver and the national portal: what they can say beside a verdict, and that it is never a record."""

from typing import Any

import orjson
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pos_trace.adapters.provinces.elsewhere import Page
from pos_trace.adapters.provinces.gs1_resolver import MOST_PAGES, Gs1Resolver
from pos_trace.adapters.provinces.json_mapping import caller_of
from pos_trace.adapters.provinces.national_portal import FAILURES, NationalPortal
from pos_trace.adapters.provinces.source import Source
from tests.adapters.foreign import GTIN, KEY, says

OFFICIAL = "https://txng.tinh.example"


@pytest.fixture
def resolver(httpserver: HTTPServer) -> Gs1Resolver:
    url = f"http://{httpserver.host}:{httpserver.port}"
    told = Source.model_validate(
        {"name": "GS1", "kind": "gs1_resolver", "base_url": url, "hosts": ["txng.tinh.example"], "deadline_s": 1}
    )
    return Gs1Resolver(told, caller_of(told, {}))


def linkset(server: HTTPServer, *contexts: Any) -> None:
    body = orjson.dumps({"linkset": list(contexts)})
    asked = server.expect_request(
        f"/{KEY}", query_string={"linkType": "linkset"}, headers={"Accept": "application/linkset+json"}
    )
    asked.respond_with_data(body, content_type="application/linkset+json")


@pytest.mark.parametrize("vocabulary", ["https://ref.gs1.org/voc/", "https://gs1.org/voc/", "https://www.gs1.org/voc/"])
def test_pages_are_told_by_their_link_type_in_each_form_of_the_vocabulary(
    httpserver: HTTPServer, resolver: Gs1Resolver, vocabulary: str
) -> None:
    link = {"href": f"{OFFICIAL}/lo/7", "title": "Lô 7", "type": "text/html", "hreflang": ["vi"]}
    linkset(
        httpserver,
        {"anchor": f"https://id.gs1.org/{KEY}", "itemDescription": "Cải thảo", f"{vocabulary}traceability": [link]},
        {
            "anchor": f"https://id.gs1.org/01/{GTIN}",
            f"{vocabulary}recallStatus": [link | {"hreflang": "en", "title": 7}],
        },
    )
    told = resolver.look(KEY)
    assert (told.state, told.title) == ("known", "Cải thảo")
    assert told.pages == (
        Page("traceability", f"{OFFICIAL}/lo/7", "Lô 7", "vi"),
        Page("recallStatus", f"{OFFICIAL}/lo/7", "", "en"),
    )


def test_only_links_to_allowed_hosts_are_told(httpserver: HTTPServer, resolver: Gs1Resolver) -> None:
    hrefs = [
        "https://ke-gian.example/lo",
        "javascript:alert(1)",
        "https://txng.tinh.example@ke-gian.example/",
        "https://[x",
        f"{OFFICIAL}/\u0000",
        f"{OFFICIAL}/" + "x" * 700,
        7,
    ]
    links = [{"href": href} for href in hrefs] + ["text"]
    linkset(httpserver, {"https://ref.gs1.org/voc/pip": links, "http://other.example/pip": [{"href": OFFICIAL}]})
    assert resolver.look(KEY).pages == ()


def test_a_linkset_without_end_is_bounded(httpserver: HTTPServer, resolver: Gs1Resolver) -> None:
    linkset(httpserver, {"https://ref.gs1.org/voc/pip": [{"href": OFFICIAL}] * (MOST_PAGES + 9)})
    assert len(resolver.look(KEY).pages) == MOST_PAGES


def test_an_old_resolver_is_asked_in_its_own_words(httpserver: HTTPServer, resolver: Gs1Resolver) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.args["linkType"])
        return says({}, 400) if request.args["linkType"] == "linkset" else says({"linkset": []})

    httpserver.expect_request(f"/{KEY}").respond_with_handler(answer)
    assert (resolver.look(KEY).state, asked) == ("known", ["linkset", "all"])


def test_what_a_resolver_does_not_know_and_what_it_cannot_be_asked(
    httpserver: HTTPServer, resolver: Gs1Resolver
) -> None:
    httpserver.expect_request(f"/{KEY}").respond_with_json({}, status=404)
    assert resolver.look(KEY).state == "unknown"
    assert resolver.look("kt:CT-1").state == "unavailable"
    assert not hasattr(resolver, "find")


class Portal:
    """The national portal's gateway as its clients describe it: errors inside 200, tokens, one product resource."""

    def __init__(self, server: HTTPServer) -> None:
        self.tokens, self.body, self.asked = 0, {}, 0
        self.products: Any = [
            {
                "id": 7,
                "gtinCode": GTIN[1:],
                "ten": "Cải thảo (mẫu)",
                "tenToChuc": "HTX (mẫu)",
                "xuatXu": "Việt Nam",
                "hinhAnh": "https://anh.example/7.jpg",
                "trangThai": 1,
            }
        ]
        server.expect_request("/token", method="POST").respond_with_handler(self.token)
        server.expect_request("/gwdev/tochuc/v5/ToChuc_SanPham").respond_with_handler(self.look)
        url = f"http://{server.host}:{server.port}"
        self.told = Source.model_validate(
            {
                "name": "Cổng quốc gia",
                "kind": "national_portal",
                "base_url": f"{url}/gwdev",
                "auth": {"kind": "oauth2", "user": "tram", "secret_env": "PORTAL", "login": f"{url}/token"},
            }
        )

    def token(self, request: Request) -> Response:
        self.tokens += 1
        return says({"access_token": f"t{self.tokens}"})

    def look(self, request: Request) -> Response:
        self.asked += 1
        if request.headers["Authorization"] != f"Bearer t{self.tokens}":
            return says({"error": "ERR_TOKEN_EXPIRED"})
        return says(self.body or {"data": self.products})

    def adapter(self, **more: Any) -> NationalPortal:
        return NationalPortal(self.told, caller_of(self.told, {"PORTAL": "khoa-rieng"}), **more)


@pytest.fixture
def portal(httpserver: HTTPServer) -> Portal:
    return Portal(httpserver)


def test_the_portal_tells_product_organisation_origin_and_whether_it_is_active(portal: Portal) -> None:
    told = portal.adapter().look(KEY)
    assert (told.state, told.title, told.organisation, told.origin) == (
        "known",
        "Cải thảo (mẫu)",
        "HTX (mẫu)",
        "Việt Nam",
    )
    assert (told.active, told.pages) == (True, (Page("image", "https://anh.example/7.jpg"),))
    portal.products[0] |= {"trangThai": 0, "hinhAnh": "/7.jpg"}
    assert (portal.adapter().look(KEY).active, portal.adapter().look(KEY).pages) == (False, ())
    assert not hasattr(portal.adapter(), "find")  # a product is no lot: there is no record to find


@pytest.mark.parametrize(
    "wrapped", [lambda p: {"items": p}, lambda p: {"data": {"items": p}}, lambda p: p, lambda p: {"data": p[0]}]
)
def test_lists_are_read_in_each_wrapping(portal: Portal, wrapped: Any) -> None:
    portal.body = wrapped(portal.products)
    assert portal.adapter().look(KEY).state == "known"


def test_another_product_or_none_is_unknown(portal: Portal) -> None:
    portal.products[0]["gtinCode"] = "9521234600060"
    assert portal.adapter().look(KEY).state == "unknown"
    portal.products = []
    assert portal.adapter().look(KEY).state == "unknown"
    assert portal.adapter().look("00/095212345400000014").state == "unavailable"


def test_an_error_inside_200_is_unavailable_and_after_some_nobody_asks_for_a_while(portal: Portal) -> None:
    clock = [0.0]
    adapter = portal.adapter(monotonic=lambda: clock[0])
    portal.body = {"error": "ERR_SYS_DEV", "debugMessage": "System.NullReferenceException: Object reference"}
    for _ in range(FAILURES + 2):
        assert adapter.look(KEY).state == "unavailable"
    assert portal.asked == FAILURES
    assert "ERR_SYS_DEV" in adapter.problem
    assert "NullReference" not in adapter.problem
    portal.body, clock[0] = {}, 61.0
    assert (adapter.look(KEY).state, adapter.problem) == ("known", "")


def test_a_token_that_ended_is_renewed_once(portal: Portal) -> None:
    adapter = portal.adapter()
    adapter.look(KEY)
    portal.tokens = 5
    assert (adapter.look(KEY).state, portal.tokens) == ("known", 6)

"""The pages' own forms, found by opening every page: strange words in each field, no token, a way out to elsewhere."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.hostile_doors import ROLES, all_doors
from tests.web.hostile_town import Town, each_town, on_postgres, people, town
from tests.web.test_hostile_words import MARK, WORDS

__all__ = ["each_town", "town"]

ELSEWHERE = ["//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example",
             "javascript:alert(1)", "/%09/evil.example", "/\t/evil.example", "http:evil.example", "///evil.example",
             "\x00//evil.example"]  # fmt: skip


@dataclass
class Form:
    """A form of a page: where it goes and what it carries."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """Collects the forms of one page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self.inside = page, [], False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self.found.append(Form(told.get("action") or self.page, (told.get("method") or "get").upper()))
            self.inside = True
        elif self.inside and tag in ("input", "textarea", "select", "button") and told.get("name"):
            self.found[-1].fields.setdefault(str(told["name"]), told.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def browser(town: Town, role: str) -> FlaskClient:
    """Somebody who may open every page of the role, logged in."""
    client = town.apps[role].test_client()
    assert log_in(town, role, client).status_code == 303
    return client


def log_in(town: Town, role: str, client: FlaskClient, **more: str) -> TestResponse:
    """Log in by the page people use, on an enrolled device at the station."""
    login, secret, device = people(town)[role]
    if device:
        client.set_cookie("pt_device", device)
    form = next(one for one in forms(client, "/login") if one.fields.get("login") in ("", login))
    return client.post("/login", data=form.fields | {"login": login, "secret": secret} | more)


def forms(client: FlaskClient, page: str) -> list[Form]:
    """The posting forms of ``page``."""
    parser = Forms(page)
    answer = client.get(page)
    if answer.mimetype == "text/html":
        parser.feed(answer.text)
    return [form for form in parser.found if form.method == "POST"]


def every_form(town: Town, role: str, client: FlaskClient) -> dict[str, Form]:
    """Every form of every page of the role, by where it goes and what it carries."""
    found = {}
    for door in all_doors(role=role, method="GET"):
        if not door.is_api:
            for form in forms(client, town.path(door)):
                found[f"{form.action} {' '.join(sorted(form.fields))}"] = form
    return found


def wrong_with(answer: TestResponse) -> str | None:
    """What is wrong with the answer of a form; None when nothing is."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if f"<script>{MARK}" in answer.text or "<img src=x" in answer.text or f"onmouseover='{MARK}'" in answer.text:
        return "shown as it came"  # signs nobody sees may come back to the hand that typed them
    parts = urlsplit(answer.headers.get("Location", ""))
    if parts.netloc or parts.scheme:
        return f"leads to {answer.headers['Location']}"
    if any(cookie.startswith("a=") for cookie in answer.headers.getlist("Set-Cookie")):
        return "a cookie came in with the words"
    return None


@pytest.fixture(scope="module")
def client_of(each_town: Town) -> dict[str, FlaskClient]:
    return {role: browser(each_town, role) for role in ROLES}


@on_postgres
@pytest.mark.parametrize("role", ROLES)
def test_forms_take_strange_words_as_words_or_refuse_them(
    each_town: Town, client_of: dict[str, FlaskClient], role: str
) -> None:
    client = client_of[role]
    found = every_form(each_town, role, client)
    assert len(found) >= {"station": 2, "province": 3}[role]
    wrong: dict[str, Any] = {}
    for name, form in found.items():
        if form.action.endswith("/logout"):
            continue
        for place in form.fields:
            for kind, word in WORDS.items():
                if place == "csrf_token":
                    continue
                if problem := wrong_with(client.post(form.action, data=form.fields | {place: word})):
                    wrong[f"{name} {place} {kind}"] = problem
    assert wrong == {}
    each_town.good_request_works(role)


@on_postgres
@pytest.mark.parametrize("role", ROLES)
def test_a_form_without_its_token_does_nothing(each_town: Town, client_of: dict[str, FlaskClient], role: str) -> None:
    client = client_of[role]
    found = every_form(each_town, role, client)
    before = each_town.rows(role)
    for name, form in found.items():
        if "csrf_token" not in form.fields:
            assert form.action in ("/m",), f"{name} carries no token"  # a shopper's search writes nothing
            continue
        for token in ("", "x", "é", "\x1b", "x" * 5000, None):
            fields = {key: value for key, value in form.fields.items() if key != "csrf_token"}
            answer = client.post(form.action, data=fields if token is None else fields | {"csrf_token": token})
            assert answer.status_code in (400, 403), name
    assert each_town.rows(role) == before


@pytest.mark.parametrize("target", ELSEWHERE)
def test_logging_in_leads_to_a_page_of_this_node_only(town: Town, target: str) -> None:
    answer = log_in(town, "station", town.apps["station"].test_client(), next=target)
    assert answer.status_code < 500
    assert wrong_with(answer) is None
    assert "evil" not in answer.headers.get("Location", "")

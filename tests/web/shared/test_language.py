"""Staff screens in English: every word has one, the compiled catalogue is the written one, the choice is kept."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import pos_trace.web
from pos_trace.web.province import frame as desk
from pos_trace.web.station import frame, pages_market
from tests.web.market_app import Market

HERE = Path(str(pos_trace.web.__file__)).parent
WRITTEN = HERE / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MENUS = {title for *_, title in (*frame.MENU, *pages_market.BAR, *desk.MENU)}


def catalogue() -> dict[str, str]:
    with WRITTEN.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale="en") if one.id}


def asked() -> set[str]:
    found = extract_from_dir(str(HERE / "templates"), [("**.html", "jinja2")], {})
    return {str(words) for _, _, words, _, _ in found} | MENUS


def test_every_word_of_a_template_and_of_a_menu_has_an_english_one() -> None:
    told = catalogue()
    assert sorted(words for words in asked() if not told.get(words)) == []


def test_no_word_waits_in_the_catalogue_that_no_screen_says() -> None:
    assert sorted(set(catalogue()) - asked()) == []


def test_what_is_filled_into_a_sentence_is_filled_into_the_english_one_too() -> None:
    holes = re.compile(r"%\(?\w*\)?[sd]|\{\w*\}")
    assert [one for one, told in catalogue().items() if sorted(holes.findall(one)) != sorted(holes.findall(told))] == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    """After a change of the words: ``pybabel compile -d pos_trace/web/translations``."""
    compiled = BytesIO()
    with WRITTEN.open("rb") as file:
        write_mo(compiled, read_po(file, locale="en"))
    compiled.seek(0)
    with WRITTEN.with_suffix(".mo").open("rb") as file:
        kept = {one.id: one.string for one in read_mo(file) if one.id}
    assert kept == {one.id: one.string for one in read_mo(compiled) if one.id}


@pytest.mark.parametrize(("asks", "words"), [("?lang=en", "Log in"), ("", "Đăng nhập"), ("?lang=xx", "Đăng nhập")])
def test_a_screen_is_vietnamese_until_somebody_asks_for_english(market: Market, asks: str, words: str) -> None:
    browser = market.app.test_client()
    english = {"Accept-Language": "en-US"}
    assert words in browser.get(f"/login{asks}", headers=english).text
    assert words in browser.get("/login", headers=english).text


def test_no_shopper_gets_a_cookie_for_a_language(market: Market) -> None:
    answer = market.app.test_client().get("/m?lang=en")
    assert [head for head, value in answer.headers if head == "Set-Cookie" and "pt_lang" in value] == []

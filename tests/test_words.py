"""What people read – pages, scripts, papers, errors, configuration – never says what a machine must not (USERS 4)."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos_trace.core.vocabulary.forbidden import CONCLUSIONS_ONLY, NEVER
from pos_trace.core.vocabulary.statuses import STATUSES

HOUSE = Path(__file__).parent.parent
PRODUCT, CONFIG = HOUSE / "pos_trace", HOUSE / "config"
WEB = PRODUCT / "web"
COMMENT = re.compile(r"\{#.*?#\}|/\*.*?\*/|^\s*//[^\n]*|\s//\s[^\n]*", re.DOTALL | re.MULTILINE)
SCRIPT_TEXT = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`", re.DOTALL)
SHOUTED = re.compile(r"[^\W\d_]\s?!(?=\s|$|[\"'`<”])")
VIETNAMESE = re.compile(r"[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
WRONG_SPELLING = ("hoá", "thoả", "huỷ", "uỷ", "đắk hà", "đắk tô", "đắk bla", "kon plong", "ngok bay")

# The lists themselves, and the one place an inspector's conclusion takes its words from (decision 14).
LISTS = {"pos_trace/core/vocabulary/forbidden.py"}
CONCLUSION_WORDS = {"pos_trace/core/vocabulary/words.py"}


def relative(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def of_python(path: Path) -> Iterator[str]:
    """Every text of a module but its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def of_toml(value: Any) -> Iterator[str]:
    """Every text of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from of_toml(item)
    elif isinstance(value, list):
        for item in value:
            yield from of_toml(item)


def told() -> Iterator[tuple[str, str]]:
    """(file, text) of everything somebody may read."""
    for path in sorted(PRODUCT.rglob("*.py")):
        if relative(path) not in LISTS and "bench" not in path.parts:
            yield from ((relative(path), text) for text in of_python(path))
    for path in sorted(WEB.rglob("*.html")):
        yield relative(path), COMMENT.sub(" ", path.read_text(encoding="utf-8"))
    for path in sorted((WEB / "static").rglob("*.js")):
        script = COMMENT.sub(" ", path.read_text(encoding="utf-8"))
        yield from ((relative(path), text) for text in SCRIPT_TEXT.findall(script))
    for path in sorted(CONFIG.rglob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from ((relative(path), text) for text in of_toml(document))


TEXTS = list(told())


def saying(word: str) -> set[tuple[str, str]]:
    """Where ``word`` stands, with a little around it."""
    whole = re.compile(rf"\b{re.escape(word)}\b" if word[-1].isalnum() else re.escape(word))
    found = ((file, text, whole.search(text.casefold())) for file, text in TEXTS)
    return {(file, text[max(0, at.start() - 30) : at.start() + 60]) for file, text, at in found if at is not None}


def test_pages_scripts_papers_errors_and_configuration_are_all_read() -> None:
    kinds = {Path(file).suffix for file, _ in TEXTS}
    assert kinds == {".py", ".html", ".js", ".toml"}
    assert sum(bool(VIETNAMESE.search(text)) for _, text in TEXTS) > 600


@pytest.mark.parametrize("word", [word for word in NEVER if word != "!"])
def test_a_word_that_is_never_said_stands_nowhere(word: str) -> None:
    assert saying(word) == set()


@pytest.mark.parametrize("word", CONCLUSIONS_ONLY)
def test_an_accusing_word_stands_in_the_conclusions_words_only(word: str) -> None:
    assert {place for place in saying(word) if place[0] not in CONCLUSION_WORDS} == set()


def test_nobody_is_shouted_at() -> None:
    assert {(file, text[:80]) for file, text in TEXTS if VIETNAMESE.search(text) and SHOUTED.search(text)} == set()


@pytest.mark.parametrize("word", WRONG_SPELLING)
def test_spelling_is_the_houses(word: str) -> None:
    former = {"config/provinces/quangngai.toml", "config/provinces/demo.toml"}  # names as they once were written
    assert {place for place in saying(word) if place[0] not in former} == set()


def test_an_invoice_is_always_somebody_elses() -> None:
    """Our own slips are never one: every text that names it says whose it is, or that ours is none."""
    others = re.compile(
        r"hóa đơn (mua|bán lẻ của|đầu vào|điện tử|của người bán|và giấy)|mã hóa đơn|"
        r"không (thay|phải là) hóa đơn|hoặc hóa đơn"
    )
    named = {(file, text[:120]) for file, text in TEXTS if "hóa đơn" in text.casefold()}
    assert {place for place in named if not others.search(place[1].casefold()) and "demo/" not in place[0]} == set()


def test_every_sound_a_verdict_names_can_be_played() -> None:
    tones = (WEB / "static" / "tones.js").read_text(encoding="utf-8")
    for status in STATUSES:
        assert f'"{status.sound}":' in tones, status.code


def test_no_sound_is_a_high_alarm_for_bad_news() -> None:
    """The whole row hears a phone: bad news sounds low (USERS part 7)."""
    tones = dict(re.findall(r'"([a-z ]+)": \[\[(\d+),', (WEB / "static" / "tones.js").read_text(encoding="utf-8")))
    bad = {status.sound for status in STATUSES if status.tone in ("bad", "hold")}
    assert bad == {"low double", "low long"}
    assert all(int(tones[sound]) <= 300 for sound in bad)

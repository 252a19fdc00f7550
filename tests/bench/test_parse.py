"""``bench parse``: the corpus is hostile and always the same, the rows have the contract's shape."""

import json

import pytest
from click.testing import CliRunner

from pos_trace.bench import parse, yardsticks
from pos_trace.bench.hostile_texts import LONGEST, READ_SLIP_TO, READ_TO, SHAPES, corpus, filled
from pos_trace.cli import cli
from pos_trace.core import codes

KEYS = {"name", "figure", "unit", "yardstick", "ratio", "goal", "ok"}


def test_the_corpus_is_the_same_in_every_run_and_reaches_a_hundred_kilobytes() -> None:
    texts = corpus()
    assert texts == corpus()
    assert len({name for name, _ in texts}) == len(texts) >= 300
    assert max(len(text) for _, text in texts) == LONGEST == 100_000
    assert all(len(text) <= LONGEST for _, text in texts)


@pytest.mark.parametrize("size", [READ_TO, READ_SLIP_TO, LONGEST])
def test_every_shape_comes_at_the_lengths_that_matter(size: int) -> None:
    for _, start, middle, end in SHAPES:
        text = filled(start, middle, end, size)
        assert size - len(middle) < len(text) <= size
        assert text.startswith(start)
        assert text.endswith(end)


def test_the_corpus_has_texts_of_every_grammar_and_reaches_every_outcome() -> None:
    results = [codes.parse(text) for _, text in corpus()]
    assert {code.outcome for code in results} == {"ok", "unreadable", "ambiguous", "not_trace_code"}
    assert {code.kind for code in results} >= {
        *("gs1_digital_link", "gs1_element_string", "gs1_hri", "url", "payment_qr", "transfer_slip", "text"),
    }
    assert {code.reason for code in results} >= {
        *("too_long", "bad_content", "lost_separator", "ime_damage", "full_width", "caps_lock", "conflict"),
    }


def test_the_slowest_text_is_the_figure() -> None:
    seen: list[str] = []
    assert parse.slowest_ms([("a", "A"), ("b", "B")], seen.append) >= 0
    assert seen == ["A"] * parse.TRIES + ["B"] * parse.TRIES


def test_subject_and_yardstick_read_the_same_out_of_each_link() -> None:
    links = parse.links()
    assert len(set(links)) == parse.LINKS
    for link in links[:20]:
        code = codes.parse(link)
        assert code.outcome == "ok"
        assert list(code.elements) == yardsticks.read_link(link)


def test_the_yardstick_refuses_what_is_no_link() -> None:
    with pytest.raises(ValueError, match="nothing"):
        yardsticks.read_link("nothing")


def test_the_rows_have_the_contracts_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "corpus", lambda: corpus()[:8])
    monkeypatch.setattr(parse, "LINKS", 5)
    rows = parse.run()
    assert [row["name"] for row in rows] == ["p100_100kb_ms", "plain_link_cpu"]
    assert all(set(row) == KEYS for row in rows)
    hostile, plain = rows
    assert (hostile["unit"], hostile["goal"], hostile["ratio"], hostile["yardstick"]) == ("ms", 250, None, None)
    assert isinstance(hostile["ok"], bool)
    assert (plain["unit"], plain["goal"], plain["ok"]) == ("µs", None, None)
    assert plain["ratio"] == pytest.approx(plain["figure"] / plain["yardstick"], rel=0.01)


def test_the_command_tells_the_rows_and_exits_by_the_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "corpus", lambda: corpus()[:8])
    monkeypatch.setattr(parse, "LINKS", 5)
    result = CliRunner().invoke(cli, ["bench", "parse", "--json"])
    told = json.loads(result.stdout)
    assert (told["bench"], [set(row) for row in told["rows"]]) == ("parse", [KEYS, KEYS])
    assert result.exit_code == (0 if told["rows"][0]["ok"] else 1)
    monkeypatch.setattr(parse, "GOAL_MS", -1)
    missed = CliRunner().invoke(cli, ["bench", "parse"])
    assert missed.exit_code == 1
    assert "KHÔNG ĐẠT" in missed.stdout

"""Not one text of the vocabulary says what a machine must not say (USERS part 4)."""

import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module

import pytest

from pos_trace.core import vocabulary
from pos_trace.core.vocabulary.forbidden import CONCLUSIONS_ONLY, FORBIDDEN, NEVER

# the one place each word may stand: an inspector's conclusion
CONCLUSIONS = {("words", "OUTCOMES"), ("words", "ORIGIN_FINDINGS")}
MODULES = sorted(found.name for found in pkgutil.iter_modules(vocabulary.__path__) if found.name != "forbidden")
ENGLISH = ("denounc", "fake", "smuggl", "fine of", "suspicio", "suspect", "guilty", "criminal goods")


def told(value: object) -> Iterator[str]:
    """Every text within ``value``; a picture's sign is no text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from told(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from told(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name != "symbol":
                yield from told(getattr(value, field.name))


TEXTS = [
    (module, name, text)
    for module in MODULES
    for name, value in vars(import_module(f"{vocabulary.__name__}.{module}")).items()
    if name.isupper()
    for text in told(value)
]


def test_every_module_of_the_vocabulary_is_read() -> None:
    assert {module for module, _, _ in TEXTS} == set(MODULES) - {"times"}
    assert len(TEXTS) > 300


@pytest.mark.parametrize("word", NEVER)
def test_a_word_that_is_never_said_stands_nowhere(word: str) -> None:
    assert not [(module, name, text) for module, name, text in TEXTS if word in text.casefold()]


@pytest.mark.parametrize("word", CONCLUSIONS_ONLY)
def test_an_accusing_word_stands_in_a_conclusion_at_most(word: str) -> None:
    assert {(module, name) for module, name, text in TEXTS if word in text.casefold()} <= CONCLUSIONS


@pytest.mark.parametrize("word", ENGLISH)
def test_english_accuses_no_more_than_vietnamese(word: str) -> None:
    assert not [text for _, _, text in TEXTS if word in text.casefold()]


def test_an_invoice_is_named_only_as_somebody_elses_or_as_what_our_slip_is_not() -> None:
    naming = {text for _, _, text in TEXTS if "hóa đơn" in text.casefold()}
    assert naming == {"hóa đơn mua", "Đây là mã hóa đơn", "Không thay hóa đơn"}


def test_spelling_is_the_houses() -> None:
    wrong = ("hoá", "thoả", "huỷ", "uỷ", "đắk", "kon plong", "ngok bay")
    assert not [text for _, _, text in TEXTS if any(word in text.casefold() for word in wrong)]


def test_the_lists_of_words_are_lower_case_as_they_are_searched() -> None:
    assert [word for word in FORBIDDEN if word != word.casefold()] == []

"""Words of the shopper's page: the same in both languages, facts without praise or accusation."""

import re

import pytest

from pos_trace.core.vocabulary.trace import EN, LANGUAGES, VI


def test_both_languages_say_the_same_things() -> None:
    assert LANGUAGES == {"vi": VI, "en": EN}
    assert list(VI) == list(EN)


@pytest.mark.parametrize("name", VI)
def test_a_text_takes_the_same_facts_in_both_languages(name: str) -> None:
    assert VI[name]
    assert EN[name]
    assert re.findall(r"{\w+}", VI[name]) == re.findall(r"{\w+}", EN[name])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no_record", "Người bán chưa cung cấp thông tin truy xuất."),
        ("recall", "HÀNG THU HỒI – KHÔNG ĐƯỢC BÁN"),
        ("demo", "DỮ LIỆU MẪU – KHÔNG CÓ GIÁ TRỊ"),
        ("one_of", "một trong {count} lô"),
    ],
)
def test_words_of_the_house_are_the_same_here(name: str, text: str) -> None:
    assert VI[name] == text


@pytest.mark.parametrize("word", ["an toàn", "sạch", "chính hãng", "đảm bảo", "uy tín", "safe", "guarantee", "trusted"])
def test_the_page_never_praises(word: str) -> None:
    assert not [name for texts in LANGUAGES.values() for name, text in texts.items() if word in text.casefold()]

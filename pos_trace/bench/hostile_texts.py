"""Texts made to be slow to read: one per weakness a parser may have, as long as the parser looks at, and 100 kB."""

import random
from typing import Final

LONGEST: Final = 100_000
READ_TO: Final = 2048  # longer ones are refused by their length, so the hard ones are this long
READ_SLIP_TO: Final = 7100
SEED: Final = 20261125
MIXED: Final = 150
GTIN: Final = "09521234543213"

# (name, how it starts, what repeats, how it ends)
SHAPES: Final = (
    ("nothing", "", " ", ""),
    ("zeros", "", "0", ""),
    ("digits", "", "0123456789", ""),
    ("letters", "", "a", "A"),
    ("separators", "", "\x1d", ""),
    ("typed separators", "", "<GS>", ""),
    ("parts of typed separators", "", "<G{G[^\\u001", ""),
    ("e grave", "01" + GTIN + "10", "è", ""),
    ("open brackets", "", "(", ""),
    ("empty brackets", "", "()", ""),
    ("escaped brackets", "(01)" + GTIN + "(10)", "\\(", ""),
    ("brackets of lots", "", "(10)A", ""),
    ("long bracket", "(01)" + GTIN + "(10)", "A", "("),
    ("symbology marks", "", "]Q3", ""),
    ("lots of lots", "01" + GTIN + "10", "10", ""),
    ("serials", "01" + GTIN + "21", "21", ""),
    ("lost separators", "01" + GTIN + "10", "1017112111301121", ""),
    ("lost separators, dates", "01" + GTIN + "10", "1726123115261231", ""),
    ("lost separators, weights", "01" + GTIN + "10", "3103001250", ""),
    ("lost separators, processors", "01" + GTIN + "7030704", "70317047032704112601017033704211010703470440021", ""),
    ("internal", "01" + GTIN + "91", "91929394959697989910", ""),
    ("separated elements", "01" + GTIN, "10A\x1d21B\x1d", ""),
    ("escapes in an address", "(01)" + GTIN + "(4302)", "%41%41", "#"),
    ("escapes in a link", "https://a/01/" + GTIN + "?4302=", "%2541%2541", "%23"),
    ("bad escapes", "https://a/01/" + GTIN + "/10/", "%4", "%"),
    ("long host", "https://", "a", "/01/" + GTIN),
    ("dots in a host", "https://", "a.", "-/01/" + GTIN),
    ("address in brackets", "https://[", "::1", "]/01/" + GTIN),
    ("slashes", "https://a", "/", ""),
    ("keys in a path", "https://a", "/01/" + GTIN, ""),
    ("old names in a path", "https://a", "/gtin/" + GTIN + "/lot/A", "/"),
    ("ampersands", "https://a/01/" + GTIN + "?", "&", ""),
    ("attributes", "https://a/01/" + GTIN + "?", "99=A;", ""),
    ("names of no meaning", "https://a/01/" + GTIN + "?", "a=b&", ""),
    ("equal signs", "https://a/01/" + GTIN + "?", "=", ""),
    ("fragments", "https://a/01/" + GTIN, "#", ""),
    ("shouted link", "HTTPS://A/", "%2f%2F", "a"),
    ("opaque segment", "https://a/", "aB1", "!"),
    ("payment", "000201", "0099", ""),
    ("payment, cut", "00020126", "38", "A000000727"),
    ("invoice", "M1-26-", "A", ""),
    ("slip", "PT1:", "%69 VD92EX0", ""),
    ("accents", "", "ấ", ""),
    ("accents apart", "", "a\u0302\u0301", ""),
    ("piled accents", "a", "\u0301", ""),
    ("full width", "", "\uff18", ""),
    ("pictures", "", "\U0001f34e", ""),
    ("zero bytes", "A", "\x00", "A"),
    ("half pairs", "", "\ud800", ""),
    ("backspaces", "a", "\x08a", ""),
)
PARTS: Final = (
    *("01" + GTIN, "(01)", "(10)", "10", "17", "261231", "21", "310", "3103", "/01/", "/10/", "https://", "a.vn", "?"),
    *("&", "=", "%41", "%", "\x1d", "<GS>", "^]", "]C1", "]Q1", "8", "A", "(", ")", "\\", "99", "7007", "4302"),
)
# What may follow a lost separator, so that the search for readings has much to look at.
GUESSES: Final = (
    *("10", "21", "30", "400", "422", "704", "11260101", "17261231", "7003", "7007", "261231", "1"),
    *(f"703{number}704" for number in range(10)),
)


def corpus() -> tuple[tuple[str, str], ...]:
    """Name and text: every shape at the lengths that matter, then mixtures of fragments; the same in every run."""
    texts = [
        (f"{name} ({size})", filled(start, middle, end, size))
        for name, start, middle, end in SHAPES
        for size in (READ_TO // 16, READ_TO, READ_SLIP_TO, LONGEST)
    ]
    chance = random.Random(SEED)  # noqa: S311 - texts, not secrets
    texts += [(f"mixed {number}", _mixed(chance)) for number in range(MIXED)]
    texts += [(f"guesses {number}", _guesses(chance)) for number in range(MIXED)]
    return tuple(texts)


def filled(start: str, middle: str, end: str, size: int) -> str:
    """``start``, as many of ``middle`` as fit in ``size`` signs, ``end``."""
    return start + middle * ((size - len(start) - len(end)) // len(middle)) + end


def _mixed(chance: random.Random) -> str:
    text = "".join(chance.choice(PARTS) for _ in range(READ_TO // 2))
    return text[: chance.choice((40, 80, 160, 320, READ_TO))]


def _guesses(chance: random.Random) -> str:
    start = chance.choice(("10", "21", "400", "7030704"))
    return f"01{GTIN}{start}" + "".join(chance.choice(GUESSES) for _ in range(chance.randint(5, 60)))

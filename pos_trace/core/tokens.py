"""Trace tokens and short codes: 28 signs no keyboard mangles (no vowels, D, W, Y), 96 bits (CONTRACTS)."""

from typing import Final

ALPHABET: Final = "0123456789BCFGHJKLMNPQRSTVXZ"
TOKEN_LENGTH: Final = 20
SHORT_BODY: Final = 9
SHORT_LENGTH: Final = 10
RANDOM_BYTES: Final = 20
_FAIR: Final = 256 - 256 % len(ALPHABET)
_VALUE: Final = {sign: index for index, sign in enumerate(ALPHABET)}


def token(random: bytes) -> str:
    """Twenty signs, each equally likely, out of random bytes; 40 and more make running out practically impossible.

    Raises ``ValueError`` when too many bytes had to be thrown away: call again with more.
    """
    signs = [ALPHABET[byte % len(ALPHABET)] for byte in random if byte < _FAIR]
    if len(signs) < TOKEN_LENGTH:
        raise ValueError("not enough random bytes for a fair token")
    return "".join(signs[:TOKEN_LENGTH])


def check_sign(body: str) -> str:
    """Position-weighted sum modulo 28: shows one wrong sign unless its weight shares a factor with 28."""
    total = sum((position + 1) * _VALUE[sign] for position, sign in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def short_code(long: str) -> str:
    """The first nine signs of a token and a check sign."""
    return long[:SHORT_BODY] + check_sign(long[:SHORT_BODY])


def format_short(short: str) -> str:
    """``BCF7-KQ2M-X9``, as it is typed."""
    return f"{short[:4]}-{short[4:8]}-{short[8:]}"


def normalise(typed: str) -> str:
    """What a person typed: upper case, without dashes and spaces."""
    return "".join(sign for sign in typed.upper() if sign not in "-– \t")


def is_token(text: str) -> bool:
    """Whether ``text`` (already normalised) has a token's shape."""
    return len(text) == TOKEN_LENGTH and all(sign in _VALUE for sign in text)


def is_short(text: str) -> bool:
    """Whether ``text`` (already normalised) is a short code with a right check sign."""
    shaped = len(text) == SHORT_LENGTH and all(sign in _VALUE for sign in text)
    return shaped and check_sign(text[:SHORT_BODY]) == text[SHORT_BODY]

"""Trace tokens and short codes: 28 signs no keyboard mangles (no vowels, D, W, Y), 96 bits (CONTRACTS)."""

from typing import Final

ALPHABET: Final = "0123456789BCFGHJKLMNPQRSTVXZ"
TOKEN_LENGTH: Final = 20
SHORT_BODY: Final = 9
SHORT_LENGTH: Final = 10
RANDOM_BYTES: Final = 40
_FAIR: Final = 256 - 256 % len(ALPHABET)
# all coprime to 28, so any single wrong sign shows
_WEIGHTS: Final = (1, 3, 5, 9, 11, 13, 15, 17, 19)
_ALIKE: Final = str.maketrans({"O": "0", "I": "1"})
_VALUE: Final = {sign: index for index, sign in enumerate(ALPHABET)}


def token(random: bytes) -> str:
    """Twenty signs, each equally likely, out of ``RANDOM_BYTES`` random bytes, which practically never run out.

    Raises ``ValueError`` when too many bytes had to be thrown away: call again with more.
    """
    signs = [ALPHABET[byte % len(ALPHABET)] for byte in random if byte < _FAIR]
    if len(signs) < TOKEN_LENGTH:
        raise ValueError("not enough random bytes for a fair token")
    return "".join(signs[:TOKEN_LENGTH])


def check_sign(body: str) -> str:
    """Position-weighted sum modulo 28 of nine signs: shows every single wrong sign and most swaps."""
    total = sum(weight * _VALUE[sign] for weight, sign in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[total % len(ALPHABET)]


def short_code(long: str) -> str:
    """The first nine signs of a token and a check sign."""
    return long[:SHORT_BODY] + check_sign(long[:SHORT_BODY])


def format_short(short: str) -> str:
    """``BCF7-KQ2M-X9``, as it is typed."""
    return f"{short[:4]}-{short[4:8]}-{short[8:]}"


def normalise(typed: str) -> str:
    """What a person typed: upper case, without dashes and spaces; O and I, which no code has, read as 0 and 1."""
    return "".join(sign for sign in typed.upper() if sign not in "-–—" and not sign.isspace()).translate(_ALIKE)


def is_token(text: str) -> bool:
    """Whether ``text`` (already normalised) has a token's shape."""
    return len(text) == TOKEN_LENGTH and all(sign in _VALUE for sign in text)


def is_short(text: str) -> bool:
    """Whether ``text`` (already normalised) is a short code with a right check sign."""
    shaped = len(text) == SHORT_LENGTH and all(sign in _VALUE for sign in text)
    return shaped and check_sign(text[:SHORT_BODY]) == text[SHORT_BODY]

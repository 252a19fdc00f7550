"""Base45 (RFC 9285): bytes as the 45 signs a QR code packs tightest; small enough to be our own."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Two bytes become three signs, a last single one two."""
    made = []
    for at in range(0, len(data) - 1, 2):
        rest, first = divmod(data[at] * 256 + data[at + 1], 45)
        third, second = divmod(rest, 45)
        made.append(ALPHABET[first] + ALPHABET[second] + ALPHABET[third])
    if len(data) % 2:
        second, first = divmod(data[-1], 45)
        made.append(ALPHABET[first] + ALPHABET[second])
    return "".join(made)


def decode(text: str) -> bytes:
    """The bytes of ``text``; raises ``ValueError`` for what no encoder writes."""
    try:
        values = [_VALUES[sign] for sign in text]
    except KeyError:
        raise ValueError("a sign outside base45") from None
    if len(values) % 3 == 1:
        raise ValueError("base45 never ends after one sign")
    made = bytearray()
    for at in range(0, len(values), 3):
        group = values[at : at + 3]
        number = sum(value * 45**place for place, value in enumerate(group))
        try:
            made += number.to_bytes(len(group) - 1, "big")
        except OverflowError:
            raise ValueError("a base45 group is too large") from None
    return bytes(made)

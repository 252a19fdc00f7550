"""PT1: the QR text of a PHIẾU GIAO HÀNG, written, read and checked; pure, any text may be offered to it.

``PT1:`` + base45 (RFC 9285) of (raw deflate, RFC 1951, of the JSON below, with the preset dictionary ``WORDS``)
followed by the 64 bytes of an Ed25519 signature over ``b"PT1:"`` + the deflated bytes, by the station's key. The JSON
is UTF-8 without spaces, its members in this order::

    {
        "station": "cho-kon-tum",
        "stall": "A-12",
        "slip_no": "A12-GH26-0007",
        "day": "2026-11-25",
        "buyer": "9521234700074",  # GLN, or site/stall number, or a name; left out: nobody named
        "kind": "internal",  # left out: a sale
        "part": [1, 2],  # left out: the only code
        "lines": [["01/09521234600053/10/MD2611-07", "Cải thảo Măng Đen", "20", "kg"]],  # key "" = goods without a code
        "shown": [1],  # of this code's lines those whose origin the seller could show; left out: none
        "papers": ["9f86d081"],
    }  # first 8 hex signs of the papers' SHA-256

A slip too long for one code is several codes, each a whole one with its part of the lines and its own signature;
they may be read in any order. One code holds at most ``MOST_SIGNS``: a QR of version 12 at level M, which 58 mm
paper (384 dots) prints with five dots a module and its quiet zone of four.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pos_trace.core import base45
from pos_trace.core.quantities import UNITS, as_text, exact

MARK: Final = "PT1:"
SIGNATURE: Final = 64
# Deflate's preset dictionary is part of the format: what most slips say, the most usual last. Never changed under PT1.
WORDS: Final = (
    "thiênchậucànhthùngchụcmảnhbịchtráilítlonketquảbaovỉhũbóconhộpchaitúigóikhaysọt"
    "Nấm Bưởi Cam Chanh Chuối Xoài Dưa hấu Dưa leo Cà chua Khoai Bí đỏ Bầu Mướp Đậu Ớt Gừng Tỏi Hành tím Hành lá "
    "Rau muống Xà lách Bông cải Súp lơ Su hào Bắp cải Cải thảo Cải ngọt Cà rốt Trứng gà Trứng vịt Tôm Mực Cá lóc Cá rô "
    "Cá diêu hồng Cá tầm Cá lăng phi lê khay 500 g Thịt heo Thịt bò Thịt gà Gà ta làm sẵn Ba rọi Măng Đen "
    '","kind":"internal","part":[1,"papers":["'
    '{"station":"cho-","stall":"A-","slip_no":"A-GH2","day":"202-1-0","buyer":"89","lines":[["00/","khay"],["","'
    '","kg"],["01/08/10/","con"],["01/0952123460","kg"]],"papers":["'
).encode()
MOST_SIGNS: Final = 419  # QR version 12-M, alphanumeric
MOST_JSON: Final = 16_384  # deflated 419 signs are a bomb beyond this
MOST_TEXT: Final = 7100
MOST_LINES: Final = 100
MOST_PARTS: Final = 40
NAME_LENGTH: Final = 24
MEMBERS: Final = {"station", "stall", "slip_no", "day", "buyer", "kind", "part", "lines", "shown", "papers"}
SHA8: Final = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One line: the lot's key ("" without a code), what it is called, how much of which unit; ``shown``: the seller
    could show its origin, by a record or by complete papers.
    """

    key: str
    name: str
    quantity: Decimal
    unit: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class TransferSlip:
    """What one code says. ``part`` of ``parts``; ``kind`` sale | internal."""

    station: str
    stall: str
    slip_no: str
    day: date
    lines: tuple[SlipLine, ...]
    buyer: str = ""
    kind: str = "sale"
    papers: tuple[str, ...] = ()
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class ReadSlip:
    """A code that could be read: what it says, what was signed, and the signature."""

    slip: TransferSlip
    signed: bytes
    signature: bytes

    def signed_by(self, public_key: bytes) -> bool:
        """Whether the holder of ``public_key`` (32 bytes) wrote exactly this."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.signed)
        except (InvalidSignature, ValueError):
            return False
        return True


def write(slip: TransferSlip, private_key: bytes) -> tuple[str, ...]:
    """The codes of ``slip``, signed with the station's 32 bytes; one when it fits. Raises ``ValueError`` for a line
    that fits no code by itself, or more than ``MOST_PARTS`` codes.
    """
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    whole = replace(slip, lines=tuple(replace(line, name=line.name[:NAME_LENGTH].strip()) for line in slip.lines))
    only = _code(replace(whole, part=1, parts=1), key)
    if len(only) <= MOST_SIGNS:
        return (only,)
    groups = _groups(whole, key)
    if len(groups) > MOST_PARTS:
        raise ValueError("a slip has too many lines")
    return tuple(_code(_part(whole, lines, number, len(groups)), key) for number, lines in enumerate(groups, 1))


def _groups(slip: TransferSlip, key: Ed25519PrivateKey) -> list[list[SlipLine]]:
    """The lines in their order, as many in each code as fit."""
    groups: list[list[SlipLine]] = []
    for line in slip.lines:
        last = [*groups[-1], line] if groups else []
        # the widest numbers a part can carry, so that what fits here fits with the real ones
        if last and len(_code(_part(slip, last, 1, MOST_PARTS), key)) <= MOST_SIGNS - 6:
            groups[-1] = last
            continue
        if len(_code(_part(slip, [line], 1, MOST_PARTS), key)) > MOST_SIGNS - 6:
            raise ValueError("a line is too long for a code")
        groups.append([line])
    return groups


def _part(slip: TransferSlip, lines: Sequence[SlipLine], number: int, count: int) -> TransferSlip:
    return replace(slip, lines=tuple(lines), part=number, parts=count, papers=slip.papers if number == 1 else ())


def _code(slip: TransferSlip, key: Ed25519PrivateKey) -> str:
    """One code; never ends in a space, which keyboards and forms cut off."""
    told = orjson.dumps(_json(slip))
    while True:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=WORDS)
        deflated = packer.compress(told) + packer.flush()
        text = MARK + base45.encode(deflated + key.sign(MARK.encode() + deflated))
        if not text.endswith(" "):
            return text
        told += b" "


def _json(slip: TransferSlip) -> dict[str, Any]:
    told: dict[str, Any] = {"station": slip.station, "stall": slip.stall, "slip_no": slip.slip_no}
    told["day"] = slip.day.isoformat()
    if slip.buyer:
        told["buyer"] = slip.buyer
    if slip.kind != "sale":
        told["kind"] = slip.kind
    if slip.parts > 1:
        told["part"] = [slip.part, slip.parts]
    told["lines"] = [[line.key, line.name, as_text(line.quantity), line.unit] for line in slip.lines]
    shown = [number for number, line in enumerate(slip.lines, 1) if line.shown]
    return told | ({"shown": shown} if shown else {}) | ({"papers": list(slip.papers)} if slip.papers else {})


def read(text: str) -> ReadSlip | None:
    """What a scanned text says, its signature not yet checked; None for whatever no station wrote. Never raises."""
    plain = text.strip()
    if len(plain) > MOST_TEXT or not plain.startswith(MARK):
        return None
    try:
        data = base45.decode(plain[len(MARK) :])
        deflated, signature = data[:-SIGNATURE], data[-SIGNATURE:]
        slip = _slip(orjson.loads(_inflated(deflated)))
    except (ValueError, TypeError, ArithmeticError, zlib.error):
        return None
    return ReadSlip(slip, MARK.encode() + deflated, signature)


def _inflated(data: bytes) -> bytes:
    opener = zlib.decompressobj(-15, zdict=WORDS)
    told = opener.decompress(data, MOST_JSON)
    if not opener.eof or opener.unused_data:
        raise ValueError("not one whole deflated text")
    return told


def _slip(told: Any) -> TransferSlip:
    if not isinstance(told, dict) or not set(told) <= MEMBERS:
        raise ValueError("not the members of a slip")
    lines, papers = told.get("lines"), told.get("papers", [])
    if not isinstance(lines, list) or not 0 < len(lines) <= MOST_LINES or not isinstance(papers, list):
        raise ValueError("no lines")
    if len(papers) > MOST_LINES or not all(isinstance(one, str) and SHA8.fullmatch(one) for one in papers):
        raise ValueError("no hashes of papers")
    part, parts = _numbers(told.get("part", [1, 1]))
    shown = _shown(told.get("shown", []), len(lines))
    kind = told.get("kind", "sale")
    if kind not in ("sale", "internal"):
        raise ValueError("no kind of a slip")
    return TransferSlip(
        station=_text(told.get("station"), 36),
        stall=_text(told.get("stall"), 40),
        slip_no=_text(told.get("slip_no"), 40),
        day=date.fromisoformat(_text(told.get("day"), 10)),
        lines=tuple(_line(line, number in shown) for number, line in enumerate(lines, 1)),
        buyer=_text(told.get("buyer", ""), 120, least=0),
        kind=kind,
        papers=tuple(papers),
        part=part,
        parts=parts,
    )


def _numbers(told: Any) -> tuple[int, int]:
    if not isinstance(told, list) or len(told) != 2 or not all(type(one) is int for one in told):
        raise ValueError("no part of a slip")
    if not 1 <= told[0] <= told[1] <= MOST_PARTS:
        raise ValueError("no part of a slip")
    return told[0], told[1]


def _shown(told: Any, lines: int) -> set[int]:
    if not isinstance(told, list) or not all(type(one) is int and 0 < one <= lines for one in told):
        raise ValueError("no numbers of lines")
    return set(told)


def _line(told: Any, shown: bool) -> SlipLine:
    if not isinstance(told, list) or len(told) != 4:
        raise ValueError("no line")
    quantity, unit = exact(told[2]) if isinstance(told[2], str) else None, told[3]
    if quantity is None or not isinstance(unit, str) or unit not in UNITS:
        raise ValueError("no amount")
    return SlipLine(_text(told[0], 400, least=0), _text(told[1], NAME_LENGTH), quantity, unit, shown)


def _text(told: Any, most: int, least: int = 1) -> str:
    if not isinstance(told, str) or not least <= len(told) <= most or not (told == "" or told.isprintable()):
        raise ValueError("no text of a slip")
    return told

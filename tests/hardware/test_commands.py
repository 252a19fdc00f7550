"""The tokeniser: every family's length, cut bytes hidden in every kind of data, any split, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_trace.hardware.commands import Tokenizer, commands

CUT = b"\x1dV\x00"
BAIT = b"\x1dV\x00\x1bi\x1dVA\x0a\x1bm\x1dV\x01"  # what a search for cut bytes falls for
FAT = BAIT + bytes(64 - len(BAIT))


def le(value: int, size: int = 2) -> bytes:
    return value.to_bytes(size, "little")


SHORT = [
    ("NUL", b"\0"), ("HT", b"\t"), ("LF", b"\n"), ("FF", b"\x0c"), ("CR", b"\r"), ("CAN", b"\x18"),
    ("DLE EOT", b"\x10\x04\x01"), ("DLE EOT", b"\x10\x04\x07\x1d"), ("DLE EOT", b"\x10\x04\x08\x03"),
    ("DLE EOT", b"\x10\x04\x12\x01"), ("DLE ENQ", b"\x10\x05\x02"), ("DLE DC4", b"\x10\x14\x01\x00\x1b"),
    ("DLE DC4", b"\x10\x14\x02\x01\x08"), ("DLE DC4", b"\x10\x14\x03" + BAIT[:5]),
    ("DLE DC4", b"\x10\x14\x07\x01"), ("DLE DC4", b"\x10\x14\x08" + BAIT[:7]),
    *((f"ESC {chr(kind)}", bytes([0x1B, kind])) for kind in b"\x0c2<@LSimqv"),
    ("ESC SP", b"\x1b \x1d"),
    *((f"ESC {chr(kind)}", bytes([0x1B, kind, 0x1D])) for kind in b"!%-3=?ACEFGJKMRTUVaderut{;"),
    *((f"ESC {chr(kind)}", bytes([0x1B, kind]) + CUT[:2]) for kind in b"$\\fB"),
    *(("ESC c", b"\x1bc" + bytes([kind]) + b"\x1d") for kind in b"01345"),
    ("ESC p", b"\x1bp" + CUT), ("ESC W", b"\x1bW" + BAIT[:8]),
    *((f"FS {chr(kind)}", bytes([0x1C, kind])) for kind in b"&.Lbc"),
    *((f"FS {chr(kind)}", bytes([0x1C, kind, 0x1D])) for kind in b"!-CW"),
    *((f"FS {chr(kind)}", bytes([0x1C, kind]) + CUT[:2]) for kind in b"?Sp"),
    ("FS a", b"\x1ca0\x1d"), ("FS a", b"\x1ca1"), ("FS a", b"\x1ca2"), ("FS g", b"\x1cg2" + BAIT[:7]),
    *((f"GS {chr(kind)}", bytes([0x1D, kind])) for kind in b":c"),
    *((f"GS {chr(kind)}", bytes([0x1D, kind, 0x1D])) for kind in b"!/BEHITabfhjrw"),
    *((f"GS {chr(kind)}", bytes([0x1D, kind]) + CUT[:2]) for kind in b"$LPW\\"),
    *((f"GS {chr(kind)}", bytes([0x1D, kind]) + CUT) for kind in b"^z"),
    ("GS g", b"\x1dg0" + CUT), ("GS g", b"\x1dg2" + CUT),
    *(("GS V", b"\x1dV" + bytes([mode])) for mode in (0, 1, 48, 49)),
    *(("GS V", b"\x1dV" + bytes([mode]) + b"\x0a") for mode in (65, 66, 97, 98, 103, 104)),
    ("GS C", b"\x1dC0" + CUT[:2]), ("GS C", b"\x1dC1" + BAIT[:6]), ("GS C", b"\x1dC2" + CUT[:2]),
    ("GS C", b"\x1dC;\x1dV;\x00;\x1b;i;\x1d;"),
]  # fmt: skip
LONG = [
    ("ESC *", b"\x1b*\x00" + le(64) + FAT), ("ESC *", b"\x1b*\x01" + le(64) + FAT),
    ("ESC *", b"\x1b*\x20" + le(64) + FAT * 3), ("ESC *", b"\x1b*\x21" + le(64) + FAT * 3),
    ("ESC D", b"\x1bD\x08\x10\x1b\x1d\x56\x69\x00"), ("ESC D", b"\x1bD\x00"),
    ("ESC D", b"\x1bD" + bytes(range(1, 33))), ("ESC &", b"\x1b&\x02\x41\x42\x20" + FAT + b"\x03" + BAIT[:6]),
    ("ESC &", b"\x1b&\x03\x42\x41"), ("ESC (", b"\x1b(Y" + le(64) + FAT), ("FS (", b"\x1c(A" + le(64) + FAT),
    ("FS q", b"\x1cq\x02" + le(1) + le(8) + FAT + le(2) + le(4) + FAT), ("FS 2", b"\x1c2\x77\x21" + FAT + BAIT[:8]),
    ("FS g", b"\x1cg1\x00" + BAIT[:4] + le(64) + FAT), ("GS ( L", b"\x1d(L" + le(64) + FAT),
    ("GS ( k", b"\x1d(k" + le(64) + FAT), ("GS ( H", b"\x1d(H\x06\x00000001"), ("GS 8 L", b"\x1d8L" + le(64, 4) + FAT),
    ("GS v", b"\x1dv0\x00" + le(8) + le(8) + FAT), ("GS Q", b"\x1dQ0\x00" + le(8) + le(8) + FAT),
    ("GS *", b"\x1d*\x02\x04" + FAT), ("GS k", b"\x1dk\x04" + BAIT.replace(b"\0", b"1") + b"\x00"),
    ("GS k", b"\x1dk\x06\x00"), ("GS k", b"\x1dk\x41\x40" + FAT), ("GS k", b"\x1dk\x4f\x40" + FAT),
    ("GS D", b"\x1dD0C0aa\x01\x01BM" + le(64, 4) + FAT[:58]), ("text", "Cải thảo".encode() + b"\x7f\xff Vi"),
]  # fmt: skip
UNKNOWN = [b"\x01", b"\x11", b"\x10", b"\x10\x14\x05", b"\x1b\x01", b"\x1bZ", b"\x1b*\x05", b"\x1bcz", b"\x1cz",
           b"\x1cg7", b"\x1ca9", b"\x1dZ", b"\x1dV\x05", b"\x1dv1", b"\x1d8K", b"\x1dk\x50", b"\x1dk\x07", b"\x1dCx",
           b"\x1dg9", b"\x1dD\x30\x43\x30aa\x01\x01PNG"[:3]]  # fmt: skip


def named(stream: bytes) -> list[tuple[str, bytes]]:
    return [(command.name, command.data) for command in commands(stream)]


@pytest.mark.parametrize(("name", "data"), SHORT + LONG, ids=lambda part: part if isinstance(part, str) else "")
def test_a_command_is_as_long_as_its_rule_says_whatever_its_data_hides(name, data):
    assert named(data + CUT) == [(name, data), ("GS V", CUT)]
    assert named(CUT + data) == [("GS V", CUT), (name, data)]


@pytest.mark.parametrize("data", UNKNOWN, ids=lambda data: data.hex())
def test_what_no_rule_knows_is_listed_and_the_next_command_found(data):
    tail = b"\x1b@" + CUT
    if data.startswith(b"\x1dD"):
        tail = bytes(12) + tail
    told = named(data + tail)
    assert told[0] == ("unknown", data)
    assert told[-2:] == [("ESC @", b"\x1b@"), ("GS V", CUT)]


@pytest.mark.parametrize(("name", "data"), [case for case in SHORT + LONG if len(case[1]) > 1 and case[0] != "text"])
def test_a_command_the_stream_cuts_off_is_unknown_and_whole(name, data):
    for end in range(1, len(data)):
        told = named(CUT + data[:end])
        assert told[0] == ("GS V", CUT)
        assert b"".join(part for _, part in told) == CUT + data[:end]
        if not (name == "ESC D" and end > 2):
            assert told[1:] == [("unknown", data[:end])]


def test_tab_stops_end_before_one_that_does_not_rise():
    assert named(b"\x1bD\x08\x04\x1b@") == [("ESC D", b"\x1bD\x08"), ("unknown", b"\x04"), ("ESC @", b"\x1b@")]


def pieces(stream: bytes, cuts: list[int]) -> list:
    tokenizer = Tokenizer()
    told = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        told += tokenizer.feed(stream[start:end])
    return told + tokenizer.close()


@pytest.mark.parametrize(("name", "data"), LONG, ids=lambda part: part if isinstance(part, str) else "")
def test_any_two_pieces_and_single_bytes_give_the_same_commands(name, data):
    stream = b"Ti\xe1\xbb\x81n " + data + b"\n" + data + CUT + b"end"
    whole = list(commands(stream))
    for at in range(len(stream) + 1):
        assert pieces(stream, [at]) == whole
    assert pieces(stream, list(range(1, len(stream)))) == whole


@given(
    stream=st.lists(
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from([data for _, data in SHORT + LONG]),
            st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1d(", b"\x1d8L", b"\x1dv0", b"\x1cq", b"\x1b&"]),
        ),
        max_size=12,
    ).map(b"".join),
    cuts=st.lists(st.integers(0, 600), max_size=5),
)
def test_no_byte_is_lost_doubled_or_moved_and_splitting_changes_nothing(stream, cuts):
    whole = list(commands(stream))
    assert b"".join(command.data for command in whole) == stream
    at = 0
    for command in whole:
        assert command.offset == at
        assert command.data
        at += len(command.data)
    assert pieces(stream, sorted(min(cut, len(stream)) for cut in cuts)) == whole


def test_a_command_is_given_as_soon_as_it_is_whole():
    tokenizer = Tokenizer()
    assert tokenizer.feed(b"\x1dv0\x00\x01\x00\x02\x00\xaa") == []
    assert [command.name for command in tokenizer.feed(b"\xbb\x1b")] == ["GS v"]
    assert [command.name for command in tokenizer.feed(b"@Ti")] == ["ESC @"]
    assert [command.data for command in tokenizer.feed(b"n\n")] == [b"Tin", b"\n"]
    assert tokenizer.close() == []

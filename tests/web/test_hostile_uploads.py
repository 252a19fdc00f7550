"""Files where a photo is asked for: refused in Vietnamese, nothing kept, the next photo is read. Every door that may
take a file is tried, also those that take none today.
"""

from typing import Any

import pytest
import qrcode

from tests.hardware.symbols import label, png, qr
from tests.hardware.test_photos import REFUSED
from tests.services.night import CABBAGE, url
from tests.web.hostile_doors import Door, all_doors
from tests.web.hostile_town import Town, each_town, refused, town
from tests.web.test_hostile_input import by_name

__all__ = ["each_town", "town"]

UPLOADS = all_doors(uploads=True)
PHOTOS = [door for door in UPLOADS if door.endpoint in ("station_scans.scan", "station_receiving.add_photo")]
NAMES = ["../../../etc/passwd", "..\\..\\x.png", "a\0b.png", "a" * 5000 + ".png", "<script>.png", "photo.php", "",
         "=1+1", "\u202egnp.exe", "C:\\autoexec.bat", "x.png\r\nSet-Cookie: a=b"]  # fmt: skip


def sent(town: Town, door: Door, files: Any, **fields: Any) -> Any:
    """A multipart POST written by hand; ``files`` are (name of the part, bytes, file name)."""
    parts = [(f'name="{name}"', str(value).encode()) for name, value in fields.items()]
    parts += [(f'name="{part}"; filename="{name}"', content) for part, content, name in files]
    head = "--x-y\r\nContent-Disposition: form-data; "
    body = b"".join(f"{head}{told}\r\n\r\n".encode() + content + b"\r\n" for told, content in parts) + b"--x-y--\r\n"
    return town.ask(door, data=body, content_type="multipart/form-data; boundary=x-y")


def test_the_doors_that_take_photos_are_among_those_tried() -> None:
    assert {door.endpoint for door in UPLOADS} >= {door.endpoint for door in PHOTOS}
    assert len(PHOTOS) == 2


@by_name(PHOTOS)
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_photo_is_refused_and_nothing_is_kept(town: Town, door: Door, name: str) -> None:
    make, code = REFUSED[name]
    before, kept = town.rows(door.role), sorted(town.night.node.files.folder.rglob("*"))
    answer = sent(town, door, [("photo", make(), "a.jpg")])
    assert refused(answer, (422,)) is None
    assert answer.json["code"] == code
    assert town.rows(door.role) == before
    assert sorted(town.night.node.files.folder.rglob("*")) == kept


@by_name(UPLOADS)
def test_uploads_of_every_other_wrong_shape_are_refused(town: Town, door: Door) -> None:
    before = town.rows(door.role)
    good = png(label(url(CABBAGE)))
    takes = door in PHOTOS
    shapes = {
        "too_large": lambda: sent(town, door, [("photo", b"\xff\xd8" + b"x" * (13 * 2**20 + 1), "a.jpg")]),
        "another_name": lambda: sent(town, door, [("picture", good, "a.png")]),
        "no_file": lambda: sent(town, door, [], note="x"),
        "a_thousand_parts": lambda: sent(town, door, [(f"f{place}", b"x", "a") for place in range(1500)]),
        "no_boundary": lambda: town.ask(door, data=good, content_type="multipart/form-data"),
        "a_boundary_of_nothing": lambda: town.ask(door, data=b"--x--", content_type="multipart/form-data; boundary=x"),
        "never_ending": lambda: town.ask(
            door, data=b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n' + good,
            content_type="multipart/form-data; boundary=x",
        ),
        "a_photo_as_json": lambda: town.ask(door, data=good, content_type="application/json"),
        "a_photo_alone": lambda: town.ask(door, data=good, content_type="image/png"),
    }  # fmt: skip
    wrong = {}
    for name, send in shapes.items():
        answer = send()
        if takes or name in ("too_large", "a_photo_as_json", "a_photo_alone"):
            if found := refused(answer):
                wrong[name] = found
        elif answer.status_code >= 500:
            wrong[name] = answer.text[:200]
    assert wrong == {}
    if takes:
        assert town.rows(door.role) == before


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_means_nothing(each_town: Town, name: str) -> None:
    (door,) = (door for door in PHOTOS if door.endpoint == "station_scans.scan")
    files = each_town.night.node.files.folder
    answer = sent(each_town, door, [("photo", png(label(url(CABBAGE))), name)])
    if "\n" in name:  # its second half is another header of the part
        assert answer.status_code < 500
        assert "Set-Cookie" not in answer.headers
        return
    assert answer.json["verdict"]["status"] == "verified"
    assert all(len(path.name) >= 2 and set(path.name) <= set("0123456789abcdef") for path in files.rglob("*"))


FIELDS = {"quantity": ["-1", "0", "1e309", "NaN"], "unit": ["x" * 500, "thước"], "dry_run": ["maybe", "7"],
          "delivery_id": ["../..", "x" * 500, "' OR 1=1"], "goods_name": ["x" * 100_000], "nobody": ["1"],
          "text\0": ["x"], "goods_group": ["a\0b"]}  # fmt: skip


@pytest.mark.parametrize("name", FIELDS)
def test_wrong_fields_beside_a_good_photo_are_refused(each_town: Town, name: str) -> None:
    (door,) = (door for door in PHOTOS if door.endpoint == "station_scans.scan")
    before = each_town.rows("station")
    for value in FIELDS[name]:
        fields = {"quantity": "1", "unit": "kg"} | {name: value}
        answer = sent(each_town, door, [("photo", png(label(url(CABBAGE))), "a.png")], **fields)
        assert refused(answer, (400, 422)) is None, value
    assert each_town.rows("station") == before


def _largest() -> bytes:
    code = qrcode.QRCode(40, qrcode.constants.ERROR_CORRECT_L, box_size=4)
    code.add_data("7" * 7089)
    code.make(fit=False)
    return png(code.make_image().get_image().convert("L"))


CODES = {
    "seven_kilobytes": (_largest, None),
    "nul_inside": (lambda: png(qr(("bytes", b"rau\0\x1b[2J"))), "unreadable"),
    "binary": (lambda: png(qr(("bytes", bytes(range(200, 250))))), "unreadable"),
    "markup": (lambda: png(label("<script>alert(1)</script>")), None),
    "a_formula": (lambda: png(label("=cmd|' /C calc'!A0")), None),
}


@pytest.mark.parametrize("name", CODES)
def test_strange_codes_in_photos_are_told_in_words(each_town: Town, name: str) -> None:
    make, outcome = CODES[name]
    (door,) = (door for door in PHOTOS if door.endpoint == "station_scans.scan")
    answer = sent(each_town, door, [("photo", make(), "a.png")])
    assert answer.status_code == 200
    assert answer.json["verdict"] is None
    assert answer.json["message"]["text"]
    assert outcome is None or answer.json["code"]["outcome"] == outcome
    each_town.good_request_works("station")

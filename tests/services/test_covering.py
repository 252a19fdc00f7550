"""Parts of a photo covered before sending: the covered picture goes to the desk, the original stays at the stall."""

import io
from typing import Any

import pytest
from PIL import Image

from pos_trace.core.errors import Invalid, NotFound, Unavailable
from pos_trace.demo.parts import paper_picture
from pos_trace.runtime.children import Children, PhotoReader
from pos_trace.services import cases, covering, monthly_book, papers
from pos_trace.services import transfer_corrections as corrections
from pos_trace.services.papers import PaperIn
from pos_trace.store.models import Evidence, OutboxMessage, Photo
from tests.services.night import Night, on_sqlite, with_ports


@pytest.fixture
def ready(night: Night, children: Children) -> Night:
    return with_ports(night, photos=PhotoReader(children, timeout_s=60.0))


def photographed(night: Night) -> tuple[dict[str, Any], str]:
    """A line without complete papers, with one photo of a paper: the line, the photo's id."""
    delivery = night.deliver()
    line = night.loose(delivery)
    told = PaperIn("bang_ke", "7", night.now.date(), "Chị Ba (mẫu)")
    paper = papers.add(night.node, night.who(), delivery, told, line["id"], night.now)["paper"]["id"]
    made = papers.add_photo(night.node, night.who(), delivery, paper_picture("CCCD"), night.now, paper_id=paper)
    return line, made["photo"]["id"]


def black(colour: str = "black") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "JPEG")
    return out.getvalue()


def cover(night: Night, photo: str, data: bytes = b"", minutes: float = 1) -> str:
    told = covering.cover(night.node, night.who(), photo, data or black(), night.later(minutes=minutes))
    return str(told["photo"]["id"])


def digest(night: Night, photo: str) -> str:
    with night.node.db.read() as session:
        return session.get_one(Photo, (night.node.id, photo)).sha256


def sent(night: Night) -> list[tuple[str, str | None]]:
    """Evidence of all cases: digest and caption."""
    with night.node.db.read() as session:
        return [(row.sha256, row.caption) for row in session.query(Evidence).order_by(Evidence.number)]


def test_the_covered_picture_goes_in_place_of_the_original(ready: Night) -> None:
    line, photo = photographed(ready)
    original = digest(ready, photo)
    (told,) = covering.listed(ready.node, ready.who(), line["id"])["photos"]
    assert told == {"id": photo, "words": "Bảng kê 7", "covered": False}
    first = cover(ready, photo)
    last = cover(ready, first, black("navy"), 2)
    (told,) = covering.listed(ready.node, ready.who(), line["id"])["photos"]
    assert told == {"id": photo, "words": "Bảng kê 7", "covered": True}
    cases.send_flag(ready.node, ready.who(), line["flag"]["id"], ready.later(minutes=3))
    assert sent(ready) == [(digest(ready, last), "Ảnh lúc nhận hàng (đã che bớt)")]
    with ready.node.db.read() as session:
        bodies = "".join(str(row.body) for row in session.query(OutboxMessage))
    assert digest(ready, last) in bodies
    assert original not in bodies
    assert digest(ready, first) not in bodies
    assert covering.file(ready.node, ready.who(), photo)[0]  # the original is still here


def test_a_presented_bundle_holds_the_covered_picture_and_not_the_original(ready: Night) -> None:
    line, photo = photographed(ready)
    assert [one for one, _ in monthly_book.photos(ready.node, ready.who(), [line["id"]])] == [digest(ready, photo)]
    first = cover(ready, photo)
    last = cover(ready, first, black("navy"), 2)
    assert [one for one, _ in monthly_book.photos(ready.node, ready.who(), [line["id"]])] == [digest(ready, last)]


def test_replies_and_evidence_carry_the_covered_picture_too(ready: Night) -> None:
    line, photo = photographed(ready)
    case = cases.send_flag(ready.node, ready.who(), line["flag"]["id"], ready.now)["case_id"]
    made = cover(ready, photo)
    with ready.node.db.read() as session:
        paper = session.get_one(Photo, (ready.node.id, photo)).paper_id
    cases.reply(ready.node, ready.who(), case, "", [str(paper)], ready.later(minutes=2))
    cases.add_evidence(ready.node, ready.who(), case, [photo], "Bảng kê", ready.later(minutes=3))
    assert sent(ready) == [(digest(ready, photo), "Ảnh lúc nhận hàng"), (digest(ready, made), "Ảnh đã che bớt")]


@on_sqlite
def test_goods_at_the_wrong_stall_take_their_covered_photos_along(ready: Night) -> None:
    line, photo = photographed(ready)
    cover(ready, photo)
    from tests.services.test_transfer_corrections import accept

    corrections.offer(ready.node, ready.who(), "E-01", "nhầm", ready.later(minutes=20), line_id=line["id"])
    (there,) = accept(ready)["delivery_lines"]
    (told,) = covering.listed(ready.node, ready.who("E-01"), there["id"])["photos"]
    assert told["covered"] is True


@on_sqlite
def test_a_neighbours_photo_is_not_found(ready: Night) -> None:
    line, photo = photographed(ready)
    theirs = ready.who("E-01")
    with pytest.raises(NotFound):
        covering.listed(ready.node, theirs, line["id"])
    with pytest.raises(NotFound):
        covering.file(ready.node, theirs, photo)
    with pytest.raises(NotFound):
        covering.cover(ready.node, theirs, photo, black(), ready.now)


@on_sqlite
def test_what_is_no_photo_is_told_and_nothing_is_kept(ready: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    _, photo = photographed(ready)
    with pytest.raises(Invalid, match="photo_not_image"):
        cover(ready, photo, b"%PDF-1.7")
    monkeypatch.setattr(covering, "MOST_COVERS", 1)
    cover(ready, photo)
    with pytest.raises(Invalid, match="photos_many"):
        cover(ready, photo)
    with pytest.raises(Unavailable):
        covering.cover(with_ports(ready, photos=None).node, ready.who(), photo, black(), ready.now)

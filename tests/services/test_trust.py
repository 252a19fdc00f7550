"""The owner's trust: phones locked with their unsent count, screens by PIN, every byte sent, every look, the books."""

import base64
import hashlib
import hmac
import io
import zipfile
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from openpyxl import load_workbook

from pos_trace.core import bundles
from pos_trace.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorised
from pos_trace.core.ports import FeedPage
from pos_trace.forms import duty_pdf, xlsx_book
from pos_trace.services import (
    access_log,
    accounts,
    devices,
    enrolment,
    logging_in,
    monthly_book,
    own_book,
    places,
    presenting,
    screen_lock,
    sent,
    staff,
)
from pos_trace.services.node import Actor
from pos_trace.store.files import Files
from pos_trace.store.models import AccessEntry, Device
from tests.services.goods_rows import paper_of, photo_of
from tests.services.night import CABBAGE, UNKNOWN, Night, with_ports
from tests.services.two_nodes import officer

PIN = "2468"


@pytest.fixture
def phones(night: Night) -> list[str]:
    """Two phones of A-12 with Hoa (owner) and Ba (receiver), one of E-01."""
    admin, stall = night.node.machine("t"), night.stalls["A-12"]
    places.add_person(night.node, admin, "hoa", "Hoa (mẫu)", PIN, ["owner"], stall, night.now)
    places.add_person(night.node, admin, "ba", "Ba (mẫu)", PIN, ["receiver"], stall, night.now)
    return [enrolled(night, number) for number in ("A-12", "A-12", "E-01")]


def enrolled(night: Night, number: str) -> str:
    code = places.device_code(night.node, night.node.machine("t"), night.stalls[number], night.now)["code"]
    return str(accounts.enrol_device(night.node, code, f"Máy {number}", night.now)["device_token"])


def acting(night: Night, token: str, **later: float) -> Actor:
    found = accounts.actor_of_session(night.node, token, night.later(**later))
    assert found is not None
    return found


def entered(night: Night, login: str, phone: str, before: str | None = None, **later: float) -> dict[str, Any]:
    return screen_lock.enter(night.node, login, PIN, phone, before, night.later(**later))


def test_nobody_touches_the_phone_and_it_asks_for_the_pin(night: Night, phones: list[str]) -> None:
    token = entered(night, "ba", phones[0])["token"]
    assert not acting(night, token, minutes=9).locked
    accounts.touched(night.node, acting(night, token, minutes=9), token, night.later(minutes=9), idle_s=30)
    assert not acting(night, token, minutes=18).locked
    assert acting(night, token, minutes=19).locked
    accounts.touched(night.node, acting(night, token, minutes=19), token, night.later(minutes=19), idle_s=10_000)
    assert acting(night, token, minutes=19).locked


def test_a_password_is_never_asked_again_for_idleness(night: Night) -> None:
    places.add_person(night.node, night.node.machine("t"), "qt", "QT", "mat-khau-dai", ["site_admin"], None, night.now)
    token = logging_in.log_in(night.node, "qt", "mat-khau-dai", None, night.now)["token"]
    assert not acting(night, token, hours=5).locked


def test_a_locked_screen_opens_for_the_next_person_and_ends_the_log_in_before(night: Night, phones: list[str]) -> None:
    first = entered(night, "ba", phones[0])["token"]
    screen_lock.lock(night.node, first, night.later(minutes=1))
    screen_lock.lock(night.node, first, night.later(minutes=2))
    screen_lock.lock(night.node, "unknown", night.later(minutes=2))
    assert acting(night, first, minutes=2).locked
    with pytest.raises(Unauthorised):
        screen_lock.enter(night.node, "hoa", "0000", phones[0], first, night.later(minutes=2))
    told = entered(night, "hoa", phones[0], first, minutes=2)
    assert (told["name"], "staff" in told["permissions"]) == ("Hoa (mẫu)", True)
    assert accounts.actor_of_session(night.node, first, night.later(minutes=3)) is None


def test_what_waited_on_the_phone_counts_as_its_writers(night: Night, phones: list[str]) -> None:
    first = entered(night, "ba", phones[0])
    act = b"POST /api/v1/scans\nk\n{}"
    inner = hashlib.sha256(act).hexdigest().encode()
    seal = hmac.digest(bytes.fromhex(first["seal"]), inner, "sha256").hex()
    told = entered(night, "hoa", phones[0], first["token"], minutes=1)
    hoa = acting(night, told["token"], minutes=1)
    as_ba = screen_lock.acting_for(night.node, hoa, first["id"], seal, act, night.later(minutes=2))
    assert (as_ba.id, as_ba.device_id) == (first["id"], hoa.device_id)
    assert as_ba.permissions == frozenset({"receive", "papers"})
    other = acting(night, entered(night, "hoa", phones[1], minutes=1)["token"], minutes=1)
    for who, user, made, days in (
        (other, first["id"], seal, 0),
        (hoa, "nobody", seal, 0),
        (hoa, first["id"], seal[:-1], 0),
        (hoa, first["id"], seal, 8),
        (night.who(), hoa.id, seal, 0),
    ):
        with pytest.raises(Forbidden, match="written_by_other"):
            screen_lock.acting_for(night.node, who, user, made, act, night.later(days=days))


def test_a_lost_phone_is_locked_and_says_what_it_still_held(night: Night, phones: list[str]) -> None:
    lost = entered(night, "ba", phones[0])["token"]
    at = night.now + timedelta(minutes=41)
    ba, hoa = acting(night, lost), acting(night, entered(night, "hoa", phones[1])["token"])
    devices.heartbeat(night.node, ba, 7, at + timedelta(days=3), at)
    devices.heartbeat(night.node, ba, 7, at - timedelta(hours=1), at)
    with pytest.raises(Invalid):
        devices.heartbeat(night.node, ba, -1, None, at)
    assert devices.heartbeat(night.node, night.who(), 0, None, at) == {"device_id": None}
    assert len(devices.listed(night.node, hoa, at)["devices"]) == 2
    told = devices.lock(night.node, hoa, str(ba.device_id), at)
    clock = at.astimezone(night.node.zone)
    assert told["text"] == f"máy còn 7 lần quét chưa gửi, lần cuối {clock:%H:%M}"
    assert devices.lock(night.node, hoa, str(ba.device_id), at + timedelta(hours=1))["locked_at"] == told["locked_at"]
    assert accounts.actor_of_session(night.node, lost, at) is None
    assert accounts.device_locked(night.node, phones[0])
    assert not accounts.device_locked(night.node, phones[1])
    for call in (accounts.people_of_device, lambda node, token: accounts.actor_of_key(node, token, at)):
        with pytest.raises(Unauthorised) as refused:
            call(night.node, phones[0])
        assert refused.value.code == "device_locked"
    one = devices.listed(night.node, hoa, at)["devices"][-1]
    assert (one["locked"], one["locked_by"]) == (True, "Hoa (mẫu)")
    assert devices.unsent(0, None, at) == "máy đã gửi hết"


def test_ones_own_phone_and_a_neighbours_are_not_locked(night: Night, phones: list[str]) -> None:
    hoa = acting(night, entered(night, "hoa", phones[0])["token"])
    with pytest.raises(Conflict):
        devices.lock(night.node, hoa, str(hoa.device_id), night.now)
    with night.node.db.read() as session:
        theirs = session.query(Device).filter_by(stall_id=night.stalls["E-01"]).one().id
    with pytest.raises(NotFound):
        devices.lock(night.node, hoa, theirs, night.now)
    code = devices.card(night.node, hoa, night.now)["code"]
    assert accounts.enrol_device(night.node, code, "Máy mới", night.now)["stall_id"] == night.stalls["A-12"]


def test_the_owner_adds_people_gives_pins_and_lets_them_go(night: Night, phones: list[str]) -> None:
    node, hoa = night.node, acting(night, entered(night, "hoa", phones[0])["token"])
    for name, roles, pin in (
        ("", ["receiver"], PIN),
        ("An", [], PIN),
        ("An", ["inspector"], PIN),
        ("An", ["cashier"], "12"),
    ):
        with pytest.raises(Invalid):
            staff.add(node, hoa, name, roles, pin, night.now)
    made = [staff.add(node, hoa, "Y Hiền (mẫu)", ["cashier", "receiver"], "1357", night.now)["id"] for _ in range(2)]
    told = staff.listed(node, hoa, night.now)["people"]
    assert [one["role_words"] for one in told if one["id"] in made] == ["bán hàng, nhận hàng"] * 2
    staff.new_pin(node, hoa, made[0], "9753", night.now)
    with pytest.raises(Invalid):
        staff.new_pin(node, hoa, made[0], "chín", night.now)
    login = next(p["login"] for p in accounts.people_of_device(node, phones[0])["people"] if "Hiền" in p["name"])
    token = screen_lock.enter(node, login, "9753", phones[0], None, night.now)["token"]
    staff.end(node, hoa, made[0], night.now)
    assert accounts.actor_of_session(node, token, night.now) is None
    for act in (
        lambda: staff.end(node, hoa, made[0], night.later(minutes=1)),
        lambda: staff.end(node, hoa, "x", night.now),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Conflict):
        staff.end(node, hoa, hoa.id, night.now)
    assert made[0] not in [one["id"] for one in staff.listed(node, hoa, night.later(minutes=1))["people"]]


def test_what_was_sent_is_counted_and_narrowed_by_day_and_kind(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    node, who, stall = night.node, night.who(), night.stalls["A-12"]
    digest = node.files.put(b"picture" * 100)
    with node.write(node.machine("t"), night.now) as tx:
        tx.send("department", "receipt", "g1", {"n": 1}, "Phiếu", stall)
        tx.send("department", "evidence", "g2", {"sha256": digest}, "Ảnh", stall)
        tx.send("department", "evidence", "g3", {"sha256": "0" * 64}, "Ảnh mất", stall)
    with monkeypatch.context() as no_bytes:
        no_bytes.setattr(Files, "get", lambda *_: pytest.fail("a list reads no photo"))
        told = sent.listed(node, who)
    bodies = [sent.body(node, who, one["id"]) for one in told["messages"]]
    assert told["total"] == {"count": 3, "bytes": sum(len(body) for body in bodies)}
    assert [one["size"] for one in told["messages"]] == [len(body) for body in bodies]
    pictures = [orjson.loads(body) for body in bodies if b"data" in body]
    assert base64.b64decode(pictures[0]["data"]) == b"picture" * 100
    assert sent.listed(node, who, kind="receipt")["total"]["count"] == 1
    today = night.now.astimezone(node.zone).date()
    assert sent.listed(node, who, day=today)["total"]["count"] == 3
    assert sent.listed(node, who, day=today - timedelta(days=1))["total"] == {"count": 0, "bytes": 0}
    with pytest.raises(NotFound):
        sent.body(node, night.who("E-01"), told["messages"][0]["id"])


class Feed:
    """The province's access feed, page by page as it is told."""

    def __init__(self, *pages: FeedPage) -> None:
        self.pages, self.asked = list(pages), []

    def access(self, since: int) -> FeedPage:
        self.asked.append(since)
        return self.pages.pop(0)


def test_looks_come_once_and_only_those_at_ones_own_stall(night: Night) -> None:
    look = {"id": "01a20f0a-0000-7000-8000-000000000001", "stall_id": night.stalls["A-12"], "name": "Nguyễn Mẫu",
            "agency": "Sở Công Thương", "subject": "case", "subject_id": "c1", "ground": "QĐ 12/QĐ-QLTT",
            "at": night.now.isoformat()}  # fmt: skip
    wrong = [
        look | {"id": "2", "stall_id": "x"},
        look | {"id": "3", "subject": "reporter"},
        look | {"at": "x"},
        {"id": 4},
    ]
    feed = Feed(
        FeedPage("ok", (look, *wrong), 5, True),
        FeedPage("ok", (look,), 6, False),
        FeedPage("unavailable", why="offline"),
    )
    there = with_ports(night, feed=feed)
    assert access_log.poll(there.node, night.now) == {"state": "ok", "entries": 1}
    assert access_log.poll(there.node, night.now)["state"] == "unavailable"
    assert feed.asked == [0, 5, 6]
    told = access_log.listed(night.node, night.who())
    assert [(one["who"], one["agency"], one["what"], one["ground"]) for one in told["entries"]] == [
        ("Nguyễn Mẫu", "Sở Công Thương", "Hồ sơ vụ việc", "QĐ 12/QĐ-QLTT")
    ]
    assert access_log.listed(night.node, night.who(), told["entries"][0]["id"])["entries"] == []
    assert access_log.listed(night.node, night.who("E-01"))["entries"] == []
    assert access_log.poll(with_ports(night, feed=None).node, night.now)["state"] == "unavailable"


def test_the_province_feeds_a_station_its_own_looks_without_reporters(night: Night) -> None:
    province = night.pair.province
    with province.write(officer(province), night.now) as tx:
        for number, (stall, subject) in enumerate(
            (("s1", "case"), ("s1", "reporter"), ("s2", "case"), ("s1", "evidence"))
        ):
            row = AccessEntry(site_id=province.id, id=tx.id(), created_at=night.now, stall_id=stall, subject=subject)
            row.actor, row.subject_id, row.detail, row.feed_seq = "x (user:1)", "c", {"name": "Mẫu"}, number + 1
            tx.session.add(row)
        enrolment.upsert_stall(tx, "site-1", {"id": "s1", "number": "1", "name": "Một"})
    asker = Actor("key", "k", "k", "site-1")
    told = access_log.feed(province, asker, 0, 1)
    assert ([e["subject"] for e in told["entries"]], told["next"], told["more"]) == (["case"], 1, True)
    told = access_log.feed(province, asker, 1, 10)
    assert ([e["subject"] for e in told["entries"]], told["next"], told["more"]) == (["evidence"], 4, False)
    assert access_log.feed(province, asker, 4, 10)["entries"] == []


def received(night: Night) -> tuple[str, str]:
    """A good line and one without papers that gets a paper with a photo: their lines' ids."""
    good = night.receive(CABBAGE, "20", "kg")
    delivery = night.deliver(supplier="=HTX rau (mẫu)")
    line = night.scan(UNKNOWN, delivery, "9", "hũ")["line"]
    paper_of(night.node, night.stalls["A-12"], night.now, line["id"])
    photo_of(night.node, night.stalls["A-12"], night.now, line["id"])
    return good["id"] if "id" in good else good["lot_id"], line["id"]


def test_the_own_book_holds_everything_of_the_stall_and_no_formula(night: Night) -> None:
    night.pull()
    received(night)
    night.deliver("E-01", supplier="Người của E-01")
    out = io.BytesIO()
    with own_book.reading(night.node, night.who()) as sheets:
        xlsx_book.write(sheets, out)
    own_book.written(night.node, night.who(), night.now)
    book = load_workbook(io.BytesIO(out.getvalue()))
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    texts = [str(cell.value) for cell in cells]
    assert "'=HTX rau (mẫu)" in texts
    assert not [text for text in texts if "E-01" in text]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert len(book.sheetnames) == len(own_book.TABLES)
    assert own_book.file_name(night.node, night.who(), night.now).startswith("so-A-12-")


def test_the_monthly_book_says_what_was_checked_and_counts_refusals(night: Night) -> None:
    night.pull()
    received(night)
    today = night.now.astimezone(night.node.zone).date()
    told = monthly_book.book(night.node, night.who(), *monthly_book.days_of(f"{today:%Y-%m}"), night.now)
    assert "KHỚP HỒ SƠ" in [row.word for row in told.rows]
    assert dict(told.totals())["Số lượt nhận"] == str(len(told.rows)) == "2"
    assert told.audit[0] > 0
    out = io.BytesIO()
    xlsx_book.duty(told, out)
    page = load_workbook(io.BytesIO(out.getvalue()))["Sổ nhận hàng"]
    assert page.max_row == 3
    assert duty_pdf.pdf(told).startswith(b"%PDF")
    assert monthly_book.book(night.node, night.who("E-01"), today, today, night.now).rows == ()
    empty = monthly_book.book(night.node, night.who("E-01"), today, today, night.now)
    assert duty_pdf.pdf(empty).startswith(b"%PDF")
    for days in ((today, today - timedelta(days=1)), (date(2024, 1, 1), today)):
        with pytest.raises(Invalid):
            monthly_book.book(night.node, night.who(), *days, night.now)
    with pytest.raises(Invalid):
        monthly_book.days_of("2026-13")


def test_a_bundle_is_shown_signed_and_stands_in_who_looked(night: Night) -> None:
    night.pull()
    received(night)
    node, who = night.node, night.who()
    today = night.now.astimezone(node.zone).date()
    shown = presenting.collect(node, who, today, today, None, night.now)
    assert len(shown.verdicts) >= 2
    with pytest.raises(Invalid):
        presenting.keep(node, who, shown, {"so.txt": b"x"}, " ", "", night.now)
    kept = presenting.keep(node, who, shown, {"so.txt": b"x"}, "Nguyễn Mẫu, Đội QLTT số 1", "QĐ 9", night.now)
    data = presenting.bundle(node, who, kept["id"])
    report = bundles.verify(data, enrolment.public_key(node))
    assert report.ok
    assert report.manifest["shown_to"] == "Nguyễn Mẫu, Đội QLTT số 1"
    assert access_log.listed(node, who)["entries"][0]["ground"] == "QĐ 9"
    assert presenting.listed(node, who)["presentations"][0]["id"] == kept["id"]
    with pytest.raises(NotFound):
        presenting.bundle(node, night.who("E-01"), kept["id"])
    for days in ((None, today), (today, today - timedelta(days=1)), (today - timedelta(days=100), today)):
        with pytest.raises(Invalid):
            presenting.collect(node, who, *days, None, night.now)


def test_a_single_lot_is_shown_with_its_own_line_only(night: Night) -> None:
    night.pull()
    lot = night.receive(CABBAGE, "20", "kg")["lot_id"]
    received(night)
    shown = presenting.collect(night.node, night.who(), None, None, lot, night.now)
    assert (shown.subject, len(shown.book.rows)) == ("lot", 1)
    with pytest.raises(NotFound):
        presenting.collect(night.node, night.who("E-01"), None, None, lot, night.now)


def packed() -> bytes:
    return bundles.pack({"a.txt": b"one", "b.txt": b"two"}, {"station": "x"}, b"k" * 32)


def test_a_bundle_comes_out_the_same_twice() -> None:
    assert packed() == packed()
    assert bundles.verify(packed()).ok


@pytest.mark.parametrize("spoil", ["content", "added", "missing", "manifest", "signature", "key", "no zip"])
def test_a_bundle_that_was_touched_is_told(spoil: str) -> None:
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    if spoil == "content":
        files["a.txt"] = b"uno"
    elif spoil == "added":
        files["c.txt"] = b"three"
    elif spoil == "missing":
        del files["b.txt"]
    elif spoil == "manifest":
        files["manifest.json"] = files["manifest.json"].replace(b'"x"', b'"y"')
    elif spoil == "signature":
        files["manifest.sig"] = b"%%%"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    told = out.getvalue() if spoil != "no zip" else b"nothing"
    report = bundles.verify(told, "another key" if spoil == "key" else None)
    assert not report.ok
    assert report.problem

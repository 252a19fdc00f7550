"""The main job in sixteen steps, through both nodes' HTTP interfaces only (CONTRACTS: ``demo --once``)."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from pos_trace.demo import parts
from pos_trace.demo.api import Answered, Client
from pos_trace.demo.lots import UNPUBLISHED_KEY, key_of, label, new_recall
from pos_trace.demo.parts import PROVINCE, StillNot, until
from pos_trace.demo.people import STATION_ID
from pos_trace.demo.setup import Demo

API = "/api/v1"
QUICK_BEATS = {"feed_s": 0.5, "cases_s": 0.5, "outbox_s": 0.2, "clocks_s": 2.0}
VERSION = "pos_trace_records_version"
FISH, SISTER = "CL2611B", "CL2611C"
FISH_GTIN, COFFEE_GTIN = "09521234600138", "09521234600015"


class Wrong(AssertionError):
    """A step answered something else than it promises."""


def expect(good: object, told: object) -> None:
    """Raise ``Wrong`` with what was told unless ``good``."""
    if not good:
        raise Wrong(str(told)[:600])


@dataclass
class Play:
    """What the steps share while they run."""

    demo: Demo
    station: Client
    province: Client
    known: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def scan(self, text: str, **more: Any) -> dict[str, Any]:
        """One scan of a text."""
        answer: dict[str, Any] = self.station.post(f"{API}/scans", {"text": text, **more})
        return answer


Step = Callable[[Play], str]


def scan_verified(play: Play) -> str:
    """Row 1 matches its record."""
    told = play.scan(label(COFFEE_GTIN, "DH2611A"))["verdict"]
    expect(told["status"] == "verified", told)
    return str(told["word"])


def scan_recalled(play: Play) -> str:
    """Row 29 was recalled ten days ago."""
    told = play.scan(label("09521234600213", "RP2609"))["verdict"]
    expect(told["status"] == "blocked" and told["reasons"][0]["code"] == "recalled", told)
    return str(told["reasons"][0]["text"])


def scan_unknown(play: Play) -> str:
    """Row 17 is in no fresh record and has no paper."""
    told = play.scan(label("09521234600145", "TL2611"))["verdict"]
    expect(told["status"] == "undetermined" and told["judgements"]["record"] == "absent", told)
    return str(told["word"])


def scan_photo(play: Play) -> str:
    """Row 6's label, photographed."""
    picture = parts.label_picture(label("09521234600053", "MD2611-07"))
    told = play.station.photo(f"{API}/scans", picture)
    expect(told["verdict"] and told["verdict"]["status"] == "verified", told)
    return str(told["code"]["key"])


def scan_offline(play: Play) -> str:
    """The province is stopped: known goods answer with their age, unknown ones are unchecked, nobody is accused."""
    play.demo.province.stop()
    try:
        known = play.scan(label("09521234600060", "MD2611-08"))["verdict"]
        unknown = play.scan(f"https://txng.quangngai.example/{UNPUBLISHED_KEY}")["verdict"]
    finally:
        play.demo.province.start()
    expect(known["status"] == "verified" and known["records"]["age_s"] is not None, known)
    expect(unknown["status"] == "unchecked", unknown)
    return f"{known['word']} ({known['records']['age_s']} s); {unknown['word']}"


def receive_without_code(play: Play) -> str:
    """Fish with its list is documented; chickens without anything wait for papers."""
    opened = play.station.post(f"{API}/deliveries", {"supplier_name": "Lái xe 76 (mẫu)", "vehicle_plate": "76C-012.34"})
    play.known["delivery"] = opened["id"]
    base = f"{API}/deliveries/{opened['id']}"
    today = datetime.now(UTC).date().isoformat()
    paper = {"kind": "bang_ke", "number": "24/11", "issued_on": today, "issuer": "Cơ sở cá hồ Plei Krông (mẫu)"}
    fish = play.station.post(f"{base}/lines", {"goods_name": "Cá diêu hồng", "goods_group": "ca", "quantity": "60",
                                               "unit": "kg", "papers": [paper]})  # fmt: skip
    paper_id = play.station.post(f"{base}/papers", {**paper, "line_id": fish["line"]["id"]})["paper"]["id"]
    seen = play.station.photo(f"{base}/photos", parts.paper_picture("bang ke"), paper_id=paper_id)
    line = next(one for one in seen["lines"] if one["id"] == fish["line"]["id"])
    expect(line["verdict"]["status"] == "documented" and line["state"] == "sellable", line)
    hens = play.station.post(f"{base}/lines", {"goods_name": "Gà ta làm sẵn", "goods_group": "thit", "quantity": "12",
                                               "unit": "con"})["line"]  # fmt: skip
    expect(hens["verdict"]["status"] == "undetermined" and hens["flag"] and hens["state"] == "held", hens)
    play.known["hens"] = hens
    return f"{line['verdict']['word']}; {hens['verdict']['word']}"


def close_delivery(play: Play) -> str:
    """Coded goods join the delivery; closing numbers it and prints two copies."""
    where = {"delivery_id": play.known["delivery"], "unit": "khay"}
    play.scan(label(COFFEE_GTIN, "DH2611A"), **(where | {"quantity": "40", "unit": "gói"}))
    for lot in (FISH, SISTER):
        line = play.scan(label(FISH_GTIN, lot), **where, quantity="20")["line"]
        expect(line["state"] == "sellable", line)
        play.known[lot] = line["lot_id"]
    closed = play.station.post(f"{API}/deliveries/{play.known['delivery']}/close", {})
    expect(closed["state"] == "closed" and len(closed["print_jobs"]) == 2, closed)
    return str(closed["number"])


def sale(play: Play) -> str:
    """Coffee and fish on one receipt, the fish by its lot."""
    body = {
        "external_id": "demo-once-1",
        "lines": [
            {"line_no": 1, "barcode": "9521234600015", "qty": "1", "unit_price": 125000},
            {"line_no": 2, "barcode": "9521234600138", "qty": "2", "unit_price": 120000, "lot": play.known[FISH]},
        ],
    }
    sold = play.station.post(f"{API}/sales", body)
    again = play.station.post(f"{API}/sales", body)
    expect(sold == again, again)
    expect(sold["lines"][1]["lots"][0]["lot"] == play.known[FISH], sold)
    play.known["sale"] = sold
    return str(sold["receipt_no"])


def receipt_printed(play: Play) -> str:
    """The spool says confirmed, and the bytes lie in the printer's folder."""
    job = play.known["sale"]["print_job"]

    def state() -> str:
        jobs = play.station.get(f"{API}/prints")["jobs"]
        return str(next((one["state"] for one in jobs if one["id"] == job), "missing"))

    until("receipt", state, lambda found: found == "confirmed")
    stream = play.demo.spool / f"{job}.bin"
    kept = play.demo.folder / "receipt.bin"
    shutil.copyfile(stream, kept)
    play.files["receipt_escpos"] = str(kept)
    return f"{kept.stat().st_size} bytes"


def receipt_qr_decodes(play: Play) -> str:
    """Bytes become a picture again; an independent decoder reads the trace address."""
    out = play.demo.folder / "receipt.png"
    texts, cuts, unknown = parts.read_paper(Path(play.files["receipt_escpos"]), out)
    play.files["receipt_png"] = str(out)
    expect(texts == [play.known["sale"]["qr_text"]] and cuts == 1 and unknown == 0, (texts, cuts, unknown))
    return texts[0]


def _page(play: Play) -> tuple[int, str]:
    answer = requests.get(play.known["sale"]["trace_url"], timeout=10)
    return answer.status_code, answer.text


def trace_page(play: Play) -> str:
    """The printed address answers with what was sold."""
    _, text = until("trace page", lambda: _page(play), lambda found: found[0] == 200)
    expect("Cà phê bột Robusta Đăk Hà 500 g" in text and "Cá lăng phi lê khay 500 g" in text, text)
    expect("THU HỒI" not in text and "125.000" not in text, text)
    return str(play.known["sale"]["trace_url"])


def report_acknowledged(play: Play) -> str:
    """ "Gửi ngay": the Department's number is back at the stall."""
    flag = play.known["hens"]["flag"]["id"]
    case = play.station.post(f"{API}/flags/{flag}/send", {})["case_id"]
    play.known["case"] = case
    told = until("acknowledgement", lambda: play.station.get(f"{API}/cases/{case}"), lambda one: one["ack_number"])
    return str(told["ack_number"])


def inspector_concludes(play: Play) -> str:
    """The inspector finds it in the queue, takes it and concludes "đã làm rõ"."""
    case = play.known["case"]
    queue = play.province.get(f"{PROVINCE}/cases")["cases"]
    expect(any(one["id"] == case for one in queue), queue)
    where = f"{PROVINCE}/cases/{STATION_ID}/{case}"
    play.province.post(f"{where}/take", {})
    told = play.province.post(f"{where}/conclude", {
        "outcome": "complies", "origin_finding": "cleared",
        "reason": "Người giao đã xuất trình hóa đơn và giấy kiểm dịch (mẫu)."})  # fmt: skip
    expect(told["state"] == "concluded", told)
    return "Đã làm rõ nguồn gốc"


def _lot(play: Play, lot_id: str) -> dict[str, Any]:
    lots = play.station.get(f"{API}/stock")["lots"]
    return next((lot for lot in lots if lot["id"] == lot_id), {"state": "missing"})


def conclusion_at_station(play: Play) -> str:
    """The goods that were set aside may be sold."""
    case = until("conclusion", lambda: play.station.get(f"{API}/cases/{play.known['case']}"),
                 lambda one: one["state"] == "concluded")  # fmt: skip
    lot = until("stock", lambda: _lot(play, play.known["hens"]["lot_id"]), lambda one: one["state"] == "sellable")
    return f"{case['state_text']}; {lot['state']}"


def recall_blocks_sale(play: Play) -> str:
    """A recall at the province blocks the lot here; by its bare barcode the pack's lot is asked."""
    play.province.post(f"{PROVINCE}/recalls", new_recall())
    until("recall", lambda: _lot(play, play.known[FISH]), lambda one: one["state"] == "blocked")
    lines = [{"line_no": 1, "barcode": "9521234600138", "qty": "1", "lot": play.known[FISH]},
             {"line_no": 2, "barcode": "9521234600138", "qty": "1"}]  # fmt: skip
    told = play.station.post(f"{API}/sales:check", {"lines": lines})["lines"]
    expect([one["sellable"] for one in told] == ["no", "confirm_lot"], told)
    return str(told[0]["reasons"][0]["text"])


def old_receipt_turns_red(play: Play) -> str:
    """The page of the receipt sold before names the recalled item, and only that one."""
    _, text = until("red page", lambda: _page(play), lambda found: "THU HỒI" in found[1])
    expect("1 mặt hàng trong phiếu đang bị thu hồi" in text and "TH-MAU-002" in text, text)
    return key_of(FISH_GTIN, FISH)


STEPS: tuple[Step, ...] = (
    scan_verified,
    scan_recalled,
    scan_unknown,
    scan_photo,
    scan_offline,
    receive_without_code,
    close_delivery,
    sale,
    receipt_printed,
    receipt_qr_decodes,
    trace_page,
    report_acknowledged,
    inspector_concludes,
    conclusion_at_station,
    recall_blocks_sale,
    old_receipt_turns_red,
)


def play_once(demo: Demo, told: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Run all steps on started nodes; ``told`` hears each. A step that fails ends the play: later ones need it."""
    station = Client(demo.station.url, demo.facts["station"]["api_key"])
    province = Client(demo.province.url, demo.facts["province"]["api_key"])
    play = Play(demo, station, province)
    steps: list[dict[str, Any]] = []
    try:
        version = parts.publish(province, datetime.now(UTC).date())
        until("records", lambda: _version(play), lambda found: found >= version)
        for step in STEPS:
            steps.append(_run(step, play))
            told(steps[-1])
            if not steps[-1]["ok"]:
                break
    finally:
        station.close()
        province.close()
    ok = len(steps) == len(STEPS) and all(step["ok"] for step in steps)
    return {"ok": ok, "steps": steps, "files": play.files}


def _version(play: Play) -> int:
    """How far the station has read the province's feed."""
    text = requests.get(f"{play.demo.station.url}/metrics", timeout=10).text
    return next((int(float(line.split()[-1])) for line in text.splitlines() if line.startswith(VERSION)), 0)


def _run(step: Step, play: Play) -> dict[str, Any]:
    began = time.perf_counter()
    try:
        detail, ok = step(play), True
    except (Wrong, StillNot, Answered, requests.RequestException, KeyError, OSError) as error:
        detail, ok = f"{type(error).__name__}: {error}", False
    return {"name": step.__name__, "ok": ok, "ms": round((time.perf_counter() - began) * 1000), "detail": detail}

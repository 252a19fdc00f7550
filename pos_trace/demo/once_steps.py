"""The sixteen first steps of ``demo --once``: from a scanned crate to an old receipt that turns red."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pos_trace.demo import parts
from pos_trace.demo.lots import UNPUBLISHED_KEY, key_of, label, new_recall
from pos_trace.demo.once_play import API, COFFEE_GTIN, FISH, FISH_GTIN, SISTER, Play, Step, expect, paper, shopper
from pos_trace.demo.once_play import lot as stock_of
from pos_trace.demo.parts import PROVINCE, until
from pos_trace.demo.people import STATION_ID


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
    told = {"kind": "bang_ke", "number": "24/11", "issued_on": today, "issuer": "Cơ sở cá hồ Plei Krông (mẫu)"}
    fish = play.station.post(f"{base}/lines", {"goods_name": "Cá diêu hồng", "goods_group": "ca", "quantity": "60",
                                               "unit": "kg", "papers": [told]})  # fmt: skip
    paper_id = play.station.post(f"{base}/papers", {**told, "line_id": fish["line"]["id"]})["paper"]["id"]
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
    for name in (FISH, SISTER):
        line = play.scan(label(FISH_GTIN, name), **where, quantity="20")["line"]
        expect(line["state"] == "sellable", line)
        play.known[name] = line["lot_id"]
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
    stream = paper(play, play.station, play.known["sale"]["print_job"])
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


def trace_page(play: Play) -> str:
    """The printed address answers with what was sold."""
    _, text = until("trace page", lambda: shopper(play.known["sale"]["trace_url"]), lambda found: found[0] == 200)
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


def conclusion_at_station(play: Play) -> str:
    """The goods that were set aside may be sold."""
    case = until("conclusion", lambda: play.station.get(f"{API}/cases/{play.known['case']}"),
                 lambda one: one["state"] == "concluded")  # fmt: skip
    goods = until(
        "stock", lambda: stock_of(play.station, play.known["hens"]["lot_id"]), lambda one: one["state"] == "sellable"
    )
    return f"{case['state_text']}; {goods['state']}"


def recall_blocks_sale(play: Play) -> str:
    """A recall at the province blocks the lot here; by its bare barcode the pack's lot is asked."""
    play.province.post(f"{PROVINCE}/recalls", new_recall())
    until("recall", lambda: stock_of(play.station, play.known[FISH]), lambda one: one["state"] == "blocked")
    lines = [{"line_no": 1, "barcode": "9521234600138", "qty": "1", "lot": play.known[FISH]},
             {"line_no": 2, "barcode": "9521234600138", "qty": "1"}]  # fmt: skip
    told = play.station.post(f"{API}/sales:check", {"lines": lines})["lines"]
    expect([one["sellable"] for one in told] == ["no", "confirm_lot"], told)
    return str(told[0]["reasons"][0]["text"])


def old_receipt_turns_red(play: Play) -> str:
    """The page of the receipt sold before names the recalled item, and only that one."""
    _, text = until("red page", lambda: shopper(play.known["sale"]["trace_url"]), lambda found: "THU HỒI" in found[1])
    expect("1 mặt hàng trong phiếu đang bị thu hồi" in text and "TH-MAU-002" in text, text)
    return key_of(FISH_GTIN, FISH)


STEPS: Final[tuple[Step, ...]] = (
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

// The market's board: stalls with their counts, devices with what waits on them, printers and their paper.
import { call, el } from "./calls.js";

const byId = (id) => document.getElementById(id);
const when = (iso) => (iso ? new Date(iso).toLocaleString("vi-VN", {
  timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" }) : "chưa lần nào");
const fill = (id, rows, empty) => byId(id).replaceChildren(...(rows.length ? rows : [el("li", { text: empty })]));
const tag = (tone, text) => el("span", { class: "pos-tag", "data-tone": tone, text });
const FINE = 100;
const PAPER_LOW = 201;

function stall(one) {
  const counted = one.counted === null
    ? `7 ngày: đã ghi ${one.recorded} chuyến; ${one.counted_by}`
    : `7 ngày: đã ghi ${one.recorded} / ${one.counted} chuyến (đếm theo ${one.counted_by})`;
  const until = one.practising ? one.practice_until.split("-").reverse().join("/") : "";
  return el("li", {},
    el("strong", { text: `${one.number} – ${one.name} ` }), one.practising ? tag("warn", `Tập dùng đến ${until}`) : null,
    el("div", { text: `Mã địa điểm ${one.gln ?? "–"} · ${one.devices} máy · hôm nay ${one.deliveries_today} chuyến, `
      + `${one.lookups_today} lần quét xem thử` }),
    el("div", { text: counted }));
}

function device(one) {
  const state = one.locked ? tag("hold", "Đã khóa") : one.queue > 0 ? tag("warn", `${one.queue} lần quét chưa gửi`) : null;
  return el("li", {}, el("strong", { text: `${one.number} · ${one.name} ` }), state,
    el("div", { text: `Thấy lần cuối: ${when(one.last_seen_at)}` }));
}

function printer(one) {
  const tone = one.status === FINE ? "good" : one.status === PAPER_LOW ? "warn" : "bad";
  return el("li", {}, el("strong", { text: `${one.name} ` }), tag(tone, one.word),
    el("div", { text: `${one.number ? `Của sạp ${one.number}` : "Dùng chung"} · in xong lần cuối: ${when(one.last_confirmed_at)}`
      + `${one.waiting ? ` · ${one.waiting} phiếu đang chờ` : ""}` }));
}

async function load() {
  try {
    const told = await call("GET", `/api/v1/market?search=${encodeURIComponent(byId("search").value)}`);
    byId("problem").replaceChildren();
    byId("total").textContent = `${told.stalls.length} sạp`;
    fill("stalls", told.stalls.map(stall), "Không có sạp nào.");
    fill("devices", told.devices.map(device), "Chưa có máy nào.");
    fill("printers", told.printers.map(printer), "Chưa có máy in.");
    byId("waiting").textContent = `Phiếu đang chờ in: ${told.print_waiting} · Tin chờ gửi: ${told.unsent} · Giờ yên: ${told.quiet}`;
  } catch (error) {
    byId("problem").replaceChildren(el("div", { class: "alert alert-warning", text: error.message }));
  }
}

let typing;
byId("search").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(load, 250); });
setInterval(load, 30000);
load();

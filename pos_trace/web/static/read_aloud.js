// Recalls in force: the text to read over the loudspeakers in large letters, "Đã đọc lúc …", the notice on paper.
import { call, el, once } from "./calls.js";

const byId = (id) => document.getElementById(id);
const when = (iso) => new Date(iso).toLocaleString("vi-VN", {
  timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });

function say(tone, text) {
  byId("problem").replaceChildren(...(text ? [el("div", { class: `alert alert-${tone}`, text })] : []));
}

async function act(path, recall, done) {
  try { await once(path, { recall_id: recall }); await load(); say("success", done); } catch (error) { say("warning", error.message); }
}

function card(one) {
  const read = one.read_at ? `Đã đọc lúc ${when(one.read_at)}` : "Chưa đọc";
  return el("section", { class: "pos-card" },
    el("h2", { class: "h4", text: `Thông báo số ${one.recall_id}` }),
    el("p", {}, el("span", { class: "pos-tag", "data-tone": one.read_at ? "good" : "warn", text: read }),
      ` ${one.stalls} sạp đang còn hàng này`),
    el("div", { class: "pos-aloud" }, ...one.aloud.map((text) => el("p", { text }))),
    el("div", { class: "pos-row" },
      el("button", { class: "btn btn-dark btn-lg", type: "button", text: "Đã đọc xong",
        onclick: () => act("/api/v1/market/recalls/read", one.recall_id, "Đã ghi giờ đọc.") }),
      el("button", { class: "btn btn-outline-dark btn-lg", type: "button", text: "In phiếu thông báo",
        onclick: () => act("/api/v1/market/recalls/print", one.recall_id, "Đã đưa vào máy in.") }),
      el("a", { class: "btn btn-outline-dark btn-lg", text: "Tờ A4 để dán",
        href: `/cho/thong-bao?recall_id=${encodeURIComponent(one.recall_id)}` })));
}

async function load() {
  try {
    const { recalls } = await call("GET", "/api/v1/market/recalls");
    byId("recalls").replaceChildren(...(recalls.length ? recalls.map(card)
      : [el("p", { class: "pos-card", text: "Không có thông báo thu hồi nào." })]));
  } catch (error) { say("warning", error.message); }
}

load();

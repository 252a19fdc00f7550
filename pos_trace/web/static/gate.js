// The gate log: one vehicle, or a stall's number of arrivals; which stalls were open. Nothing is deleted, only struck out.
import { call, el, once } from "./calls.js";

const byId = (id) => document.getElementById(id);
const clock = (iso) => new Date(iso).toLocaleTimeString("vi-VN", {
  timeZone: "Asia/Ho_Chi_Minh", hour: "2-digit", minute: "2-digit" });
const SOURCES = { gate: "cổng", supplier_slip: "phiếu người giao" };
const ticks = new Map();

function problem(error) {
  byId("problem").replaceChildren(...(error ? [el("div", { class: "alert alert-warning", text: error.message })] : []));
}

function entry(one) {
  const words = `${clock(one.at)} · ${one.plate ?? "không rõ xe"} · ${one.number ? `sạp ${one.number}` : "chưa rõ sạp"} · `
    + `${one.count} chuyến (${SOURCES[one.source] ?? one.source})`;
  if (one.cancelled) return el("li", {}, el("s", { text: words }), " ", el("span", { class: "pos-tag", text: "Đã hủy" }));
  return el("li", { class: "pos-row" }, el("span", { text: words }),
    el("button", { class: "btn btn-outline-dark", type: "button", text: "Hủy dòng này", "aria-label": `Hủy dòng ${words}`,
      onclick: () => act("/api/v1/market/gate/cancel", { entry_id: one.id }) }));
}

function tile(one) {
  const made = el("button", { class: "pos-tile", type: "button", "aria-pressed": String(one.open) });
  const show = (open) => {
    ticks.set(one.number, open);
    made.setAttribute("aria-pressed", String(open));
    made.dataset.sellable = String(open);
    made.replaceChildren(el("strong", { text: `${open ? "☑" : "☐"} ${one.number}` }), el("small", { text: one.name }),
      el("small", { text: open ? "Mở" : "Nghỉ" }));
  };
  made.addEventListener("click", () => show(!ticks.get(one.number)));
  show(one.open);
  return made;
}

async function load() {
  try {
    const told = await call("GET", `/api/v1/market/gate?day=${byId("day").value}`);
    byId("total").textContent = `Ngày ${told.day.split("-").reverse().join("/")}: ${told.total} chuyến`;
    byId("entries").replaceChildren(...(told.entries.length ? told.entries.map(entry)
      : [el("li", { text: "Chưa ghi chuyến nào." })]));
    ticks.clear();
    byId("stalls").replaceChildren(...told.stalls.map(tile));
    byId("numbers").replaceChildren(...told.stalls.map((one) => el("option", { value: one.number, text: one.name })));
  } catch (error) { problem(error); }
}

async function act(path, body) {
  try { await once(path, body); problem(null); await load(); return true; } catch (error) { problem(error); return false; }
}

byId("entry").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = { plate: byId("plate").value || null, number: byId("number").value || null,
    count: Number(byId("count").value) || 1, source: byId("source").value, day: byId("day").value };
  if (await act("/api/v1/market/gate", body)) {
    for (const id of ["plate", "number"]) byId(id).value = "";
    byId("count").value = "1";
    byId("plate").focus();
  }
});
byId("day").addEventListener("change", load);
byId("save").addEventListener("click", () => act("/api/v1/market/stall-days",
  { day: byId("day").value, stalls: Object.fromEntries(ticks) }));
load();

// The first day: five steps; a tick is there when the thing really happened, never because somebody ticked it.
import { call, el, once } from "./calls.js";

const byId = (id) => document.getElementById(id);

function say(tone, text) {
  byId("problem").replaceChildren(...(text ? [el("div", { class: `alert alert-${tone}`, text })] : []));
}

function step(one, printer) {
  const go = one.path
    ? el("a", { class: one.done ? "btn btn-outline-dark" : "btn btn-dark", href: one.path, text: one.done ? "Xem lại" : "Làm bước này" })
    : el("button", { class: one.done ? "btn btn-outline-dark" : "btn btn-dark", type: "button", disabled: !printer,
      text: printer ? "In thử" : "Sạp chưa có máy in", onclick: () => print("/api/v1/first-day/print-test", "Đã đưa phiếu in thử vào máy in.") });
  return el("li", { class: "pos-row" },
    el("span", {}, el("span", { class: "pos-tag", "data-tone": one.done ? "good" : "", text: one.done ? "✓ Xong" : "Chưa" }),
      " ", el("strong", { text: one.title })), go);
}

async function print(path, done) {
  try { await once(path, {}); say("success", done); await load(); } catch (error) { say("warning", error.message); }
}

async function load() {
  try {
    const told = await call("GET", "/api/v1/first-day");
    byId("count").textContent = `${told.done}/${told.steps.length} bước đã xong`;
    byId("steps").replaceChildren(...told.steps.map((one) => step(one, told.printer)));
  } catch (error) { say("warning", error.message); }
}

byId("sheet").addEventListener("click", () => print("/api/v1/first-day/print-sheet", "Đã đưa vào máy in."));
setInterval(load, 15000);
load();

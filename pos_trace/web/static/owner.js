// The owner's screen: what is set aside, what needs papers, what was sent and what came back.
import { call, el, freshKey } from "./calls.js";

const byId = (id) => document.getElementById(id);
const shown = (text) => text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "").replace(".", ",");
const when = (iso) => (iso ? new Date(iso).toLocaleString("vi-VN", {
  timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit" }) : "");

function fill(id, rows, empty) {
  byId(id).replaceChildren(...(rows.length ? rows : [el("li", { text: empty })]));
}

function problem(error) {
  byId("problem").replaceChildren(el("div", { class: "alert alert-warning", text: error.message }));
}

async function act(path, body) {
  try { await call("POST", path, body, freshKey()); await load(); } catch (error) { problem(error); }
}

async function held() {
  const { lots } = await call("GET", "/api/v1/stock");
  const kept = lots.filter((lot) => Number(lot.quantity) > 0 && lot.state !== "sellable");
  fill("held", kept.map((lot) => el("li", {},
    el("strong", { text: lot.product_name }), ` ${lot.label ?? ""} · ${shown(lot.quantity)} ${lot.unit}  `,
    el("span", { class: "pos-tag", "data-tone": lot.state === "blocked" ? "bad" : "hold",
      text: lot.state === "blocked" ? "✕ KHÔNG BÁN" : "■ TẠM ĐỂ RIÊNG" }))), "Không có hàng nào để riêng.");
}

async function flags() {
  const { flags: found } = await call("GET", "/api/v1/flags");
  fill("flags", found.map((flag) => el("li", {},
    el("strong", { text: flag.goods_name ?? flag.line?.goods_name ?? "" }),
    el("div", { text: `${flag.missing ? `Cần: ${flag.missing}. ` : ""}Bổ sung trước ${when(flag.due_at)}` }),
    el("button", { class: "btn btn-outline-dark mt-2", type: "button", text: "Gửi ngay",
      onclick: () => act(`/api/v1/flags/${flag.id}/send`, {}) }))), "Không có hàng nào cần giấy tờ.");
}

async function cases() {
  const { cases: found } = await call("GET", "/api/v1/cases");
  fill("cases", await Promise.all(found.slice(0, 30).map(async (one) => {
    const more = await call("GET", `/api/v1/cases/${one.id}`);
    const steps = (more.events ?? []).map((event) => el("li", { text: `${when(event.at)} – ${event.text}` }));
    const open = !["concluded", "withdrawn", "transferred"].includes(one.state);
    const reply = el("textarea", { class: "form-control", rows: 2, "aria-label": `Trả lời về ${one.title}` });
    return el("li", {},
      el("details", {}, el("summary", {}, el("strong", { text: one.title }),
        ` ${one.ack_number ?? ""} `, el("span", { class: "pos-tag", text: one.state_text })),
      el("ol", {}, ...steps),
      open ? reply : null,
      open ? el("button", { class: "btn btn-outline-dark mt-2 me-2", type: "button", text: "Gửi trả lời",
        onclick: () => act(`/api/v1/cases/${one.id}/reply`, { text: reply.value }) }) : null,
      ["sent", "received"].includes(one.state) ? el("button", { class: "btn btn-outline-dark mt-2", type: "button",
        text: "Rút lại (ghi nhầm)", onclick: () => act(`/api/v1/cases/${one.id}/withdraw`, {}) }) : null));
  })), "Chưa gửi vụ việc nào.");
}

const STATES = { pending: "đang chờ gửi", leased: "đang gửi", done: "đã gửi", dead: "bị từ chối, còn giữ", parked: "tạm dừng, còn giữ" };

async function sent() {
  const answer = await call("GET", "/api/v1/outbox");
  const found = answer.messages ?? answer.items ?? [];
  fill("sent", found.slice(0, 100).map((one) => el("li", {}, el("details", {},
    el("summary", { text: `${when(one.created_at ?? one.at)} – ${one.plain} (${STATES[one.state] ?? one.state})` }),
    el("pre", { class: "pos-sent", text: JSON.stringify(one.body, null, 2) })))), "Chưa gửi gì đi.");
}

async function load() {
  byId("problem").replaceChildren();
  for (const part of [held, flags, cases, sent]) await part().catch(problem);
}

load();

// The owner's screen: what is set aside, what needs papers, what went to the department and came back.
import { call, el, once, shown } from "./calls.js";
import { coverPhotos } from "./covering.js";
import { byId, fill, problem, when } from "./owner_common.js";
import { askPaper, savePaper } from "./paper.js";

const choices = JSON.parse(byId("choices").textContent);

function list(id, rows, empty) {
  fill(id, rows, empty);
  byId(`${id}-count`).textContent = String(rows.length);
}

async function act(path, body) {
  try { await once(path, body); await load(); } catch (error) { problem(error); }
}

async function addPaper(flag) {
  const paper = await askPaper(choices.papers, flag.goods_name);
  if (!paper) return;
  try {
    const again = await savePaper(flag.delivery_id, flag.line_id, paper);
    await load();
    if (again) problem({ message: "Chụp lại giúp ảnh rõ hơn." });
  } catch (error) { problem(error); }
}

async function held() {
  const { lots } = await call("GET", "/api/v1/stock");
  const kept = lots.filter((lot) => Number(lot.quantity) > 0 && lot.state !== "sellable");
  list("held", kept.map((lot) => el("li", {},
    el("strong", { text: lot.product_name }), ` ${lot.label ?? ""} · ${shown(lot.quantity)} ${lot.unit}  `,
    el("span", { class: "pos-tag", "data-tone": lot.state === "blocked" ? "bad" : "hold",
      text: lot.state === "blocked" ? "✕ KHÔNG BÁN" : "■ TẠM ĐỂ RIÊNG" }))), "Không có hàng nào để riêng.");
}

async function flags() {
  const { flags: found } = await call("GET", "/api/v1/flags");
  list("flags", found.map((flag) => el("li", {},
    el("strong", { text: flag.goods_name }),
    el("div", { text: `${flag.missing ? `Cần: ${flag.missing}. ` : ""}Bổ sung trước ${when(flag.due_at)}` }),
    el("button", { class: "btn btn-dark mt-2 me-2", type: "button", text: "Bổ sung giấy tờ", onclick: () => addPaper(flag) }),
    el("button", { class: "btn btn-outline-dark mt-2 me-2", type: "button", text: "Che bớt ảnh", onclick: () => coverPhotos(flag.line_id).catch(problem) }),
    el("button", { class: "btn btn-outline-dark mt-2", type: "button", text: "Gửi ngay",
      onclick: () => act(`/api/v1/flags/${flag.id}/send`, {}) }))), "Không có hàng nào cần giấy tờ.");
}

async function cases() {
  const { cases: found } = await call("GET", "/api/v1/cases");
  list("cases", await Promise.all(found.slice(0, 30).map(async (one) => {
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

async function load() {
  byId("problem").replaceChildren();
  for (const part of [held, flags, cases]) await part().catch(problem);
}

load();

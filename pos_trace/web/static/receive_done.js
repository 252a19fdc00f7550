// Deliveries that are over: what came, a numbered correction; and the suppliers, renamed or merged.
import { about, askCorrection, askNames, askSupplier, choose, found } from "./ask.js";
import { call, el, once, shown } from "./calls.js";
import { quantityAsked } from "./quantity.js";

const byId = (id) => document.getElementById(id);
let people = [];

function tell(text) {
  byId("told").textContent = text;
  byId("told").hidden = false;
  byId("told").scrollIntoView({ block: "nearest" });
}

/** Do something; say what went wrong in the node's own words. */
const attempt = (work) => async (...told) => {
  try { await work(...told); } catch (error) { tell(error.message); }
};

const button = (text, act) => el("button", { type: "button", class: "btn btn-outline-dark btn-lg me-2 mt-2", text, onclick: act });
const time = (iso) => new Date(iso).toLocaleString("vi-VN", { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });

async function drawDone() {
  const rows = (await call("GET", "/api/v1/deliveries?state=closed")).deliveries;
  byId("done").replaceChildren(...rows.map((one) => {
    const lines = el("div");
    const open = attempt(async () => drawLines(lines, (await call("GET", `/api/v1/deliveries/${one.id}`))));
    const named = one.supplier_id === null ? button("Ghi tên chủ hàng", attempt(() => name(one))) : null;
    return el("li", { "data-delivery": one.id }, el("strong", { text: one.number ?? "" }),
      el("div", { text: [one.supplier_name, one.vehicle_plate].filter(Boolean).join(" · ") }),
      el("div", { text: `Xong lúc ${time(one.closed_at)}` }),
      one.closed_by === "machine" ? el("span", { class: "pos-tag", text: "máy tự đóng" }) : null,
      el("div", {}, button("Xem hàng", open), named), lines);
  }));
  if (!rows.length) byId("done").replaceChildren(el("li", { text: "Chưa có chuyến nào xong." }));
}

function drawLines(box, delivery) {
  box.replaceChildren(el("ul", { class: "pos-lines" }, ...delivery.lines.map((line) => {
    const back = Number(line.refused) > 0 ? `, trả lại ${shown(line.refused)}: ${line.refuse_reason}` : "";
    return el("li", { "data-line": line.id }, el("strong", { text: line.goods_name }),
      el("div", { text: `Nhận ${shown(line.accepted)} ${line.unit}${back}` }),
      button("Phiếu điều chỉnh", attempt(() => correct(delivery, line))));
  })));
}

async function correct(delivery, line) {
  const told = await askCorrection(line);
  if (!told) return;
  const quantity = await quantityAsked(told.typed, line.unit);
  if (quantity === null) { tell("Nhập số lớn hơn 0, ví dụ 40 hoặc 1,5."); return; }
  const body = { line_id: line.id, quantity, unit: line.unit, reason: told.reason, less: told.less };
  const made = await once(`/api/v1/deliveries/${delivery.id}/adjustments`, body);
  tell(`Phiếu điều chỉnh số ${made.number}: ${told.less ? "bớt" : "thêm"} ${shown(quantity)} ${line.unit} ${line.goods_name}.`);
}

async function name(delivery) {
  const told = await askSupplier("Chủ hàng là ai?", people);
  if (!told) return;
  await once(`/api/v1/deliveries/${delivery.id}/supplier`, told);
  await draw();
}

function drawPeople() {
  byId("people").replaceChildren(...found(people, byId("search").value).map((one) => {
    const back = one.refused.reasons.map((told) => `${told.reason} ${told.lines}`).join(", ");
    return el("li", { "data-supplier": one.id }, el("strong", { text: one.label }),
      el("div", { text: [`${one.deliveries} chuyến`, about(one)].filter(Boolean).join(" · ") }),
      one.refused.lines ? el("div", { text: `Đã trả lại ${one.refused.lines} lần (${back})` }) : null,
      el("div", {}, button("Đổi tên", attempt(() => rename(one))), button("Gộp người giao", attempt(() => merge(one)))));
  }));
}

async function rename(one) {
  const told = await askNames(one);
  if (!told) return;
  await call("PUT", `/api/v1/suppliers/${one.id}`, told);
  await draw();
}

async function merge(one) {
  const into = await askSupplier(`${one.label} chính là ai?`, people.filter((other) => other.id !== one.id), false);
  if (!into) return;
  const stays = people.find((other) => other.id === into.supplier_id).label;
  const sure = await choose(`Gộp ${one.label} vào ${stays}? Không tách lại được.`, [["Đúng, là một người", true]]);
  if (!sure) return;
  await once(`/api/v1/suppliers/${one.id}/merge`, { into: into.supplier_id });
  await draw();
}

async function draw() {
  people = (await call("GET", "/api/v1/suppliers")).suppliers;
  drawPeople();
  await drawDone();
}

byId("search").addEventListener("input", drawPeople);
attempt(draw)();

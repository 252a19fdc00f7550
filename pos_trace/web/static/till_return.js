// "Nhận lại hàng": by the slip's QR, short code or number, else by the goods alone; what comes back is set aside.
import { call, el, once, shown } from "./calls.js";
import { quantityOf } from "./quantity.js";

const box = document.getElementById("return");
const slip = document.getElementById("return-slip");
const list = document.getElementById("return-lines");
let goods = [];
let say = () => {};
let after = () => {};
let units = [];

/** Begin; `told(tone, word, details)` shows the answer, `changed()` runs after goods came back. */
export function returnsBegin(told, changed, knownUnits) { say = told; after = changed; units = knownUnits; }

/** Open the sheet, or shut it. */
export async function toggleReturns(open = box.hidden) {
  box.hidden = !open;
  if (!open) return;
  goods = (await call("GET", "/api/v1/products")).products;
  list.replaceChildren();
  slip.value = "";
  slip.focus();
}

export const returning = () => !box.hidden;

/** A scanner read something while the sheet is open: a slip, else goods. */
export async function returnScanned(text) {
  try { showSlip(await call("GET", `/api/v1/sales:find?text=${encodeURIComponent(text)}`)); } catch (error) {
    if (error.status !== 404) throw error;
    list.replaceChildren(el("li", { text: error.message }), row({ name: text, product: text, unit: "", left: null, lots: [] }, null));
  }
}

function showSlip(found) {
  const lines = found.lines.filter((line) => line.product_id);
  list.replaceChildren(el("li", {}, el("strong", { text: `Phiếu ${found.receipt_no}` })),
    ...lines.map((line) => row({ ...line, product: line.product_id }, found.id)));
}

function row(line, saleId) {
  const quantity = el("input", { class: "form-control form-control-lg", inputmode: "decimal", value: line.left && line.left !== "0" ? shown(line.left) : "1", "aria-label": `Số lượng trả ${line.name}` });
  const unit = el("select", { class: "form-select form-select-lg", "aria-label": `Đơn vị ${line.name}` },
    ...units.map((name) => el("option", { value: name, text: name, selected: name === line.unit })));
  const known = (line.lots ?? []).length > 1 ? line.lots : [];
  const lot = known.length ? el("select", { class: "form-select form-select-lg", "aria-label": `Số lô ${line.name}` },
    el("option", { value: "", text: "Số lô trên gói: chưa rõ" }),
    ...known.map((one) => el("option", { value: one.id, text: `${one.label}${one.recalled ? " – đang thu hồi" : ""}` }))) : null;
  const recalled = (line.lots ?? []).some((one) => one.recalled);
  return el("li", {}, el("strong", { text: line.name }),
    line.quantity ? el("small", { text: `  đã bán ${shown(line.quantity)} ${line.unit}${line.left === null ? "" : `, còn nhận lại được ${shown(line.left)}`}` }) : null,
    recalled ? el("p", { class: "pos-tag", "data-tone": "bad", text: "✕ HÀNG THU HỒI" }) : null,
    el("div", { class: "pos-row" }, quantity, unit, lot,
      el("button", { type: "button", class: "btn btn-warning btn-lg", text: "Nhận lại", "aria-label": `Nhận lại ${line.name}`, disabled: line.left === "0",
        onclick: () => take(line, quantity, unit.value, lot?.value, saleId) })));
}

async function take(line, field, unit, lot, saleId) {
  const quantity = quantityOf(field.value);
  if (quantity === null) { say("warn", "SỐ LƯỢNG?", [`${line.name}: nhập số lớn hơn 0, ví dụ 2 hoặc 1,5.`]); return; }
  const body = { product: line.product, quantity, unit, ...(saleId ? { sale_id: saleId } : { without_receipt: true }), ...(lot ? { key: lot } : {}) };
  try {
    const back = await once("/api/v1/returns", body);
    const bad = back.state === "returned_recalled";
    say(bad ? "bad" : "hold", bad ? "HÀNG THU HỒI – ĐÃ NHẬN LẠI" : "ĐÃ NHẬN LẠI", [`${line.name}: ${shown(quantity)} ${unit}.`, "Để riêng, không bán lại."]);
    await toggleReturns(false);
    await after();
  } catch (error) { say("warn", "CHƯA NHẬN LẠI", [error.message || "Máy chưa trả lời. Bấm lại."]); }
}

document.getElementById("return-find").addEventListener("submit", (event) => {
  event.preventDefault();
  if (slip.value.trim()) returnScanned(slip.value.trim()).catch((error) => say("warn", "CHƯA RÕ", [error.message]));
});
document.getElementById("return-none").addEventListener("click", () => {
  list.replaceChildren(...goods.map((one) => row({ name: one.name, product: one.id, unit: one.unit, left: null, lots: [] }, null)));
});

// Prices and units of the stall's goods; what one unit holds is the stall's own word ("1 chục = 12 quả").
import { call, el, freshKey, shown } from "./calls.js";
import { dongOf, dotted } from "./money.js";
import { quantityOf } from "./quantity.js";

const { units, outer } = JSON.parse(document.getElementById("choices").textContent);
const list = document.getElementById("goods");
const search = document.getElementById("search");
const problem = document.getElementById("problem");
let goods = [];

function tell(text) { problem.textContent = text; problem.className = text ? "pos-waiting mb-2" : ""; }

const choice = (label, names, chosen) => el("select", { class: "form-select", "aria-label": label },
  ...names.map((name) => el("option", { value: name, text: name || "–", selected: name === chosen })));

function row(one) {
  const [holds] = Object.entries(one.unit_contents);
  const price = el("input", { class: "form-control", value: one.unit_price ? dotted(one.unit_price) : "", "aria-label": `Giá ${one.name}` });
  const unit = choice(`Đơn vị ${one.name}`, units, one.unit);
  const big = choice(`Quy cách ${one.name}`, ["", ...outer], holds?.[0] ?? "");
  const count = el("input", { class: "form-control", inputmode: "decimal", value: holds ? shown(holds[1].count) : "", "aria-label": `Bằng bao nhiêu ${one.name}` });
  const small = choice(`Đơn vị trong ${one.name}`, units, holds?.[1].unit ?? "quả");
  return el("li", {}, el("strong", { text: one.name }),
    el("div", { class: "pos-row" }, el("label", { text: "Giá (đ)" }, price), el("label", { text: "cho 1" }, unit)),
    el("div", { class: "pos-row" }, el("label", { text: "Quy cách: 1" }, big), el("label", { text: "bằng" }, count), el("label", { text: "đơn vị" }, small),
      el("button", { type: "button", class: "btn btn-success", text: "Lưu", "aria-label": `Lưu ${one.name}`, onclick: () => save(one, { price, unit, big, count, small }) })));
}

async function save(one, fields) {
  const price = fields.price.value.trim() ? dongOf(fields.price.value) : undefined;
  if (price === null) { tell(`${one.name}: nhập giá, ví dụ 15.000, hoặc bỏ trống.`); return; }
  const contents = Object.fromEntries(Object.entries(one.unit_contents).slice(1));
  if (fields.big.value) {
    const count = quantityOf(fields.count.value);
    if (count === null) { tell(`${one.name}: 1 ${fields.big.value} bằng bao nhiêu ${fields.small.value}?`); return; }
    contents[fields.big.value] = { count, unit: fields.small.value };
  }
  const body = { name: one.name, unit: fields.unit.value, unit_contents: contents, ...(price === undefined ? {} : { unit_price: price }) };
  try {
    Object.assign(one, await call("PUT", `/api/v1/products/id/${one.id}`, body, freshKey()));
    const [holds] = Object.entries(one.unit_contents);
    tell(`Đã lưu ${one.name}${holds ? `: 1 ${holds[0]} (${shown(holds[1].count)} ${holds[1].unit})` : ""}.`);
  } catch (error) { tell(error.message || "Máy chưa trả lời. Bấm lại."); }
}

function draw() {
  const wanted = search.value.trim().toLowerCase();
  const found = goods.filter((one) => one.name.toLowerCase().includes(wanted));
  list.replaceChildren(...(found.length ? found.map(row) : [el("li", { text: "Chưa có mặt hàng nào." })]));
}

search.addEventListener("input", draw);
call("GET", "/api/v1/products").then((told) => { goods = told.products; draw(); }, (error) => tell(error.message));

// "Giống hôm qua": what this supplier brought the last time, each line one tap; papers are never repeated.
import { call, el, shown } from "./calls.js";

const byId = (id) => document.getElementById(id);

/** Read and draw the last lines of the delivery's supplier; `acts.take(line, typed)` and `acts.expect(line)`. */
export async function drawBefore(delivery, acts) {
  const box = byId("before");
  box.hidden = true;
  const told = await call("GET", `/api/v1/deliveries/${delivery.id}/before`);
  if (!told.lines.length) return;
  byId("before-title").textContent = `Giống ${told.day}`;
  byId("before-lines").replaceChildren(...told.lines.map((line) => row(line, acts)));
  box.hidden = false;
}

function row(line, acts) {
  const name = el("strong", { text: line.goods_name });
  if (line.coded) {
    return el("li", { class: "pos-row" }, name,
      el("button", { type: "button", class: "btn btn-outline-dark btn-lg", text: "Quét mã kiện này", onclick: () => acts.expect(line) }));
  }
  const quantity = el("input", { class: "form-control form-control-lg", inputmode: "decimal", value: shown(line.quantity), "aria-label": `Số lượng ${line.goods_name} (${line.unit})` });
  return el("li", { class: "pos-row" }, name, el("label", {}, line.unit, quantity),
    el("button", { type: "button", class: "btn btn-success btn-lg", text: "Nhận", onclick: () => acts.take(line, quantity.value) }));
}

// Short questions with large buttons: one tap answers, nothing typed is lost.
import { el, shown } from "./calls.js";

export const REASONS = ["dập hỏng", "thiếu tem", "sai hàng", "quá hạn", "thiếu giấy tờ"];

/** Show a dialog made of `parts(answer)`; resolves to what `answer` is called with, null when it is put away. */
export function dialog(title, parts) {
  return new Promise((resolve) => {
    let said = null;
    const box = el("dialog", { class: "pos-card pos-ask", "aria-label": title });
    const answer = (value) => { said = value; box.close(); };
    box.append(el("p", { class: "h4", text: title }), ...parts(answer),
      el("button", { type: "button", class: "btn btn-outline-secondary btn-lg w-100 mt-3", text: "Thôi", onclick: () => box.close() }));
    box.addEventListener("close", () => { box.remove(); resolve(said); });
    document.body.append(box);
    box.showModal();
  });
}

const big = (text, act, kind = "dark") =>
  el("button", { type: "button", class: `btn btn-${kind} btn-lg w-100 mt-2 text-start`, text, onclick: act });

/** One question, `choices` of [text, value]; resolves to a value, null for none. */
export const choose = (question, choices) =>
  dialog(question, (answer) => choices.map(([text, value]) => big(text, () => answer(value))));

/** How much of a line goes back and why: {typed, reason}; a tap on a reason is the answer. */
export function askRefusal(line) {
  return dialog(`Trả lại người giao: ${line.goods_name}`, (answer) => {
    const quantity = el("input", { class: "form-control form-control-lg", inputmode: "decimal", value: shown(line.accepted), "aria-label": "Số lượng trả lại" });
    const other = el("input", { class: "form-control form-control-lg mt-3", maxlength: "200", placeholder: "Lý do khác", "aria-label": "Lý do khác" });
    const done = (reason) => answer({ typed: quantity.value, reason });
    return [
      el("label", { class: "w-100", text: `Số lượng (${line.unit}), đã nhận ${shown(line.accepted)}` }), quantity,
      el("p", { class: "mt-3 mb-0", text: "Chạm lý do để trả lại" }),
      ...REASONS.map((reason) => big(reason[0].toUpperCase() + reason.slice(1), () => done(reason), "outline-dark")),
      other, big("Trả lại với lý do khác", () => done(other.value.trim() || "không nêu"), "outline-dark"),
    ];
  });
}

/** Which stall goods were meant for: its number. */
export function askStall(goods) {
  return dialog(`Sai sạp: ${goods}`, (answer) => {
    const number = el("input", { class: "form-control form-control-lg", maxlength: "40", autocapitalize: "characters", "aria-label": "Số sạp đúng", placeholder: "Số sạp đúng, ví dụ A-15" });
    return [number, big("Chuyển sang sạp này", () => { if (number.value.trim()) answer(number.value.trim()); })];
  });
}

/** How much more or less of a line, and why: {typed, reason, less}. */
export function askCorrection(line) {
  return dialog(`Phiếu điều chỉnh: ${line.goods_name}`, (answer) => {
    const quantity = el("input", { class: "form-control form-control-lg", inputmode: "decimal", "aria-label": `Số lượng (${line.unit})` });
    const reason = el("input", { class: "form-control form-control-lg mt-2", maxlength: "300", placeholder: "Lý do, ví dụ: đếm nhầm", "aria-label": "Lý do" });
    const done = (less) => answer({ typed: quantity.value, reason: reason.value.trim(), less });
    return [el("label", { text: `Số lượng (${line.unit})` }), quantity, reason,
      big("Bớt, hàng thiếu", () => done(true)), big("Thêm, hàng dư", () => done(false))];
  });
}

/** What a supplier is called: {name, nickname}. */
export function askNames(one) {
  return dialog("Tên người giao", (answer) => {
    const name = el("input", { class: "form-control form-control-lg", maxlength: "200", value: one.name, "aria-label": "Tên" });
    const nickname = el("input", { class: "form-control form-control-lg mt-2", maxlength: "120", value: one.nickname ?? "", placeholder: "Tên gọi ở chợ, ví dụ: xe cam", "aria-label": "Tên gọi ở chợ" });
    return [name, nickname, big("Lưu", () => answer({ name: name.value, nickname: nickname.value.trim() || null }))];
  });
}

/** Text without accents, as a search sees it. */
export const fold = (text) =>
  text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().trim();

/** Suppliers whose name or nickname has `text` in it. */
export const found = (suppliers, text) => suppliers.filter((one) => fold(one.label).includes(fold(text)));

/** What tells one supplier from another of the same name. */
export const about = (one) => one.goods.map((goods) => goods.name).join(", ");

/** One of `suppliers`, or a new name: {supplier_id} or {supplier_name}; null for none. */
export function askSupplier(title, suppliers, mayAdd = true) {
  return dialog(title, (answer) => {
    const typed = el("input", { class: "form-control form-control-lg", maxlength: "200", autocomplete: "off", "aria-label": "Tên người giao" });
    const list = el("div", { class: "pos-picks" });
    const draw = () => list.replaceChildren(...found(suppliers, typed.value).slice(0, 8).map((one) =>
      big([one.label, about(one)].filter(Boolean).join(" – "), () => answer({ supplier_id: one.id }), "outline-dark")));
    typed.addEventListener("input", draw);
    draw();
    const add = () => { if (typed.value.trim()) answer({ supplier_name: typed.value.trim() }); };
    return [typed, list, mayAdd ? big("Dùng tên vừa gõ", add) : ""];
  });
}

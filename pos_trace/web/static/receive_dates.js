// The receiver's date fields: asked only for goods that must have them and whose code says nothing; never in the way.
import { dialog } from "./ask.js";
import { el } from "./calls.js";
import { askDates, datesTyped, WORDS } from "./dates_asked.js";
import { showMessage } from "./receive_show.js";

/** Ask in `form` for the dates in `needed` that are not `known` yet. */
export function datesOf(form, needed, known) {
  askDates(form, (needed ?? []).filter((name) => !known[name]));
}

/** What was typed in `form`, or null when a field holds no day (and that was said). */
export function dates(form) {
  const { told, problem } = datesTyped(form);
  if (problem) showMessage("warn", "NGÀY CHƯA RÕ", problem, "two mid");
  return told ?? null;
}

/** The missing dates of goods already received, as members of a body; null when nothing was typed. */
export function askMissing(goods, names) {
  return dialog(`Ngày ghi trên hàng: ${goods}`, (answer) => {
    const field = (name) => el("label", { class: "w-100 mt-2", text: `${WORDS[name][0].toUpperCase()}${WORDS[name].slice(1)} (ngày/tháng)` },
      el("input", { class: "form-control form-control-lg", "data-date": name, inputmode: "numeric", autocomplete: "off", maxlength: "10", placeholder: "25/11" }),
      el("small", { role: "status" }));
    const form = el("form", {}, el("div", { "data-dates": "" }, ...names.map(field)),
      el("p", { role: "status", class: "mt-2 mb-0" }), el("button", { class: "btn btn-dark btn-lg w-100 mt-2", text: "Lưu" }));
    askDates(form, names);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { told, problem } = datesTyped(form);
      if (told && Object.keys(told).length) answer(told);
      else form.querySelector("p").textContent = problem ?? "Gõ ngày và tháng, ví dụ 25/11.";
    });
    return [form];
  });
}

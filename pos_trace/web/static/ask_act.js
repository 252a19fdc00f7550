// One dialog for every act on goods: fields, one clear button, a refusal that loses nothing that was typed.
import { el } from "./calls.js";
import { quantityOf } from "./quantity.js";

const byId = (id) => document.getElementById(id);

function control(field) {
  const same = { class: "form-control form-control-lg", name: field.name, id: `act-${field.name}`, autocomplete: "off" };
  if (field.kind === "choice") {
    const select = el("select", { ...same, class: "form-select form-select-lg" },
      ...field.options.map(([value, text]) => el("option", { value, text })));
    if (field.value) select.value = field.value;
    return select;
  }
  return el("input", { ...same, value: field.value ?? "", maxlength: 300, inputmode: field.kind === "number" ? "decimal" : undefined });
}

/** Fields that are a few words to tap: big radio buttons instead of a list. */
function taps(field) {
  return el("fieldset", { class: "pos-taps" }, el("legend", { class: "h6", text: field.label }),
    ...field.options.map(([value, text], index) => el("label", {}, el("input", {
      type: "radio", name: field.name, value, checked: index === 0 }), el("span", { text }))));
}

/** What was typed; throws the words of the first field that is wrong. */
function read(form, fields) {
  const told = {};
  for (const field of fields) {
    const value = form.elements[field.name].value.trim();
    if (field.kind !== "number") { if (value) told[field.name] = value; else if (field.needed) throw new Error(`Nhập ${field.label.toLowerCase()}.`); continue; }
    if (value === "" && !field.needed) continue;
    const zero = field.zero && /^0([.,]0{1,3})?$/.test(value);
    const quantity = zero ? "0" : quantityOf(value);
    if (quantity === null) throw new Error(`${field.label}: nhập số lớn hơn 0, ví dụ 2 hoặc 1,5.`);
    told[field.name] = quantity;
  }
  return told;
}

/**
 * Ask for `fields` [{name, label, kind: text|number|choice|taps, value, options, needed, zero}] and call `act(told)`;
 * while it is refused the dialog stays as it was typed. Resolves to its answer, or null when given up.
 */
export function askAct({ title, of, yes, danger = false, fields, act }) {
  const dialog = byId("act");
  const form = byId("act-form");
  byId("act-title").textContent = title;
  byId("act-of").textContent = of;
  byId("act-yes").textContent = yes;
  byId("act-yes").className = `btn btn-lg ${danger ? "btn-danger" : "btn-success"}`;
  byId("act-fields").replaceChildren(...fields.map((field) => (field.kind === "taps" ? taps(field)
    : el("label", { class: "w-100 mb-2", for: `act-${field.name}` }, field.label, control(field)))));
  const problem = byId("act-problem");
  problem.hidden = true;
  dialog.showModal();
  byId("act-fields").querySelector("input:not([type=radio])")?.select();
  return new Promise((resolve) => {
    const end = (answer) => { form.onsubmit = null; dialog.onclose = null; if (dialog.open) dialog.close(); resolve(answer); };
    dialog.onclose = () => end(null);
    byId("act-no").onclick = () => end(null);
    form.onsubmit = async (event) => {
      event.preventDefault();
      byId("act-yes").disabled = true;
      try {
        end(await act(read(form, fields)));
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
      } finally { byId("act-yes").disabled = false; }
    };
  });
}

// "Người của sạp": who works here, a new PIN, a person who leaves.
import { call, el, once } from "./calls.js";
import { byId, clear, fill, problem } from "./owner_common.js";

const form = byId("add");

function person(one) {
  const place = el("div", { class: "mt-2" });
  const pin = el("input", { class: "form-control form-control-lg mb-2", inputmode: "numeric", maxlength: 6, autocomplete: "off", "aria-label": `Mã PIN mới của ${one.name}` });
  const back = () => place.replaceChildren(...buttons);
  const buttons = [
    el("button", { class: "btn btn-outline-dark me-2", type: "button", text: "Đổi mã PIN", onclick: () => place.replaceChildren(pin,
      el("button", { class: "btn btn-primary me-2", type: "button", text: "Lưu mã PIN", onclick: () => act(`/api/v1/people/${one.id}/pin`, { pin: pin.value }) }),
      el("button", { class: "btn btn-outline-dark", type: "button", text: "Thôi", onclick: back })) }),
    one.me ? "" : el("button", { class: "btn btn-outline-dark", type: "button", text: "Nghỉ làm", onclick: () => place.replaceChildren(
      el("p", { text: `${one.name} không làm ở sạp nữa? Những việc đã ghi vẫn giữ tên ${one.name}.` }),
      el("button", { class: "btn btn-danger me-2", type: "button", text: "Nghỉ làm", onclick: () => act(`/api/v1/people/${one.id}/end`, {}) }),
      el("button", { class: "btn btn-outline-dark", type: "button", text: "Thôi", onclick: back })) }),
  ];
  back();
  return el("li", {}, el("strong", { text: one.name }), one.me ? " (đang dùng máy này)" : "", el("div", { text: one.role_words }), place);
}

async function act(path, body) {
  try { await once(path, body); await load(); } catch (error) { problem(error); }
}

async function load() {
  const { people } = await call("GET", "/api/v1/people");
  clear();
  fill("people", people.map(person), "Chưa có ai.");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const roles = [...form.querySelectorAll("[name=roles]:checked")].map((box) => box.value);
  try {
    await once("/api/v1/people", { name: form.name.value, pin: form.pin.value, roles });
    form.reset();
    await load();
  } catch (error) { problem(error); }
});
load().catch(problem);

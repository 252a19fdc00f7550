// "Máy của sạp": each phone with what it still holds; a lost one is locked in one tap and a yes.
import { call, el, once } from "./calls.js";
import { byId, clear, fill, problem, when } from "./owner_common.js";

function phone(one) {
  const words = one.locked ? `Đã khóa lúc ${when(one.locked_at)}${one.locked_by ? `, bởi ${one.locked_by}` : ""}; ` : "";
  const row = el("li", {}, el("strong", { text: one.name }), one.this_one ? " (máy đang cầm) " : " ",
    one.locked ? el("span", { class: "pos-tag", "data-tone": "bad", text: "✕ ĐÃ KHÓA" }) : null,
    el("div", { text: `${words}${one.text}` }),
    el("small", { text: one.last_seen_at ? `Thấy lần cuối ${when(one.last_seen_at)}` : "Chưa thấy lần nào" }));
  if (one.locked || one.this_one) return row;
  const place = el("div", { class: "mt-2" });
  const ask = el("button", { class: "btn btn-outline-danger btn-lg", type: "button", text: "Khóa máy này" });
  ask.addEventListener("click", () => place.replaceChildren(
    el("p", { class: "mb-2", text: `Khóa ${one.name}? Máy sẽ không dùng được cho đến khi đăng ký lại bằng thẻ mới.` }),
    el("button", { class: "btn btn-danger btn-lg me-2", type: "button", text: "Khóa", onclick: () => lock(one) }),
    el("button", { class: "btn btn-outline-dark btn-lg", type: "button", text: "Thôi", onclick: () => place.replaceChildren(ask) })));
  place.append(ask);
  row.append(place);
  return row;
}

async function lock(one) {
  try {
    const told = await once(`/api/v1/devices/${one.id}/lock`, {});
    await load();
    byId("problem").replaceChildren(el("div", { class: "alert alert-success", role: "status", text: `Đã khóa ${told.name}: ${told.text}.` }));
  } catch (error) { problem(error); }
}

async function load() {
  const { devices } = await call("GET", "/api/v1/devices");
  clear();
  fill("devices", devices.map(phone), "Sạp chưa có máy nào.");
}

byId("card").addEventListener("click", async () => {
  try {
    const told = await call("POST", "/api/v1/devices/card", {});
    byId("card-shown").replaceChildren(
      el("img", { src: told.picture, alt: "Mã QR đăng ký máy", width: 260, height: 260 }),
      el("p", { class: "h3", text: told.code }), el("p", { text: `Dùng đến ${when(told.expires_at)}` }));
  } catch (error) { problem(error); }
});
load().catch(problem);

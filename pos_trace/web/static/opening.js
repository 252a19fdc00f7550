// Opening stock by tiles: tap the goods, type how much lies there. Only until practice ends.
import { call, el, once } from "./calls.js";
import { quantityAsked } from "./quantity.js";

const byId = (id) => document.getElementById(id);
const choices = JSON.parse(byId("choices").textContent);
let goods = null;

function say(tone, text) {
  byId("problem").replaceChildren(...(text ? [el("div", { class: `alert alert-${tone}`, text })] : []));
}

function pick(one) {
  goods = one;
  byId("entry").hidden = false;
  byId("named").textContent = one.name;
  byId("unit").value = one.unit;
  byId("expiry").value = "";
  byId("quantity").value = "";
  byId("quantity").focus();
  byId("entry").scrollIntoView({ block: "center" });
}

function tile(one) {
  return el("button", { class: "pos-tile", type: "button", "aria-pressed": String(one.lots > 0), onclick: () => pick(one) },
    el("strong", { text: one.name }), el("small", { text: one.lots ? `✓ đã ghi ${one.lots} lần` : one.unit }));
}

async function load() {
  try {
    const told = await call("GET", "/api/v1/first-day/goods");
    byId("before").textContent = told.before;
    if (!told.open) say("warning", "Hết thời gian ghi hàng có sẵn: hàng mới nhập bằng chuyến nhận hàng.");
    byId("goods").replaceChildren(...(told.open ? told.goods.map(tile) : []));
    if (told.open && !told.goods.length) {
      byId("goods").replaceChildren(el("a", { class: "btn btn-dark btn-lg", href: "/chon-hang", text: "Chọn hàng bán trước" }));
    }
  } catch (error) { say("warning", error.message); }
}

byId("unit").replaceChildren(...choices.units.map((unit) => el("option", { value: unit, text: unit })));
byId("entry").addEventListener("submit", async (event) => {
  event.preventDefault();
  const unit = byId("unit").value;
  const quantity = await quantityAsked(byId("quantity").value, unit);
  if (quantity === null) { say("warning", "Gõ số lượng lớn hơn 0, ví dụ 12 hoặc 1,5."); return; }
  const body = { name: goods.name, quantity, unit, goods_group: goods.group ?? undefined, expiry: byId("expiry").value || undefined };
  try {
    await once("/api/v1/stock/opening", body);
    byId("entry").hidden = true;
    say("success", `Đã ghi ${goods.name}.`);
    await load();
  } catch (error) { say("warning", error.message); }
});
load();

// The starter catalogue: tap what the stall sells; one tap takes a whole group.
import { call, el, once } from "./calls.js";

const byId = (id) => document.getElementById(id);
const chosen = new Set();

function say(tone, text) {
  byId("problem").replaceChildren(...(text ? [el("div", { class: `alert alert-${tone}`, text })] : []));
}

function button() {
  byId("take").disabled = chosen.size === 0;
  byId("take").textContent = chosen.size ? `Thêm ${chosen.size} mặt hàng` : "Chưa chọn hàng nào";
}

function tile(one) {
  const made = el("button", { class: "pos-tile", type: "button", disabled: one.there });
  made.show = () => {
    const on = chosen.has(one.name);
    made.setAttribute("aria-pressed", String(on));
    made.replaceChildren(el("strong", { text: `${one.there ? "✓" : on ? "☑" : "☐"} ${one.name}` }),
      el("small", { text: one.there ? "Đã có" : one.unit }));
  };
  made.addEventListener("click", () => {
    if (chosen.has(one.name)) chosen.delete(one.name); else chosen.add(one.name);
    made.show();
    button();
  });
  made.show();
  return made;
}

function group(one) {
  const tiles = one.goods.map(tile);
  const all = () => {
    for (const goods of one.goods.filter((row) => !row.there)) chosen.add(goods.name);
    tiles.forEach((made) => made.show());
    button();
  };
  return el("details", { class: "pos-card", open: one.mine },
    el("summary", {}, el("strong", { text: `${one.title} (${one.goods.length})` })),
    el("button", { class: "btn btn-outline-dark my-2", type: "button", text: "Chọn cả nhóm", onclick: all }),
    el("div", { class: "pos-tiles" }, ...tiles));
}

async function load() {
  try {
    const { groups } = await call("GET", "/api/v1/starter");
    if (!groups.some((one) => one.mine) && groups.length) groups[0].mine = true;
    byId("groups").replaceChildren(...groups.map(group));
    button();
  } catch (error) { say("warning", error.message); }
}

byId("take").addEventListener("click", async () => {
  try {
    const told = await once("/api/v1/starter", { names: [...chosen].sort() });
    chosen.clear();
    await load();
    say("success", `Đã thêm ${told.added.length} mặt hàng.`);
    window.scrollTo(0, 0);
  } catch (error) { say("warning", error.message); }
});
load();

// The shelf: every lot with its word, its quantity, its date; what people do with it in one or two taps.
import { askAct } from "./ask_act.js";
import { call, el, once, shown } from "./calls.js";
import { play, unlock } from "./tones.js";

const byId = (id) => document.getElementById(id);
const choices = JSON.parse(byId("choices").textContent);
const TONES = { sellable: ["good", "✓"], held: ["hold", "■"], blocked: ["bad", "✕"], returned_recalled: ["bad", "✕"] };
const REASON = { name: "reason", label: "Lý do", kind: "text", needed: true };
let lots = [];
let open = null;      // the lot whose buttons are shown
let picked = null;    // lots chosen to be merged, or null when nobody merges

const day = (iso) => iso.slice(0, 10).split("-").reverse().join("/");
const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });
const when = (iso) => clock.format(new Date(iso)).split(", ").reverse().join(" "); // 02:31 24/11
const amount = (lot) => `${shown(lot.quantity)} ${lot.unit}`;
const nameOf = (lot) => `${lot.product_name}${lot.label ? ` · ${lot.label}` : ""}`;

function say(tone, text) {
  byId("answer").replaceChildren(el("div", { class: "pos-said", "data-tone": tone, text }));
  byId("answer").scrollIntoView({ block: "nearest" });
  play({ good: "high short", warn: "two mid", hold: "low double" }[tone]);
}

/** Ask, act, say what became of it, show the shelf as it is now. */
async function doing(asked, words, tone = () => "good") {
  const answer = await askAct(asked);
  if (!answer) return;
  await load();
  say(tone(answer), words(answer));
}

const post = (lot, verb) => (told) => once(`/api/v1/stock/${lot.id}/${verb}`, told);
const left = (lot, answer) => `Còn ${shown(answer.quantity)} ${lot.unit}.`;

const waste = (lot) => doing({
  title: "Hỏng, biếu, dùng", of: `${nameOf(lot)} – còn ${amount(lot)}`, yes: "Ghi",
  fields: [{ name: "kind", label: "Hàng đi đâu", kind: "taps", options: choices.kinds },
    { name: "quantity", label: `Số lượng (${lot.unit})`, kind: "number", needed: true },
    { name: "reason", label: "Ghi chú (có thể bỏ trống)", kind: "text" }],
  act: post(lot, "waste"),
}, (answer) => `Đã ghi. ${left(lot, answer)}`);

const close = (lot) => doing({
  title: "Hết lô này", of: `${nameOf(lot)} – trên sổ còn ${amount(lot)}`, yes: "Hết lô này", danger: true,
  fields: [{ name: "kind", label: "Phần còn lại", kind: "taps", options: [["", "Không còn gì"], ...choices.kinds] }],
  act: post(lot, "close"),
}, () => "Đã đóng lô. Đóng nhầm thì mở lại ở cuối trang.");

const release = (lot) => doing({
  title: "Bán lại lô này", of: nameOf(lot), yes: "Bán lại", fields: [], act: post(lot, "release"),
}, (answer) => `${nameOf(lot)}: ${answer.word}.`, (answer) => (answer.state === "sellable" ? "good" : "hold"));

const count = (lot) => doing({
  title: "Kiểm kho", of: `${nameOf(lot)} – trên sổ ${amount(lot)}`, yes: "Ghi số đếm được",
  fields: [{ name: "counted", label: `Đếm được (${lot.unit})`, kind: "number", needed: true, zero: true },
    { ...REASON, value: "Kiểm kho" }],
  act: post(lot, "count"),
}, (answer) => (answer.number ? `Phiếu điều chỉnh ${answer.number}. ${left(lot, answer)}` : "Khớp với sổ."));

const split = (lot) => doing({
  title: "Tách ra hàng khác", of: `${nameOf(lot)} – còn ${amount(lot)}`, yes: "Tách",
  fields: [{ name: "quantity", label: `Lấy ra (${lot.unit})`, kind: "number", needed: true },
    { name: "name", label: "Tên hàng mới", kind: "text", needed: true },
    { name: "units", label: "Được", kind: "number", needed: true },
    { name: "unit", label: "Đơn vị", kind: "choice", options: choices.units, value: lot.unit }],
  act: post(lot, "split"),
}, (made) => `Đã tách: ${made.product_name}, ${amount(made)}.`);

const repack = (lot) => doing({
  title: "Đóng gói lại", of: `${nameOf(lot)} – còn ${amount(lot)}`, yes: "Đóng gói",
  fields: [{ name: "units", label: "Số gói", kind: "number", needed: true },
    { name: "unit", label: "Loại gói", kind: "choice", options: choices.units.filter(([unit]) => !["kg", "g", "lạng", "yến", "tạ", "tấn"].includes(unit)), value: "túi" },
    { name: "content", label: "Mỗi gói nặng", kind: "number", needed: true, value: "500" },
    { name: "content_unit", label: "Cân theo", kind: "choice", options: [["g", "g"], ["kg", "kg"], ["lạng", "lạng"]], value: "g" },
    { name: "quantity", label: `Lấy ra (${lot.unit}; bỏ trống: vừa đủ)`, kind: "number" }],
  act: post(lot, "repack"),
}, (made) => `Đã đóng gói: ${made.product_name}, ${amount(made)}.`);

async function onSale(lot) {
  try {
    const { on_sale: on } = await once(`/api/v1/stock/${lot.id}/on-sale`, { on: !lot.on_sale });
    await load();
    say("good", on ? `Đang bán lô ${lot.label || lot.product_name}. Máy tính tiền trừ vào lô này.` : "Máy tính tiền trừ theo hạn dùng như thường.");
  } catch (error) { say("warn", error.message); }
}

async function label(lot) {
  try {
    await once(`/api/v1/stock/${lot.id}/label`, {});
    say("good", `Đã gửi phiếu lô ${lot.label || lot.product_name} ra máy in.`);
  } catch (error) { say("warn", error.message); }
}

const reopen = (lot) => doing({
  title: "Mở lại lô", of: `${nameOf(lot)} – khi đóng còn ${shown(lot.left)} ${lot.unit}`, yes: "Mở lại",
  fields: [{ name: "counted", label: `Đếm được (${lot.unit})`, kind: "number", needed: true, value: shown(lot.left) },
    { ...REASON, value: "Đóng nhầm, hàng còn" }],
  act: post(lot, "reopen"),
}, (answer) => `Đã mở lại, phiếu điều chỉnh ${answer.number}. ${left(lot, answer)}`);

const merge = () => {
  const chosen = lots.filter((lot) => picked.has(lot.id));
  const names = [...new Set(chosen.map((lot) => lot.product_name))];
  return doing({
    title: `Gộp ${chosen.length} lô`, of: chosen.map((lot) => `${nameOf(lot)}: ${amount(lot)}`).join("; "), yes: "Gộp",
    fields: [{ name: "name", label: "Tên hàng sau khi gộp", kind: "text", needed: true, value: names.length === 1 ? names[0] : "" }],
    act: async (told) => {
      const made = await once("/api/v1/stock/merge", { ...told, lots: chosen.map((lot) => ({ id: lot.id })) });
      setMerging(false);
      return made;
    },
  }, (made) => `Đã gộp: ${made.product_name}, ${amount(made)}. ${made.sellable ? "" : "Để riêng, chưa bán."}`);
};

function buttons(lot) {
  const mixes = lot.state !== "returned_recalled";
  const button = (text, act, more = "") => el("button", { type: "button", class: `btn btn-outline-dark ${more}`, text, onclick: () => act(lot) });
  return el("div", { class: "pos-acts" }, ...[
    lot.sellable ? button(lot.on_sale ? "Thôi bán riêng lô này" : "Đang bán lô này", onSale, "pos-wide") : null,
    lot.reason === "person" ? button("Bán lại lô này", release, "pos-wide") : null,
    button("Hỏng, biếu, dùng", waste), button("Kiểm kho", count),
    mixes ? button("Tách", split) : null, mixes ? button("Đóng gói lại", repack) : null,
    lot.sellable ? button("In phiếu lô", label, "pos-wide") : null,
    button("Hết lô này", close, "pos-wide btn-outline-danger"),
  ].filter(Boolean));
}

function row(lot) {
  const [tone, symbol] = TONES[lot.state];
  const chosen = picked?.has(lot.id);
  const weight = lot.kg && lot.unit !== "kg" ? ` = ${shown(lot.kg)} kg` : "";
  const head = el("button", {
    type: "button", class: "pos-lot", "aria-expanded": picked ? undefined : String(open === lot.id),
    "aria-pressed": picked ? String(Boolean(chosen)) : undefined, onclick: () => tap(lot),
  }, el("span", { class: "pos-lot-name" }, picked ? el("span", { "aria-hidden": "true", text: chosen ? "☑ " : "☐ " }) : null, lot.product_name),
  el("span", { class: "pos-lot-much", text: `${amount(lot)}${weight}` }),
  el("span", { class: "pos-tag", "data-tone": tone, text: `${symbol} ${lot.word}` }),
  lot.on_sale ? el("span", { class: "pos-tag", "data-tone": "warn", text: "▶ Đang bán lô này" }) : null,
  el("small", { text: [lot.key && lot.label ? `lô ${lot.label}` : lot.label, `nhận ${when(lot.received_at)}`, lot.expiry && `hạn dùng ${day(lot.expiry)}`].filter(Boolean).join(" · ") }));
  return el("li", { "data-lot": lot.id, "data-tone": tone }, head, choices.may_change && !picked && open === lot.id ? buttons(lot) : null);
}

function tap(lot) {
  if (picked) { if (!picked.delete(lot.id)) picked.add(lot.id); } else open = open === lot.id ? null : lot.id;
  draw();
}

function setMerging(on) {
  picked = on ? new Set() : null;
  open = null;
  byId("merge").setAttribute("aria-pressed", String(on));
  byId("merge").textContent = on ? "Thôi gộp" : "Gộp nhiều lô";
  byId("merging").hidden = !on;
  draw();
}

function draw() {
  const wanted = byId("search").value.trim().toLowerCase();
  const found = lots.filter((lot) => `${lot.product_name} ${lot.label}`.toLowerCase().includes(wanted));
  byId("lots").replaceChildren(...found.map(row));
  if (!found.length) byId("lots").append(el("li", { class: "pos-card", text: wanted ? "Không có lô nào như vậy." : "Kho đang trống. Nhận hàng trước." }));
  byId("merge-now").disabled = !picked || picked.size < 2;
  byId("merge-now").textContent = picked?.size ? `Gộp ${picked.size} lô đã chọn` : "Chọn các lô để gộp";
}

async function settle(lot) {
  try {
    const answer = await once(`/api/v1/stock/${lot.id}/settle`, {});
    await load();
    say("good", `Đã trừ ${shown(answer.settled)} ${lot.unit} vào lô này.`);
  } catch (error) { say("warn", error.message); }
}

async function short() {
  const { shortfalls } = await call("GET", "/api/v1/shortfalls");
  byId("short").hidden = shortfalls.length === 0;
  byId("short-list").replaceChildren(...shortfalls.map((one) => el("li", {},
    el("strong", { text: `${one.product_name}: ${shown(one.quantity)} ${one.unit}` }), ` – ${one.sales} lần bán, từ ${when(one.since)}`,
    ...one.lots.map((lot) => el("button", { type: "button", class: "btn btn-outline-dark w-100 mt-2",
      text: `Trừ vào lô ${lot.label}, nhận ${when(lot.received_at)} (còn ${amount(lot)})`, onclick: () => settle(lot) })),
    one.lots.length ? null : el("div", { text: "Chưa có lô nào để trừ. Nhận chuyến hàng rồi trừ vào chuyến đó." }))));
}

async function closed() {
  const { lots: found } = await call("GET", "/api/v1/stock/closed");
  byId("ended").hidden = found.length === 0;
  byId("closed").replaceChildren(...found.map((lot) => el("li", {},
    el("strong", { text: nameOf(lot) }), el("div", { text: `${lot.why} lúc ${when(lot.closed_at)}, còn ${shown(lot.left)} ${lot.unit}` }),
    choices.may_change ? el("button", { type: "button", class: "btn btn-outline-dark mt-2", text: "Mở lại lô", onclick: () => reopen(lot) }) : null)));
}

async function load() {
  lots = (await call("GET", "/api/v1/stock")).lots;
  if (!lots.some((lot) => lot.id === open)) open = null;
  draw();
  await closed();
  if (choices.may_change) await short();
}

byId("merge").hidden = !choices.may_change;
byId("merge").addEventListener("click", () => setMerging(picked === null));
byId("merge-now").addEventListener("click", merge);
byId("search").addEventListener("input", draw);
document.addEventListener("pointerdown", unlock, { once: true });
load().catch((error) => say("warn", error.message));

// Giao hàng: lots by tiles, a buyer, one button; above them what is on its way here and waits for an answer.
import { call, el, once, Refused, shown } from "./calls.js";
import { quantityOf } from "./quantity.js";
import { play, unlock } from "./tones.js";

const byId = (id) => document.getElementById(id);
const TONES = { good: "high short", warn: "two mid", hold: "low double", bad: "low long" };
const STATES = { sent: "đang chờ nhận", accepted: "đã nhận", refused: "không nhận", cancelled: "đã rút lại", unanswered: "hết giờ trả lời, đã về" };
let lots = [];
let known = []; // buyers as the node takes them, by the name people type
let basket = [];

function say(tone, word, details = []) {
  const list = el("ul");
  details.forEach((text) => list.append(el("li", { text })));
  byId("answer").replaceChildren(el("div", { class: "pos-verdict", "data-tone": tone },
    el("div", { class: "pos-word", text: word }), details.length ? list : null));
  byId("answer").scrollIntoView({ block: "nearest" });
  play(TONES[tone]);
}

const failed = (word) => (error) =>
  say("warn", error instanceof Refused ? word : "MẤT KẾT NỐI", [error instanceof Refused ? error.message : "Máy chưa trả lời. Bấm lại."]);

function drawTiles() {
  const wanted = byId("search").value.trim().toLowerCase();
  const found = lots.filter((lot) => `${lot.product_name} ${lot.label}`.toLowerCase().includes(wanted));
  byId("tiles").replaceChildren(...found.map((lot) => el("button", {
    type: "button", class: "pos-tile", "data-sellable": String(lot.sellable), "data-lot": lot.id, disabled: !lot.sellable,
    onclick: () => { if (!basket.some((line) => line.lot.id === lot.id)) { basket.push({ lot, qty: "" }); drawBasket(true); } },
  }, el("strong", { text: lot.product_name }),
  el("small", { text: `${lot.label ? `${lot.label} · ` : ""}còn ${shown(lot.quantity)} ${lot.unit}` }),
  lot.sellable ? null : el("small", { text: lot.state === "blocked" ? "✕ KHÔNG BÁN" : "■ TẠM ĐỂ RIÊNG" }))));
  if (!found.length) byId("tiles").append(el("p", { text: wanted ? "Không có hàng nào tên như vậy." : "Chưa có hàng. Nhận hàng trước." }));
}

function drawBasket(focus = false) {
  byId("basket").replaceChildren(...basket.map((line, index) => el("li", {},
    el("strong", { text: line.lot.product_name }), el("small", { text: `  ${line.lot.label}` }),
    el("div", { class: "pos-row" },
      el("label", { text: `Số lượng (${line.lot.unit})` }, el("input", {
        class: "form-control form-control-lg", inputmode: "decimal", value: line.qty, "aria-label": `Số lượng ${index + 1}`,
        placeholder: `còn ${shown(line.lot.quantity)}`, oninput: (event) => { line.qty = event.target.value; } })),
      el("button", { type: "button", class: "btn btn-outline-dark btn-lg", text: "Tất cả", "aria-label": `Tất cả dòng ${index + 1}`,
        onclick: () => { line.qty = shown(line.lot.quantity); drawBasket(); } }),
      el("button", { type: "button", class: "btn btn-outline-secondary btn-lg", text: "Bỏ", "aria-label": `Bỏ dòng ${index + 1}`,
        onclick: () => { basket.splice(index, 1); drawBasket(); } })))));
  byId("send").disabled = basket.length === 0;
  byId("foot").hidden = basket.length === 0;
  if (focus) byId("basket").lastElementChild.querySelector("input").focus();
}

/** The buyer that is meant: one of the list, a stall number typed, else a trader by name. */
function buyer() {
  const typed = byId("buyer").value.trim();
  const one = known.find((it) => it.name === typed) ?? known.find((it) => !it.site && it.stall_number?.toLowerCase() === typed.toLowerCase());
  if (!one) return { name: typed };
  return Object.fromEntries(Object.entries(one).filter(([, value]) => value));
}

async function send(event) {
  event.preventDefault();
  unlock();
  if (!byId("buyer").value.trim()) { say("warn", "GIAO CHO AI?", ["Chọn bạn hàng gần đây, nhập tên hoặc số sạp."]); byId("buyer").focus(); return; }
  const lines = [];
  for (const line of basket) {
    const quantity = quantityOf(line.qty);
    if (quantity === null) { say("warn", "SỐ LƯỢNG?", [`${line.lot.product_name}: nhập số lớn hơn 0, ví dụ 20 hoặc 1,5.`]); return; }
    lines.push({ lot_id: line.lot.id, quantity, unit: line.lot.unit });
  }
  byId("send").disabled = true;
  try {
    const made = await once("/api/v1/transfers", { kind: byId("kind").value, buyer: buyer(), lines });
    basket = [];
    drawBasket();
    byId("buyer").value = "";
    say("good", "ĐÃ GIAO", [`Phiếu số ${made.number}, giao cho ${made.buyer.name}.`,
      ...unshown(made).map((line) => `${line.name}: phiếu chưa thay được giấy tờ, bạn hàng sẽ được hỏi.`),
      made.print_jobs.length ? "Hai liên đang in. Người nhận quét mã trên phiếu." : "Sạp chưa có máy in.",
      ...(made.codes.length > 1 ? [`Phiếu có ${made.codes.length} mã, quét đủ cả.`] : [])]);
    await load();
  } catch (error) { failed("CHƯA GIAO")(error); } finally { drawBasket(); }
}

/** Lines whose origin the seller could not show: the slip is no paper for them. */
const unshown = (slip) => (slip.kind === "correction" ? [] : slip.lines.filter((line) => !line.shown));
const LABELS = { sale: "Phiếu giao hàng", internal: "Nội bộ", correction: "Nhận nhầm sạp" };

/** One slip that waits here: what it brings, three big answers. */
function drawIncoming(slip) {
  const amounts = new Map();
  const bare = new Set(unshown(slip).map((line) => line.position));
  const row = (line) => el("li", {}, el("strong", { text: line.name }), el("span", { text: `  ${shown(line.quantity)} ${line.unit}` }),
    bare.has(line.position) ? el("span", { class: "pos-tag", "data-tone": "warn", text: "! Người giao chưa có đủ giấy tờ" }) : null,
    el("div", { class: "pos-row", hidden: true, "data-part": true },
      el("label", { text: `Nhận (${line.unit})` }, el("input", { class: "form-control form-control-lg", inputmode: "decimal",
        value: shown(line.quantity), "aria-label": `Nhận ${line.name}`, oninput: (event) => amounts.set(line.position, event.target.value) })),
      el("label", { text: "Lý do trả lại" }, el("input", { class: "form-control form-control-lg", maxlength: "200",
        "aria-label": `Lý do ${line.name}`, placeholder: "dập hỏng", oninput: (event) => amounts.set(`why${line.position}`, event.target.value) }))));
  const box = el("div", { class: "pos-card", "data-transfer": slip.id },
    el("p", {}, el("strong", { text: slip.seller.name }), el("span", { text: ` · ${LABELS[slip.kind]} ${slip.number}` })),
    slip.reason ? el("p", { text: slip.reason }) : null,
    el("ul", { class: "pos-lines" }, ...slip.lines.map(row)));
  const button = (text, style, act) => el("button", { type: "button", class: `btn ${style} btn-lg`, text, onclick: act });
  const part = () => {
    const hidden = box.querySelectorAll("[data-part]");
    if (hidden[0].hidden) { hidden.forEach((one) => { one.hidden = false; }); hidden[0].querySelector("input").focus(); return; }
    const lines = [];
    for (const line of slip.lines) {
      const typed = (amounts.get(line.position) ?? shown(line.quantity)).trim();
      const accepted = /^0([.,]0*)?$/.test(typed) ? "0" : quantityOf(typed);
      if (accepted === null) { say("warn", "SỐ LƯỢNG?", [`${line.name}: nhập số nhận được, 0 nếu không nhận.`]); return; }
      lines.push({ position: line.position, accepted, reason: amounts.get(`why${line.position}`) ?? "" });
    }
    answer(slip, lines, "ĐÃ NHẬN MỘT PHẦN");
  };
  box.append(el("div", { class: "pos-row" },
    button("Nhận đủ", "btn-success", () => answer(slip, [], "ĐÃ NHẬN ĐỦ")),
    slip.kind === "correction" ? null : button("Nhận một phần", "btn-outline-dark", part),
    button("Không nhận", "btn-outline-danger", () => {
      if (!window.confirm(`Không nhận phiếu ${slip.number}? Hàng về lại ${slip.seller.name}.`)) return;
      answer(slip, slip.lines.map((line) => ({ position: line.position, refused: line.quantity })), "KHÔNG NHẬN");
    })));
  return box;
}

async function answer(slip, lines, word) {
  unlock();
  try {
    const told = await once(`/api/v1/transfers/${slip.id}/accept`, { lines });
    [...byId("incoming").children].find((box) => box.dataset.transfer === slip.id)?.remove();
    const held = (told.delivery_lines ?? []).filter((line) => line.verdict && !["sellable", "closed"].includes(line.state));
    say(held.length ? "hold" : "good", word, [
      told.delivery_number ? `Phiếu nhận hàng số ${told.delivery_number}.` : `Hàng về lại ${slip.seller.name}.`,
      ...held.map((line) => `${line.goods_name}: ${line.verdict.word}`)]);
    await load();
  } catch (error) { failed("CHƯA LÀM ĐƯỢC")(error); }
}

function drawSent(slips) {
  byId("sent-list").replaceChildren(...slips.map((slip) => el("li", { "data-transfer": slip.id },
    el("strong", { text: slip.number }), el("span", { text: ` · ${slip.buyer.name} · ${slip.same_box || slip.state !== "sent" ? STATES[slip.state] : "đã giao"}` }),
    ...slip.lines.map((line) => el("div", { text: `${line.name} ${shown(line.quantity)} ${line.unit}${line.returned ? `, về lại ${shown(line.returned)}` : ""}` })),
    slip.state === "sent" && slip.same_box ? el("button", { type: "button", class: "btn btn-outline-dark btn-lg", text: "Rút phiếu lại",
      onclick: () => change(`/api/v1/transfers/${slip.id}/cancel`, { reason: "rút lại" }, "ĐÃ RÚT LẠI", "Hàng đã về kho.") }) : null,
    !slip.same_box && slip.state === "sent" ? el("button", { type: "button", class: "btn btn-outline-dark btn-lg", text: "Nhận lại hàng",
      onclick: () => takeBack(slip) }) : null)));
  if (!slips.length) byId("sent-list").append(el("li", { text: "Chưa giao phiếu nào." }));
}

function takeBack(slip) {
  const lines = [];
  for (const line of slip.lines) {
    const typed = window.prompt(`${line.name}: nhận lại bao nhiêu ${line.unit}? (bỏ trống nếu không)`, "");
    if (typed === null) return;
    if (!typed.trim()) continue;
    const refused = quantityOf(typed);
    if (refused === null) { say("warn", "SỐ LƯỢNG?", ["Nhập số lớn hơn 0."]); return; }
    lines.push({ position: line.position, refused, reason: "bạn hàng trả lại" });
  }
  if (lines.length) change(`/api/v1/transfers/${slip.id}/return`, { lines }, "ĐÃ NHẬN LẠI", "Hàng đã về kho.");
}

async function change(path, body, word, text) {
  try { await once(path, body); say("good", word, [text]); await load(); } catch (error) { failed("CHƯA LÀM ĐƯỢC")(error); }
}

async function load() {
  const [stock, told] = await Promise.all([call("GET", "/api/v1/stock"), call("GET", "/api/v1/transfers")]);
  lots = stock.lots;
  known = [...told.buyers, ...told.stalls];
  drawTiles();
  byId("buyers").replaceChildren(...[...new Set(known.map((one) => one.name))].map((name) => new Option(name)));
  byId("recent").replaceChildren(...told.buyers.slice(0, 6).map((one) => el("button", {
    type: "button", class: "btn btn-outline-dark btn-lg", text: one.name, onclick: () => { byId("buyer").value = one.name; } })));
  const coming = told.transfers.filter((slip) => slip.direction === "in" && slip.state === "sent" && slip.same_box);
  byId("coming").hidden = !coming.length;
  const waiting = new Set([...byId("incoming").children].map((box) => box.dataset.transfer));
  if (coming.length !== waiting.size || coming.some((slip) => !waiting.has(slip.id))) byId("incoming").replaceChildren(...coming.map(drawIncoming));
  drawSent(told.transfers.filter((slip) => slip.direction === "out"));
}

byId("give").addEventListener("submit", send);
byId("search").addEventListener("input", drawTiles);
document.addEventListener("pointerdown", unlock, { once: true });
load().catch(failed("CHƯA TẢI ĐƯỢC"));
setInterval(() => load().catch(() => play("tick")), 15000);

// The till of a stall without a POS: tiles of open lots, a basket, one button. Prices may stay empty.
import { call, el, freshKey, mayGoAgain, Refused, shown } from "./calls.js";
import { freeze, frozenSale, thaw } from "./frozen_sale.js";
import { quantityOf } from "./quantity.js";
import { play, unlock } from "./tones.js";
import { listen } from "./wedge.js";

const tiles = document.getElementById("tiles");
const basketList = document.getElementById("basket");
const answer = document.getElementById("answer");
const pay = document.getElementById("pay");
const payText = pay.textContent;
const search = document.getElementById("search");
const total = document.getElementById("total");
const printBox = document.getElementById("prints");
let lots = [];
let basket = [];
let frozen = null; // the sale that was sent and not answered: nothing else is sold before the node has said what became of it
const dong = new Intl.NumberFormat("vi-VN");

function say(tone, word, details = [], buttons = []) {
  const list = el("ul");
  details.forEach((text) => list.append(el("li", { text })));
  answer.replaceChildren(el("div", { class: "pos-verdict", "data-tone": tone },
    el("div", { class: "pos-word", text: word }), details.length ? list : null, ...buttons));
  answer.scrollIntoView({ block: "nearest" }); // on a phone the basket stands far below
  play({ good: "high short", warn: "two mid", hold: "low double", bad: "low long" }[tone]);
}

function drawTiles() {
  const wanted = search.value.trim().toLowerCase();
  const found = lots.filter((lot) => Number(lot.quantity) > 0 && lot.product_name.toLowerCase().includes(wanted));
  tiles.replaceChildren(...found.map((lot) => el("button", {
    type: "button", class: "pos-tile", "data-sellable": String(lot.sellable), "data-lot": lot.id,
    onclick: () => add({ lot }),
  }, el("strong", { text: lot.product_name }),
  el("small", { text: `${lot.label ? `${lot.label} · ` : ""}còn ${shown(lot.quantity)} ${lot.unit}` }),
  lot.sellable ? null : el("small", { text: lot.state === "blocked" ? "✕ KHÔNG BÁN" : "■ TẠM ĐỂ RIÊNG" }))));
  if (!found.length) tiles.append(el("p", { text: wanted ? "Không có hàng nào tên như vậy." : "Chưa có hàng. Nhận hàng trước." }));
}

/** Put goods into the basket: `{lot}` tapped or confirmed by its number, or the `{barcode}` of a product. */
function add(line) {
  if (frozen) { sayFrozen(); return; }
  basket.push({ qty: "1", amount: "", ...line });
  drawBasket();
  basketList.lastElementChild.querySelector("input").select();
}

const nameOf = (line) => line.lot?.product_name ?? line.name ?? line.barcode;

function drawBasket() {
  const shut = frozen !== null;
  basketList.replaceChildren(...basket.map((line, index) => el("li", {},
    el("strong", { text: nameOf(line) }), line.lot?.label ? el("small", { text: `  ${line.lot.label}` }) : null,
    el("div", { class: "pos-row" },
      el("label", { text: `Số lượng (${line.lot ? line.lot.unit : "theo mã"})` }, el("input", {
        class: "form-control", inputmode: "decimal", value: line.qty, disabled: shut, "aria-label": `Số lượng ${index + 1}`,
        oninput: (event) => { line.qty = event.target.value; drawTotal(); } })),
      el("label", { text: "Thành tiền (có thể bỏ trống)" }, el("input", {
        class: "form-control", inputmode: "numeric", value: line.amount, disabled: shut, "aria-label": `Thành tiền ${index + 1}`,
        oninput: (event) => { line.amount = event.target.value; drawTotal(); } })),
      el("button", { type: "button", class: "btn btn-outline-secondary", text: "Bỏ", disabled: shut, "aria-label": `Bỏ dòng ${index + 1}`,
        onclick: () => { basket.splice(index, 1); drawBasket(); } })))));
  pay.textContent = shut ? "Gửi lại phiếu này" : payText;
  pay.disabled = basket.length === 0;
  drawTotal();
}

function drawTotal() {
  const amounts = basket.map((line) => Number(line.amount.replace(/\D/g, "")));
  const whole = basket.length && basket.every((line) => line.amount.trim() !== "");
  total.textContent = whole ? `Cộng ${dong.format(amounts.reduce((a, b) => a + b, 0))} đ` : "";
}

/** The basket as the node takes it; null when a quantity is none, and that is said. A doubtful one is asked once. */
function lines() {
  const made = [];
  for (const [index, line] of basket.entries()) {
    const qty = quantityOf(line.qty);
    if (qty === null) { say("warn", "SỐ LƯỢNG?", [`Dòng ${index + 1}, ${nameOf(line)}: nhập số lớn hơn 0, ví dụ 2 hoặc 1,5.`]); return null; }
    line.qty = shown(qty);
    const told = { line_no: index + 1, qty };
    if (line.lot) Object.assign(told, { name: line.lot.product_name, unit: line.lot.unit, lot: line.lot.id });
    else told.barcode = line.barcode;
    if (line.amount.trim()) told.amount = Number(line.amount.replace(/\D/g, ""));
    made.push(told);
  }
  drawBasket();
  return made;
}

async function sell() {
  const told = frozen ? null : lines();
  if (!frozen && !told) return;
  pay.disabled = true;
  try {
    if (frozen || await maySell(told)) await send();
  } catch (error) {
    say("warn", error instanceof Refused ? "CHƯA BÁN" : "MẤT KẾT NỐI",
      [error instanceof Refused ? error.message : "Máy chưa trả lời. Phiếu chưa gửi đi, bấm lại."]);
  } finally {
    pay.disabled = basket.length === 0;
  }
}

/** Ask the node before payment is written down; then the sale's body and key are fixed until it is answered. */
async function maySell(told) {
  const checked = (await call("POST", "/api/v1/sales:check", { lines: told })).lines;
  const stopped = checked.filter((line) => line.sellable === "no");
  if (stopped.length) { say("bad", "KHÔNG BÁN", stopped.map(reason)); return false; }
  const unsure = checked.find((line) => line.sellable === "confirm_lot");
  if (unsure) {
    const line = basket[unsure.line_no - 1];
    askLot(unsure, (lot) => { Object.assign(line, { lot }); drawBasket(); sell(); },
      () => { basket.splice(basket.indexOf(line), 1); drawBasket(); });
    return false;
  }
  const body = { external_id: freshKey(), time: new Date().toISOString(), lines: told };
  frozen = { at: Date.now(), body, basket };
  freeze(frozen);
  return true;
}

/** Send the fixed sale, again as often as it takes: the same body under the same key is one sale. */
async function send() {
  drawBasket();
  pay.disabled = true;
  const sale = frozen;
  try {
    const sold = await call("POST", "/api/v1/sales", sale.body, sale.body.external_id);
    basket = [];
    say("good", "ĐÃ BÁN", [`Số ${sold.receipt_no}`, sold.short_code ? `Mã truy xuất ${sold.short_code}` : "Chưa có địa chỉ trang truy xuất."]);
  } catch (error) {
    if (mayGoAgain(error)) { sayFrozen(error instanceof Refused ? error.message : "Máy chưa trả lời."); return; }
    say("warn", "CHƯA BÁN", [error.message]); // final: nothing was written, the basket may be put right
  }
  thaw(sale);
  frozen = null;
  takeUp();
  await load().catch(() => play("tick")); // the sale is answered whatever becomes of the tiles
}

/** A sale of this till without an answer comes first, also after a reload. */
function takeUp() {
  frozen = frozenSale();
  if (frozen) { basket = frozen.basket; sayFrozen(); }
  drawBasket();
}

function sayFrozen(why = "Phiếu trước chưa được trả lời.") {
  say("warn", "CHƯA RÕ ĐÃ GHI CHƯA", [why, "Phiếu được giữ trên máy này. Bấm “Gửi lại phiếu này” – không bị bán hai lần."]);
}

const reason = (line) => line.words || line.reasons?.[0]?.text || "Hàng đang bị giữ.";

/** Which lot is it? Its number stands on the pack (decision 5); `none` when it is none of the good ones. */
function askLot(line, chosen, none) {
  const good = lots.filter((lot) => lot.sellable && line.lots?.includes(lot.id));
  const button = (text, act) => el("button", { type: "button", class: "btn btn-light btn-lg me-2 mt-2", text,
    onclick: () => { answer.replaceChildren(); act(); } });
  say("warn", "XEM SỐ LÔ TRÊN GÓI", [line.words || "Một lô của mặt hàng này đang bị thu hồi."], [
    ...good.map((lot) => button(lot.label || `còn ${shown(lot.quantity)} ${lot.unit}`, () => chosen(lot))),
    button("Số khác – không bán", none)]);
}

/** What a scanner read goes through the node's check like everything else; only a lot's own key names the lot. */
async function scanned(text) {
  if (frozen) { sayFrozen(); return; }
  const own = lots.find((lot) => lot.key === text);
  const told = own ? { lot: own.id, name: own.product_name } : { barcode: text };
  const line = (await call("POST", "/api/v1/sales:check", { lines: [{ line_no: 1, qty: "1", ...told }] })).lines[0];
  if (line.sellable === "no") { say("bad", "KHÔNG BÁN", [reason(line)]); return; }
  if (line.sellable === "confirm_lot") { askLot(line, (lot) => add({ lot }), () => {}); return; }
  const known = lots.find((lot) => line.lots?.includes(lot.id));
  add(own ? { lot: own } : { barcode: text, name: known?.product_name });
  play("tick");
}

async function load() {
  lots = (await call("GET", "/api/v1/stock")).lots;
  drawTiles();
}

/** What the printer is unsure of is asked once; a printer in trouble is named. */
async function prints() {
  const { jobs } = await call("GET", "/api/v1/prints");
  const unsure = jobs.filter((job) => job.state === "sent_unconfirmed" && !job.answered);
  const waiting = jobs.filter((job) => ["queued", "sending"].includes(job.state));
  const troubled = waiting.find((job) => job.printer_status >= 200 && job.attempts > 0);
  const ask = (job, printed) => async () => {
    await call("POST", `/api/v1/prints/${job.id}/answer`, { printed }, freshKey());
    await prints();
  };
  printBox.replaceChildren(...[
    troubled ? el("p", { class: "pos-waiting", text: `${troubled.printer}: chưa in được. ${waiting.length} phiếu đang chờ, máy tự in khi máy in sẵn sàng.` }) : null,
    ...unsure.map((job) => el("div", { class: "pos-waiting" }, el("strong", { text: "Phiếu đã ra chưa? " }),
      el("button", { type: "button", class: "btn btn-success me-2", text: "Đã ra", onclick: ask(job, true) }),
      el("button", { type: "button", class: "btn btn-outline-dark", text: "Chưa – in lại", onclick: ask(job, false) }))),
  ].filter(Boolean));
}

search.addEventListener("input", drawTiles);
pay.addEventListener("click", () => { unlock(); sell(); });
document.addEventListener("pointerdown", unlock, { once: true });
listen((text) => scanned(text).catch((error) => say("warn", "CHƯA RÕ", [error.message])),
  () => say("warn", "QUÉT LẠI", ["Bộ gõ tiếng Việt đang bật. Đổi bàn phím sang English rồi quét lại."]));
load().catch((error) => say("warn", "CHƯA TẢI ĐƯỢC", [error.message]));
takeUp();
prints().catch(() => play("tick"));
setInterval(() => prints().catch(() => play("tick")), 3000);

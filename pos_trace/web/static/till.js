// The till of a stall without a POS: tiles of open lots, a basket, one button. Prices may stay empty.
import { call, el, freshKey, mayGoAgain, Refused, shown } from "./calls.js";
import { freeze, frozenSale, thaw } from "./frozen_sale.js";
import { dongOf, dotted } from "./money.js";
import { quantityOf } from "./quantity.js";
import { returning, returnsBegin, returnScanned, toggleReturns } from "./till_return.js";
import { callLeader } from "./till_stop.js";
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
const mixButton = document.getElementById("mix");
const mixText = mixButton.textContent;
const units = JSON.parse(document.getElementById("choices").textContent).units;
let lots = [];
let products = new Map();
let mixing = null; // the lots tapped for a mixed bag, while one is being put together
let basket = [];
let frozen = null; // the sale that was sent and not answered: nothing else is sold before the node has said what became of it

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
    "aria-pressed": mixing ? String(mixing.has(lot.id)) : undefined, onclick: () => tapped(lot),
  }, el("strong", { text: lot.product_name }), priceOf(lot) ? el("span", { class: "pos-price", text: `${dotted(priceOf(lot))} đ/${lot.unit}` }) : null,
  el("small", { text: `${lot.label ? `${lot.label} · ` : ""}còn ${shown(lot.quantity)} ${lot.unit}` }),
  lot.sellable ? null : el("small", { text: lot.state === "blocked" ? "✕ KHÔNG BÁN" : "■ TẠM ĐỂ RIÊNG" }))));
  if (!found.length) tiles.append(el("p", { text: wanted ? "Không có hàng nào tên như vậy." : "Chưa có hàng. Nhận hàng trước." }));
}

/** The last price of one of the lot's unit, if the stall ever had one. */
function priceOf(lot) {
  const product = products.get(lot.product_id);
  return product?.unit_price && product.price_unit === lot.unit ? product.unit_price : 0;
}

function tapped(lot) {
  if (!mixing) { add({ lot, unit: lot.unit, price: priceOf(lot) }); return; }
  if (!mixing.delete(lot.id)) mixing.add(lot.id);
  drawTiles();
}

/** Put goods into the basket: `{lot}` tapped or confirmed by its number, or the `{barcode}` of a product. */
function add(line) {
  if (frozen) { sayFrozen(); return; }
  basket.push({ qty: "1", amount: "", typed: false, ...line });
  drawBasket();
  basketList.lastElementChild.querySelector("input").select();
}

/** "Rau lẩu 10 món, 30 nghìn": the lots tapped, none tapped = what is on sale today; no kilograms of any. */
function mix() {
  if (frozen) { sayFrozen(); return; }
  if (!mixing) {
    mixing = new Set();
    say("warn", "HÀNG TRỘN", ["Chạm các món có trong gói rồi bấm “Xong gói trộn”. Không chạm món nào: tính theo các lô bán trong ngày."]);
  } else {
    basket.push({ bundle: [...mixing], name: "Hàng trộn", qty: "", amount: "", typed: true });
    mixing = null;
    answer.replaceChildren();
    drawBasket();
    basketList.lastElementChild.querySelector("input").select();
  }
  mixButton.textContent = mixing ? "Xong gói trộn" : mixText;
  drawTiles();
}

const nameOf = (line) => line.lot?.product_name ?? line.name ?? line.barcode;

/** A price and a quantity make an amount, unless somebody typed another one: the market haggles. */
function fill(line) {
  const qty = /^\d{1,9}([.,]\d{1,3})?$/.test(line.qty.trim()) ? Number(line.qty.trim().replace(",", ".")) : 0;
  if (line.price && !line.typed) line.amount = qty ? dotted(Math.round(qty * line.price)) : "";
}

function field(label, name, index, line, more) {
  return el("label", { text: label }, el("input", { class: "form-control", value: line[name], disabled: frozen !== null,
    "aria-label": `${more.says} ${index + 1}`, "data-field": name, inputmode: more.mode, oninput: (event) => { line[name] = event.target.value; more.then(event.target); } }));
}

function drawLine(line, index) {
  const drop = el("button", { type: "button", class: "btn btn-outline-secondary", text: "Bỏ", disabled: frozen !== null, "aria-label": `Bỏ dòng ${index + 1}`,
    onclick: () => { basket.splice(index, 1); drawBasket(); } });
  const amount = field("Thành tiền (có thể bỏ trống)", "amount", index, line, { says: "Thành tiền", mode: "text", then: () => { line.typed = line.amount.trim() !== "" || line.qty.trim() !== ""; drawTotal(); } });
  if (line.bundle) {
    return el("li", {}, el("strong", { text: line.bundle.length ? `Gói trộn ${line.bundle.length} món` : "Gói trộn: các lô bán trong ngày" }),
      el("div", { class: "pos-row" }, field("Tên gói", "name", index, line, { says: "Tên gói", then: () => {} }), amount, drop));
  }
  const unit = line.lot ? line.lot.unit : line.unit || "theo mã";
  const qty = field(`Số lượng (${unit})`, "qty", index, line, { says: "Số lượng", mode: "decimal", then: (input) => {
    fill(line);
    input.closest("li").querySelector("[data-field=amount]").value = line.amount;
    drawTotal();
  } });
  return el("li", {}, el("strong", { text: nameOf(line) }), line.lot?.label ? el("small", { text: `  ${line.lot.label}` }) : null,
    line.override ? el("small", { class: "pos-tag", "data-tone": "hold", text: "Trưởng ca cho bán" }) : null,
    el("div", { class: "pos-row" }, qty, amount,
      el("button", { type: "button", class: "btn btn-outline-dark", text: "Theo tiền", disabled: frozen !== null, "aria-label": `Bán theo tiền dòng ${index + 1}`,
        onclick: () => { Object.assign(line, { qty: "", amount: "", typed: true }); drawBasket(); basketList.children[index].querySelector("[data-field=amount]").focus(); } }), drop));
}

function drawBasket() {
  basket.forEach(fill);
  basketList.replaceChildren(...basket.map(drawLine));
  pay.textContent = frozen ? "Gửi lại phiếu này" : payText;
  pay.disabled = basket.length === 0;
  drawTotal();
}

function drawTotal() {
  const amounts = basket.map((line) => (line.amount.trim() ? dongOf(line.amount) : null));
  total.textContent = basket.length && !amounts.includes(null) ? `Cộng ${dotted(amounts.reduce((a, b) => a + b, 0))} đ` : "";
}

/** One line as the node takes it; null when it is not clear, and that is said. A doubtful quantity is asked once. */
function told(line, index) {
  const amount = line.amount.trim() ? dongOf(line.amount) : undefined;
  if (amount === null) { say("warn", "SỐ TIỀN?", [`Dòng ${index + 1}, ${nameOf(line)}: nhập số tiền, ví dụ 50.000 hoặc 50 nghìn, hoặc bỏ trống.`]); return null; }
  if (line.bundle) return { line_no: index + 1, name: line.name.trim() || "Hàng trộn", bundle: line.bundle, ...(amount === undefined ? {} : { amount }) };
  const byMoney = line.qty.trim() === "" && amount;
  const qty = byMoney ? undefined : quantityOf(line.qty);
  if (qty === null) { say("warn", "SỐ LƯỢNG?", [`Dòng ${index + 1}, ${nameOf(line)}: nhập số lớn hơn 0, ví dụ 2 hoặc 1,5. Bán theo tiền: bỏ trống số lượng, nhập số tiền.`]); return null; }
  if (qty) line.qty = shown(qty);
  const made = { line_no: index + 1, ...(qty ? { qty } : {}), ...(amount === undefined ? {} : { amount }), ...(line.override ? { override: line.override } : {}) };
  if (line.lot) return { ...made, name: line.lot.product_name, unit: line.lot.unit, lot: line.lot.id };
  return { ...made, barcode: line.barcode, ...(line.unit ? { unit: line.unit } : {}) };
}

/** The basket as the node takes it, or null. */
function lines() {
  const made = [];
  for (const [index, line] of basket.entries()) {
    const one = told(line, index);
    if (!one) return null;
    made.push(one);
  }
  drawBasket();
  return made;
}

/** Stopped goods leave the basket, the rest goes on; the words are for the customer. */
function stop(stopped) {
  const away = stopped.map((line) => ({ line, goods: basket[line.line_no - 1] }));
  basket = basket.filter((line) => !away.some(({ goods }) => goods === line));
  drawBasket();
  showStopped(away);
}

function showStopped(away) {
  const rest = basket.length ? ["Đã bỏ khỏi phiếu. Các món khác bán tiếp, bấm lại nút thu tiền."] : ["Đã bỏ khỏi phiếu."];
  const aside = away.every(({ line }) => line.override?.length && line.reasons?.every((one) => one.code !== "expired"));
  say(aside ? "hold" : "bad", aside ? "TẠM ĐỂ RIÊNG" : "KHÔNG BÁN", [...away.map(({ line, goods }) => `${nameOf(goods)}: ${reason(line)}`), ...rest],
    away.map(({ line, goods }) => el("button", { type: "button", class: "btn btn-light btn-lg me-2 mt-2", text: "Gọi trưởng ca",
      onclick: () => leader(line, goods) })));
}

function leader(line, goods) {
  const lot = line.override?.[0];
  callLeader(lot, nameOf(goods), (id) => {
    const known = lots.find((one) => one.id === lot);
    add({ ...goods, ...(known ? { lot: known } : {}), override: id });
    answer.replaceChildren();
  }).catch((error) => say("warn", "CHƯA RÕ", [error.message]));
}

async function sell() {
  const made = frozen ? null : lines();
  if (!frozen && !made) return;
  pay.disabled = true;
  try {
    if (frozen || await maySell(made)) await send();
  } catch (error) {
    say("warn", error instanceof Refused ? "CHƯA BÁN" : "MẤT KẾT NỐI",
      [error instanceof Refused ? error.message : "Máy chưa trả lời. Phiếu chưa gửi đi, bấm lại."]);
  } finally {
    pay.disabled = basket.length === 0;
  }
}

/** Ask the node before payment is written down; then the sale's body and key are fixed until it is answered. */
async function maySell(made) {
  const checked = (await call("POST", "/api/v1/sales:check", { lines: made })).lines;
  const stopped = checked.filter((line) => line.sellable === "no");
  if (stopped.length) { stop(stopped); return false; }
  const unsure = checked.find((line) => line.sellable === "confirm_lot");
  if (unsure) {
    const line = basket[unsure.line_no - 1];
    askLot(unsure, (lot) => { Object.assign(line, { lot }); drawBasket(); sell(); },
      () => { basket.splice(basket.indexOf(line), 1); drawBasket(); });
    return false;
  }
  const body = { external_id: freshKey(), time: new Date().toISOString(), lines: made };
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
  if (returning()) { await returnScanned(text); return; }
  if (frozen) { sayFrozen(); return; }
  const own = lots.find((lot) => lot.key === text);
  const named = own ? { lot: own.id, name: own.product_name } : { barcode: text };
  const line = (await call("POST", "/api/v1/sales:check", { lines: [{ line_no: 1, ...named }] })).lines[0];
  const known = lots.find((lot) => line.lots?.includes(lot.id));
  const goods = own ? { lot: own } : { barcode: text, name: line.name ?? known?.product_name, unit: line.qty ? line.unit : undefined };
  if (line.qty) goods.qty = shown(line.qty); // the scale's own label says how much
  if (line.sellable === "no") { showStopped([{ line, goods }]); return; }
  if (line.sellable === "confirm_lot") { askLot(line, (lot) => add({ ...goods, lot }), () => {}); return; }
  add(goods);
  play("tick");
}

async function load() {
  const [stock, list] = await Promise.all([call("GET", "/api/v1/stock"), call("GET", "/api/v1/products")]);
  lots = stock.lots;
  products = new Map(list.products.map((one) => [one.id, one]));
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
mixButton.addEventListener("click", mix);
returnsBegin(say, load, units);
document.getElementById("take-back").addEventListener("click", () => toggleReturns().catch((error) => say("warn", "CHƯA RÕ", [error.message])));
pay.addEventListener("click", () => { unlock(); sell(); });
document.addEventListener("pointerdown", unlock, { once: true });
listen((text) => scanned(text).catch((error) => say("warn", "CHƯA RÕ", [error.message])),
  () => say("warn", "QUÉT LẠI", ["Bộ gõ tiếng Việt đang bật. Đổi bàn phím sang English rồi quét lại."]));
load().catch((error) => say("warn", "CHƯA TẢI ĐƯỢC", [error.message]));
takeUp();
prints().catch(() => play("tick"));
setInterval(() => prints().catch(() => play("tick")), 3000);

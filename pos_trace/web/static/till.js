// The till of a stall without a POS: tiles of open lots, a basket, one button. Prices may stay empty.
import { call, el, freshKey, Refused, shown } from "./calls.js";
import { play, unlock } from "./tones.js";
import { listen } from "./wedge.js";

const tiles = document.getElementById("tiles");
const basketList = document.getElementById("basket");
const answer = document.getElementById("answer");
const pay = document.getElementById("pay");
const search = document.getElementById("search");
const total = document.getElementById("total");
const printBox = document.getElementById("prints");
let lots = [];
let basket = [];
let saleKey = freshKey();
const dong = new Intl.NumberFormat("vi-VN");

/** "1,5" and "1.5" both mean one and a half; "1.500" is asked by the node's own rule, so it is refused here. */
function decimal(text) {
  const plain = text.trim().replace(",", ".");
  return /^\d{1,7}(\.\d{1,3})?$/.test(plain) ? plain : null;
}

function say(tone, word, details = [], buttons = []) {
  const list = el("ul");
  details.forEach((text) => list.append(el("li", { text })));
  answer.replaceChildren(el("div", { class: "pos-verdict", "data-tone": tone },
    el("div", { class: "pos-word", text: word }), details.length ? list : null, ...buttons));
  play({ good: "high short", warn: "two mid", hold: "low double", bad: "low long" }[tone]);
}

function drawTiles() {
  const wanted = search.value.trim().toLowerCase();
  const found = lots.filter((lot) => Number(lot.quantity) > 0 && lot.product_name.toLowerCase().includes(wanted));
  tiles.replaceChildren(...found.map((lot) => el("button", {
    type: "button", class: "pos-tile", "data-sellable": String(lot.sellable), "data-lot": lot.id,
    onclick: () => add(lot),
  }, el("strong", { text: lot.product_name }),
  el("small", { text: `${lot.label ? `${lot.label} · ` : ""}còn ${shown(lot.quantity)} ${lot.unit}` }),
  lot.sellable ? null : el("small", { text: lot.state === "blocked" ? "✕ KHÔNG BÁN" : "■ TẠM ĐỂ RIÊNG" }))));
  if (!found.length) tiles.append(el("p", { text: wanted ? "Không có hàng nào tên như vậy." : "Chưa có hàng. Nhận hàng trước." }));
}

function add(lot) {
  basket.push({ lot, qty: "1", amount: "", confirmed: true });
  drawBasket();
  basketList.lastElementChild.querySelector("input").select();
}

function drawBasket() {
  basketList.replaceChildren(...basket.map((line, index) => el("li", {},
    el("strong", { text: line.lot ? line.lot.product_name : line.barcode }),
    el("div", { class: "pos-row" },
      el("label", { text: `Số lượng (${line.lot ? line.lot.unit : "theo mã"})` }, el("input", {
        class: "form-control", inputmode: "decimal", value: line.qty, "aria-label": `Số lượng ${index + 1}`,
        oninput: (event) => { line.qty = event.target.value; drawTotal(); } })),
      el("label", { text: "Thành tiền (có thể bỏ trống)" }, el("input", {
        class: "form-control", inputmode: "numeric", value: line.amount, "aria-label": `Thành tiền ${index + 1}`,
        oninput: (event) => { line.amount = event.target.value; drawTotal(); } })),
      el("button", { type: "button", class: "btn btn-outline-secondary", text: "Bỏ", "aria-label": `Bỏ dòng ${index + 1}`,
        onclick: () => { basket.splice(index, 1); drawBasket(); } })))));
  pay.disabled = basket.length === 0;
  drawTotal();
}

function drawTotal() {
  const amounts = basket.map((line) => Number(line.amount.replace(/\D/g, "")));
  const whole = basket.length && basket.every((line) => line.amount.trim() !== "");
  total.textContent = whole ? `Cộng ${dong.format(amounts.reduce((a, b) => a + b, 0))} đ` : "";
}

function lines() {
  return basket.map((line, index) => {
    const qty = decimal(line.qty);
    if (qty === null || Number(qty) <= 0) throw new Refused(422, { detail: `Số lượng ở dòng ${index + 1} chưa đúng.` });
    const made = { line_no: index + 1, qty };
    if (line.lot) Object.assign(made, { name: line.lot.product_name, unit: line.lot.unit, lot: line.lot.id });
    else made.barcode = line.barcode;
    if (line.amount.trim()) made.amount = Number(line.amount.replace(/\D/g, ""));
    return made;
  });
}

async function sell() {
  pay.disabled = true;
  try {
    const body = { lines: lines() };
    const checked = await call("POST", "/api/v1/sales:check", body);
    const stopped = checked.lines.filter((line) => line.sellable === "no");
    if (stopped.length) {
      say("bad", "KHÔNG BÁN", stopped.flatMap((line) => [line.words || line.reasons?.[0]?.text || "Hàng đang bị giữ."]));
      return;
    }
    const sold = await call("POST", "/api/v1/sales", { external_id: saleKey, time: new Date().toISOString(), ...body }, saleKey);
    say("good", "ĐÃ BÁN", [`Số ${sold.receipt_no}`, sold.short_code ? `Mã truy xuất ${sold.short_code}` : "Chưa có địa chỉ trang truy xuất."]);
    basket = [];
    saleKey = freshKey();
    drawBasket();
    await load();
  } catch (error) {
    say("warn", error instanceof Refused ? "CHƯA BÁN" : "MẤT KẾT NỐI",
      [error instanceof Refused ? error.message : "Máy chưa trả lời. Phiếu còn nguyên, bấm lại – không bị bán hai lần."]);
  } finally {
    pay.disabled = basket.length === 0;
  }
}

async function scanned(text) {
  const found = lots.find((lot) => lot.barcode === text || lot.key === text || lot.sku === text);
  if (found) { add(found); return; }
  const checked = await call("POST", "/api/v1/sales:check", { lines: [{ line_no: 1, barcode: text, qty: "1" }] });
  const line = checked.lines[0];
  if (line.sellable === "yes") { basket.push({ barcode: text, qty: "1", amount: "" }); drawBasket(); play("tick"); return; }
  if (line.sellable === "confirm_lot") {
    const good = lots.filter((lot) => lot.sellable && line.lots?.includes(lot.id));
    say("warn", "XEM SỐ LÔ TRÊN GÓI", [line.words || "Một lô của mặt hàng này đang bị thu hồi."], good.map((lot) =>
      el("button", { type: "button", class: "btn btn-light btn-lg me-2", text: lot.label,
        onclick: () => { answer.replaceChildren(); add(lot); } })));
    return;
  }
  say("bad", "KHÔNG BÁN", [line.words || line.reasons?.[0]?.text || ""]);
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
drawBasket();
prints().catch(() => play("tick"));
setInterval(() => prints().catch(() => play("tick")), 3000);

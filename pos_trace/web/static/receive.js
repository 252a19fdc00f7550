// The receiver's screen: one delivery, one big answer, three ways in (wedge, typing, photo), nothing lost offline.
import { call, freshKey, once, Refused, shown } from "./calls.js";
import { askPaper, savePaper } from "./paper.js";
import { quantityOf } from "./quantity.js";
import { drawLines, showHeld, showMessage, showVerdict } from "./receive_show.js";
import { play, unlock } from "./tones.js";
import { drop, flush, held, keep, replace } from "./waiting.js";
import { listen } from "./wedge.js";

const byId = (id) => document.getElementById(id);
const choices = JSON.parse(byId("choices").textContent);
const state = { delivery: null, pending: null };
const live = new Map(); // key of an act somebody waits for now → what to show when it is done

function fillSelect(select, rows) {
  select.replaceChildren(...rows.map(([value, text]) => new Option(text, value)));
}

async function enterDelivery(id) {
  state.delivery = await call("GET", `/api/v1/deliveries/${id}`);
  byId("start").hidden = true;
  byId("delivery").hidden = false;
  byId("no-code").hidden = false;
  const plate = state.delivery.vehicle_plate ? ` · xe ${state.delivery.vehicle_plate}` : "";
  byId("delivery-name").textContent = `${state.delivery.supplier_name}${plate}`;
  redraw();
}

function leaveDelivery() {
  state.delivery = null;
  for (const id of ["delivery", "no-code", "loose", "receive-form"]) byId(id).hidden = true;
  byId("start").hidden = false;
  byId("delivery-name").textContent = "Tra mã (chưa có chuyến hàng)";
}

function redraw() {
  drawLines(byId("lines"), state.delivery?.lines ?? [], { paper: addPaper, refuse, hold, send: choices.may_send ? send : null });
}

async function refresh() {
  if (!state.delivery) return;
  state.delivery = await call("GET", `/api/v1/deliveries/${state.delivery.id}`);
  if (state.delivery.state === "open") { redraw(); return; }
  leaveDelivery(); // closed by the clock, by another phone, or by an act that had waited here
  await resume();
}

/** Judge a code without receiving it yet; the quantity comes next. */
async function judge(body) {
  byId("receive-form").hidden = true;
  try {
    const answer = await call("POST", "/api/v1/scans", body);
    if (!answer.verdict) { showMessage("warn", answer.message.text, answer.message.next, "two mid"); return; }
    showVerdict(answer);
    if (state.delivery) offer(answer.code.raw ?? body.text, answer);
  } catch (error) {
    if (error instanceof Refused) { showMessage("warn", "CHƯA NHẬN ĐƯỢC", error.message, "two mid"); return; }
    if (body instanceof FormData || !state.delivery) {
      showMessage("", "MẤT KẾT NỐI", "Máy của chợ chưa trả lời. Thử lại.", "two mid");
      return;
    }
    offer(body.text, null);
    showMessage("", "CHƯA KIỂM TRA", "Máy của chợ chưa trả lời. Nhập số lượng: máy ghi lại và tự gửi sau.", "two mid");
  }
}

function offer(text, answer) {
  state.pending = { text, key: freshKey(), name: answer?.goods_name ?? `mã ${text.slice(0, 60)}` };
  const suggestion = answer?.suggest ?? {};
  byId("naming").hidden = Boolean(!answer || answer.goods_name);
  byId("goods-name").value = "";
  byId("receive-form").hidden = false;
  byId("quantity").value = "";
  byId("unit").value = suggestion.unit ?? choices.units[0][0];
  byId("quantity").focus();
}

async function accept(event) {
  event.preventDefault();
  const quantity = quantityOf(byId("quantity").value);
  if (quantity === null) { showMessage("warn", "SỐ LƯỢNG?", "Nhập số lớn hơn 0, ví dụ 40 hoặc 1,5.", "two mid"); return; }
  const { text, key } = state.pending;
  const body = { text, delivery_id: state.delivery.id, quantity, unit: byId("unit").value };
  const name = byId("goods-name").value.trim();
  if (!byId("naming").hidden && name) Object.assign(body, { goods_name: name, goods_group: byId("goods-group").value });
  byId("receive-form").hidden = true;
  const label = `Nhận ${body.goods_name ?? state.pending.name}, ${shown(quantity)} ${body.unit}`;
  await act("/api/v1/scans", body, label, (answer) => showVerdict(answer, true), key);
}

/**
 * Do one act: written on this phone first, then sent behind what waits already; unanswered it stays – never green.
 * Answers done | kept | refused.
 */
async function act(path, body, label, done, key = freshKey()) {
  const it = { key, method: "POST", path, body, label };
  try {
    await keep(it);
  } catch { // a browser that keeps nothing (private window): straight to the node
    return call(it.method, path, body, key).then((answer) => { done(answer); return "done"; },
      (error) => { showMessage("warn", "CHƯA LÀM ĐƯỢC", error.message, "two mid"); return "refused"; });
  }
  let outcome = "refused";
  live.set(key, (answer) => { outcome = "done"; done(answer); });
  await sendWaiting();
  if (!live.delete(key)) return outcome;
  showMessage("", "ĐÃ GHI, CHƯA KIỂM TRA", "Máy của chợ chưa trả lời. Máy này tự gửi lại.", "two mid");
  return "kept";
}

/** What the node answered to an act; true when the person has just seen it refused. */
function told({ key, label }, answer, error) {
  const done = live.get(key);
  live.delete(key);
  if (error) showMessage("warn", "CHƯA LÀM ĐƯỢC", `${label}: ${error.message}`, "two mid");
  else if (done) done(answer);
  else if (answer.verdict) showVerdict(answer, true);
  return Boolean(error && done);
}

/** Send what waits, then show what still does, what was refused, and the delivery as it stands now. */
async function sendWaiting() {
  const stopped = await flush(told);
  await drawHeld(stopped);
  await refresh().catch(() => play("tick"));
}

async function drawHeld(stopped = null) {
  const signedOut = stopped instanceof Refused && (stopped.status === 401 || stopped.code === "csrf");
  showHeld(byId("waiting"), byId("failed"), await held(), signedOut, { again, forget });
}

/** Do a refused act again; what belonged to a delivery that is closed goes into the one that is open now. */
async function again({ failed, ...old }) {
  const moves = "delivery_id" in old.body || /^\/api\/v1\/deliveries\/[^/]+\/lines$/.test(old.path);
  if (moves && !state.delivery) {
    showMessage("warn", "CHƯA CÓ CHUYẾN", "Bắt đầu nhận hoặc nhận tiếp một chuyến, rồi bấm Làm lại.", "two mid");
    return;
  }
  const fresh = { ...old, key: freshKey(), at: Date.now() };
  if ("delivery_id" in old.body) fresh.body = { ...old.body, delivery_id: state.delivery.id };
  else if (moves) fresh.path = `/api/v1/deliveries/${state.delivery.id}/lines`;
  await replace(old.key, fresh);
  await sendWaiting();
}

async function forget(old) {
  await drop(old.key);
  await drawHeld();
}

async function addPaper(line) {
  const paper = await askPaper(choices.papers, line.goods_name);
  if (!paper) return;
  try {
    const again = await savePaper(state.delivery.id, line.id, paper);
    if (again) showMessage("warn", "CHỤP LẠI", "Chụp lại giúp ảnh rõ hơn.", "two mid");
    await refresh();
    const after = state.delivery.lines.find((one) => one.id === line.id);
    if (after && !again) showVerdict({ verdict: after.verdict, code: {}, line: after }, true);
  } catch (error) {
    showMessage("warn", "CHƯA LƯU GIẤY TỜ", error.message, "two mid");
  }
}

async function refuse(line) {
  const typed = window.prompt(`Trả lại người giao bao nhiêu ${line.unit}? (tối đa ${shown(line.accepted)})`, shown(line.accepted));
  if (typed === null) return;
  const quantity = quantityOf(typed);
  if (quantity === null) { showMessage("warn", "SỐ LƯỢNG?", "Nhập số lớn hơn 0.", "two mid"); return; }
  const reason = window.prompt("Lý do (ví dụ: dập hỏng)", "") ?? "";
  const amount = `${shown(quantity)} ${line.unit}`;
  await act(`/api/v1/lines/${line.id}/refuse`, { quantity, unit: line.unit, reason: reason || "không nêu" },
    `Trả lại ${line.goods_name}, ${amount}`, () => showMessage("", "ĐÃ TRẢ LẠI", `${amount} không vào kho.`, "tick"));
}

const hold = (line) => act(`/api/v1/lines/${line.id}/hold`, {}, `Để riêng ${line.goods_name}`,
  () => showMessage("hold", "TẠM ĐỂ RIÊNG", "Để riêng, chưa bán.", "low double"));

const send = (line) => act(`/api/v1/flags/${line.flag.id}/send`, {}, `Gửi ${line.goods_name}`,
  () => showMessage("", "ĐÃ GỬI", "Thông tin đã xếp hàng gửi đi.", "tick"));

async function openDelivery(event) {
  event.preventDefault();
  unlock();
  const form = new FormData(event.target);
  const body = { supplier_name: form.get("supplier").trim() };
  if (form.get("plate").trim()) body.vehicle_plate = form.get("plate").trim();
  try {
    const made = await once("/api/v1/deliveries", body);
    event.target.reset();
    await enterDelivery(made.id);
  } catch (error) { showMessage("warn", "CHƯA MỞ ĐƯỢC", error.message, "two mid"); }
}

async function addLoose(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  const quantity = quantityOf(form.get("quantity"));
  if (quantity === null) { showMessage("warn", "SỐ LƯỢNG?", "Nhập số lớn hơn 0.", "two mid"); return; }
  const body = { goods_name: form.get("goods").trim(), goods_group: form.get("group"), quantity, unit: form.get("unit") };
  const label = `Nhận ${body.goods_name}, ${shown(quantity)} ${body.unit}`;
  const path = `/api/v1/deliveries/${state.delivery.id}/lines`;
  if (await act(path, body, label, (answer) => showVerdict(answer, true)) === "refused") return;
  event.target.reset();
  byId("loose").hidden = true;
}

async function closeDelivery() {
  const label = `Xong chuyến ${state.delivery.supplier_name}`;
  await act(`/api/v1/deliveries/${state.delivery.id}/close`, {}, label,
    (answer) => showMessage("", "XONG CHUYẾN", `Phiếu nhận hàng số ${answer.number}.`, "tick"));
}

async function resume() {
  const open = (await call("GET", "/api/v1/deliveries?state=open")).deliveries;
  byId("resume").replaceChildren(...open.map((one) => {
    const button = document.createElement("button");
    button.className = "btn btn-outline-dark btn-lg w-100 mt-2";
    button.textContent = `Nhận tiếp: ${one.supplier_name}${one.vehicle_plate ? ` · ${one.vehicle_plate}` : ""}`;
    button.addEventListener("click", () => enterDelivery(one.id));
    return button;
  }));
  const names = [...new Set(open.map((one) => one.supplier_name))];
  byId("suppliers").replaceChildren(...names.map((name) => new Option(name)));
}

/** The same, when nobody waits for it: a node that is away is no news. */
const sendQuietly = () => sendWaiting().catch(() => play("tick"));

fillSelect(byId("unit"), choices.units);
fillSelect(byId("loose").elements.unit, choices.units);
fillSelect(byId("loose").elements.group, choices.groups);
fillSelect(byId("goods-group"), choices.groups);
byId("open").addEventListener("submit", openDelivery);
byId("receive-form").addEventListener("submit", accept);
byId("loose").addEventListener("submit", addLoose);
byId("close").addEventListener("click", closeDelivery);
byId("no-code").addEventListener("click", () => { byId("loose").hidden = false; byId("loose").elements.goods.focus(); });
byId("typed").addEventListener("keydown", (event) => {
  const text = event.target.value.trim();
  if (event.key !== "Enter" || !text || event.defaultPrevented) return;
  event.preventDefault();
  event.target.value = "";
  judge({ text, dry_run: state.delivery !== null });
});
byId("photo").addEventListener("change", (event) => {
  if (!event.target.files.length) return;
  const form = new FormData();
  form.append("photo", event.target.files[0]);
  form.append("dry_run", state.delivery ? "true" : "false");
  event.target.value = "";
  judge(form);
});
document.addEventListener("pointerdown", unlock, { once: true });
listen((text) => judge({ text, dry_run: state.delivery !== null }),
  () => showMessage("warn", "QUÉT LẠI", "Bộ gõ tiếng Việt đang bật. Đổi bàn phím sang English rồi quét lại.", "two mid"));
showMessage("", "MỜI QUÉT MÃ", "", "tick");
window.addEventListener("online", sendQuietly);
setInterval(sendQuietly, 15000);
resume().catch((error) => showMessage("warn", "CHƯA TẢI ĐƯỢC", error.message, "two mid"));
sendQuietly();

// The receiver's screen: one delivery, one big answer, three ways in (wedge, typing, photo), nothing lost offline.
import { call, freshKey, Refused, shown } from "./calls.js";
import { drawLines, showMessage, showVerdict, showWaiting } from "./receive_show.js";
import { askPaper, savePaper } from "./paper.js";
import { play, unlock } from "./tones.js";
import { flush, keep, waiting } from "./waiting.js";
import { listen } from "./wedge.js";

const byId = (id) => document.getElementById(id);
const choices = JSON.parse(byId("choices").textContent);
const state = { delivery: null, pending: null, lines: [] };

/** "1,5" → "1.5"; "1.500" is asked once, because phones type both signs. Null when it is no quantity. */
export function quantityOf(text, ask = (question) => window.confirm(question)) {
  const plain = text.trim();
  if (/^\d{1,3}\.\d{3}$/.test(plain)) {
    const whole = plain.replace(".", "");
    return ask(`${plain} là ${whole} (một nghìn …)? Chọn Hủy nếu là ${plain.replace(".", ",")} (số lẻ).`) ? whole : plain;
  }
  const decimal = plain.replace(",", ".");
  return /^\d{1,9}(\.\d{1,3})?$/.test(decimal) && Number(decimal) > 0 ? decimal : null;
}

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
  drawLines(byId("lines"), state.delivery?.lines ?? [], { paper: addPaper, refuse, hold, send });
}

async function refresh() {
  if (!state.delivery) return;
  state.delivery = await call("GET", `/api/v1/deliveries/${state.delivery.id}`);
  redraw();
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
  state.pending = { text, key: freshKey() };
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
  await act("POST", "/api/v1/scans", body, key, `${quantity} ${body.unit}`, (answer) => showVerdict(answer, true));
}

/** Do one act; when nobody answers, keep it on this phone and say so – never green. */
async function act(method, path, body, key, label, done) {
  try {
    done(await call(method, path, body, key));
    await refresh();
  } catch (error) {
    if (error instanceof Refused) { showMessage("warn", "CHƯA LÀM ĐƯỢC", error.message, "two mid"); return; }
    await keep({ key, method, path, body, label, at: Date.now() });
    showMessage("", "ĐÃ GHI, CHƯA KIỂM TRA", "Mất kết nối. Máy tự gửi khi có mạng lại.", "two mid");
    showWaiting(byId("waiting"), await waiting());
  }
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
  await act("POST", `/api/v1/lines/${line.id}/refuse`, { quantity, unit: line.unit, reason: reason || "không nêu" },
    freshKey(), "trả lại", () => showMessage("", "ĐÃ TRẢ LẠI", `${shown(quantity)} ${line.unit} không vào kho.`, "tick"));
}

const hold = (line) => act("POST", `/api/v1/lines/${line.id}/hold`, {}, freshKey(), "để riêng",
  () => showMessage("hold", "TẠM ĐỂ RIÊNG", "Để riêng, chưa bán.", "low double"));

const send = (line) => act("POST", `/api/v1/flags/${line.flag.id}/send`, {}, freshKey(), "gửi",
  () => showMessage("", "ĐÃ GỬI", "Thông tin đã xếp hàng gửi đi.", "tick"));

async function openDelivery(event) {
  event.preventDefault();
  unlock();
  const form = new FormData(event.target);
  const body = { supplier_name: form.get("supplier").trim() };
  if (form.get("plate").trim()) body.vehicle_plate = form.get("plate").trim();
  try {
    const made = await call("POST", "/api/v1/deliveries", body, freshKey());
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
  await act("POST", `/api/v1/deliveries/${state.delivery.id}/lines`, body, freshKey(), body.goods_name, (answer) => {
    event.target.reset();
    byId("loose").hidden = true;
    showVerdict(answer, true);
  });
}

async function closeDelivery() {
  await act("POST", `/api/v1/deliveries/${state.delivery.id}/close`, {}, freshKey(), "xong chuyến", (answer) => {
    showMessage("", "XONG CHUYẾN", `Phiếu nhận hàng số ${answer.number}.`, "tick");
    leaveDelivery();
  });
  if (!state.delivery) await resume();
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

async function sendWaiting() {
  await flush((act_, answer, error) => {
    if (error) showMessage("warn", "CHƯA LÀM ĐƯỢC", error.message, "two mid");
    else if (answer.verdict) showVerdict(answer, true);
  });
  showWaiting(byId("waiting"), await waiting());
  await refresh();
}

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
window.addEventListener("online", sendWaiting);
setInterval(sendWaiting, 15000);
resume().catch((error) => showMessage("warn", "CHƯA TẢI ĐƯỢC", error.message, "two mid"));
sendWaiting().catch(() => play("tick"));

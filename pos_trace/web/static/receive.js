// The receiver's screen: one delivery, one big answer, three ways in (wedge, typing, photo), nothing lost offline.
import { askRefusal, askStall, askSupplier } from "./ask.js";
import { call, freshKey, Refused, shown } from "./calls.js";
import { askMissing, dates, datesOf } from "./receive_dates.js";
import { askPaper, savePaper } from "./paper.js";
import { drawPapers } from "./papers_here.js";
import { quantityAsked } from "./quantity.js";
import { act, sendWaiting, serve } from "./receive_acts.js";
import { drawBefore } from "./receive_before.js";
import { begin, start, stay, suppliers } from "./receive_open.js";
import { drawLines, showMessage, showVerdict } from "./receive_show.js";
import { isSlip, takeSlip } from "./receive_transfer.js";
import { play, unlock } from "./tones.js";
import { listen } from "./wedge.js";

const byId = (id) => document.getElementById(id);
const choices = JSON.parse(byId("choices").textContent);
const state = { delivery: null, pending: null, expected: null };
const NO_QUANTITY = ["warn", "SỐ LƯỢNG?", "Nhập số lớn hơn 0, ví dụ 40 hoặc 1,5.", "two mid"];

function fillSelect(select, rows) {
  select.replaceChildren(...rows.map(([value, text]) => new Option(text, value)));
}

async function enterDelivery(id) {
  state.delivery = await call("GET", `/api/v1/deliveries/${id}`);
  if (state.delivery.state !== "open") { leaveDelivery(); return; }
  stay(id);
  for (const one of ["delivery", "no-code", "elsewhere"]) byId(one).hidden = false;
  byId("start").hidden = true;
  head();
  redraw();
  drawBefore(state.delivery, { take: takeAgain, expect }).catch(() => play("tick"));
}

function head() {
  const plate = state.delivery.vehicle_plate ? ` · xe ${state.delivery.vehicle_plate}` : "";
  byId("delivery-name").textContent = `${state.delivery.supplier_name}${plate}`;
  byId("name-supplier").hidden = state.delivery.supplier_id !== null;
}

function leaveDelivery() {
  state.delivery = null;
  state.expected = null;
  drawPapers(null);
  stay(null);
  for (const id of ["delivery", "no-code", "loose", "receive-form", "elsewhere", "before", "name-supplier"]) byId(id).hidden = true;
  byId("start").hidden = false;
  byId("delivery-name").textContent = "Tra mã (chưa có chuyến hàng)";
}

const resume = () => start(enterDelivery, notOpened);
const notOpened = (error) => showMessage("warn", "CHƯA MỞ ĐƯỢC", error.message, "two mid");

async function nameSupplier() {
  const told = await askSupplier("Chủ hàng là ai?", suppliers());
  if (!told) return;
  await act(`/api/v1/deliveries/${state.delivery.id}/supplier`, told, "Ghi tên người giao",
    (answer) => showMessage("", "ĐÃ GHI", `Người giao: ${answer.supplier_name}`, "tick"));
}

/** The next label should be of these goods: another one is told. */
function expect(line) {
  state.expected = line;
  showMessage("", "MỜI QUÉT MÃ", `Đang chờ: ${line.goods_name}`, "tick");
}

function redraw() {
  drawLines(byId("lines"), state.delivery?.lines ?? [], { paper: addPaper, refuse, hold, date: writeDate, moved: (line) => wrongStall({ line_id: line.id }, line.goods_name), send: choices.may_send ? send : null });
  drawPapers(state.delivery);
}

async function refresh() {
  if (!state.delivery) return;
  state.delivery = await call("GET", `/api/v1/deliveries/${state.delivery.id}`);
  if (state.delivery.state === "open") { head(); redraw(); return; }
  leaveDelivery(); // closed by the clock, by another phone, or by an act that had waited here
  await resume();
}

/** What the label should be, where somebody said so, and the delivery whose supplier's habits count. */
const asked = () => (state.delivery
  ? { delivery_id: state.delivery.id, ...(state.expected ? { product_id: state.expected.product_id } : {}) } : {});
const append = (form, members) => Object.entries(members).forEach(([name, value]) => form.append(name, value));

/** Judge a code without receiving it yet; the quantity comes next. */
async function judge(body) {
  byId("receive-form").hidden = true;
  if (isSlip(body.text)) { await takeSlip(body.text, state.delivery, enterDelivery); return; }
  try {
    if (state.delivery && body instanceof FormData) append(body, asked());
    const answer = await call("POST", "/api/v1/scans", body instanceof FormData ? body : { ...body, ...asked() });
    if (isSlip(answer.code?.raw)) { await takeSlip(answer.code.raw, state.delivery, enterDelivery); return; }
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
  const suggestion = answer?.suggest ?? {};
  state.pending = { text, key: freshKey(), name: answer?.goods_name ?? `mã ${text.slice(0, 60)}`, units: suggestion.units ?? {}, dates: answer?.dates ?? {} };
  byId("naming").hidden = Boolean(!answer || answer.goods_name);
  byId("goods-name").value = "";
  byId("receive-form").hidden = false;
  byId("quantity").value = "";
  byId("unit").value = suggestion.unit ?? choices.units[0][0];
  fillContent(byId("unit"), byId("content"), state.pending.units);
  if (answer?.goods_group) byId("goods-group").value = answer.goods_group;
  const group = byId("naming").hidden ? answer?.goods_group : byId("goods-group").value;
  datesOf(byId("receive-form"), choices.dates[group], state.pending.dates);
  byId("quantity").focus();
}

/** "1 sọt ≈ 25 kg": what one of a unit weighed the last time, asked only of units that are no weight. */
function fillContent(unit, content, units) {
  content.closest("label").hidden = choices.weights.includes(unit.value);
  content.closest("label").querySelector("span").textContent = `1 ${unit.value} ≈ kg`;
  content.value = shown(units[unit.value]?.content_kg ?? choices.contents[unit.value] ?? "");
}

/** {quantity, unit, content_kg?} of two or three fields, or null; a number that means two things is asked. */
async function amount(quantity, unit, content) {
  const found = await quantityAsked(quantity, unit);
  if (found === null) { showMessage(...NO_QUANTITY); return null; }
  const told = { quantity: found, unit };
  if (!choices.weights.includes(unit) && content.trim()) {
    told.content_kg = await quantityAsked(content, "kg");
    if (told.content_kg === null) { showMessage("warn", `1 ${unit} MẤY KG?`, "Nhập số lớn hơn 0, hoặc để trống.", "two mid"); return null; }
  }
  return told;
}

async function accept(event) {
  event.preventDefault();
  const many = await amount(byId("quantity").value, byId("unit").value, byId("content").value);
  if (many === null) return;
  const days = dates(byId("receive-form"));
  if (days === null) return;
  const { text, key } = state.pending;
  const body = { text, ...asked(), ...many, ...days };
  const name = byId("goods-name").value.trim();
  if (!byId("naming").hidden && name) Object.assign(body, { goods_name: name, goods_group: byId("goods-group").value });
  byId("receive-form").hidden = true;
  state.expected = null;
  const label = `Nhận ${body.goods_name ?? state.pending.name}, ${shown(many.quantity)} ${many.unit}`;
  await act("/api/v1/scans", body, label, (answer) => showVerdict(answer, true), key);
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
  const told = await askRefusal(line);
  if (!told) return;
  const quantity = await quantityAsked(told.typed, line.unit);
  if (quantity === null) { showMessage(...NO_QUANTITY); return; }
  const many = `${shown(quantity)} ${line.unit}`;
  await act(`/api/v1/lines/${line.id}/refuse`, { quantity, unit: line.unit, reason: told.reason },
    `Trả lại ${line.goods_name}, ${many}`, () => showMessage("", "ĐÃ TRẢ LẠI", `${many} không vào kho: ${told.reason}.`, "tick"));
}

const hold = (line) => act(`/api/v1/lines/${line.id}/hold`, {}, `Để riêng ${line.goods_name}`,
  () => showMessage("hold", "TẠM ĐỂ RIÊNG", "Để riêng, chưa bán.", "low double"));

/** "Sai sạp": a line, or everything, goes to the stall it was meant for and waits there to be taken. */
async function wrongStall(of, goods) {
  const to = await askStall(goods);
  if (!to) return;
  await act("/api/v1/transfers", { kind: "correction", to_stall: to, ...of }, `Chuyển ${goods} sang sạp ${to}`,
    () => showMessage("", "ĐÃ CHUYỂN", `${goods}: chờ sạp ${to} bấm nhận.`, "tick"));
}

/** "Ghi hạn sử dụng": what the line still lacks, read off the goods. */
async function writeDate(line) {
  const told = await askMissing(line.goods_name, line.dates_missing);
  if (told) await act(`/api/v1/lines/${line.id}/dates`, told, `Ghi ngày của ${line.goods_name}`, (answer) => showVerdict(answer, true));
}

const send = (line) => act(`/api/v1/flags/${line.flag.id}/send`, {}, `Gửi ${line.goods_name}`,
  () => showMessage("", "ĐÃ GỬI", "Thông tin đã xếp hàng gửi đi.", "tick"));

function openDelivery(event) {
  event.preventDefault();
  unlock();
  const { supplier, nickname } = event.target.elements;
  const told = { supplier_name: supplier.value.trim() };
  if (nickname.value.trim()) told.nickname = nickname.value.trim();
  return begin(told, enterDelivery, notOpened);
}

async function addLoose(event) {
  event.preventDefault();
  const { goods, group, quantity, unit, content } = event.target.elements;
  const many = await amount(quantity.value, unit.value, content.value);
  const form = event.target;
  const days = many === null ? null : dates(form);
  if (days === null) return;
  if (await takeLoose({ goods_name: goods.value.trim(), goods_group: group.value, ...many, ...days }) === "refused") return;
  form.reset();
  looseDates();
  byId("loose").hidden = true;
}

function takeLoose(body) {
  const label = `Nhận ${body.goods_name}, ${shown(body.quantity)} ${body.unit}`;
  return act(`/api/v1/deliveries/${state.delivery.id}/lines`, body, label, (answer) => showVerdict(answer, true));
}

/** "Giống hôm qua": the line of the last time with today's quantity. */
async function takeAgain(line, typed) {
  const many = await amount(typed, line.unit, shown(line.content_kg ?? ""));
  if (many === null) return;
  await takeLoose({ goods_name: line.goods_name, ...(line.goods_group ? { goods_group: line.goods_group } : {}), ...many });
}

async function closeDelivery() {
  const label = `Xong chuyến ${state.delivery.supplier_name}`;
  await act(`/api/v1/deliveries/${state.delivery.id}/close`, {}, label,
    (answer) => showMessage("", "XONG CHUYẾN", `Phiếu nhận hàng số ${answer.number}.`, "tick"));
}

/** The same, when nobody waits for it: a node that is away is no news. */
serve({
  delivery: () => state.delivery,
  refresh,
  retype() { state.pending.key = freshKey(); byId("receive-form").hidden = false; byId("quantity").focus(); },
});
const sendQuietly = () => sendWaiting().catch(() => play("tick"));

fillSelect(byId("unit"), choices.units);
fillSelect(byId("loose").elements.unit, choices.units);
fillSelect(byId("loose").elements.group, choices.groups);
fillSelect(byId("goods-group"), choices.groups);
byId("open").addEventListener("submit", openDelivery);
byId("receive-form").addEventListener("submit", accept);
byId("loose").addEventListener("submit", addLoose);
byId("close").addEventListener("click", closeDelivery);
byId("unit").addEventListener("change", () => fillContent(byId("unit"), byId("content"), state.pending?.units ?? {}));
const looseContent = () => fillContent(byId("loose").elements.unit, byId("loose").elements.content, {});
byId("loose").elements.unit.addEventListener("change", looseContent);
const looseDates = () => datesOf(byId("loose"), choices.dates[byId("loose").elements.group.value], {});
byId("loose").elements.group.addEventListener("change", looseDates);
byId("goods-group").addEventListener("change", () => datesOf(byId("receive-form"), choices.dates[byId("goods-group").value], state.pending.dates));
byId("no-code").addEventListener("click", () => { byId("loose").hidden = false; looseContent(); looseDates(); byId("loose").elements.goods.focus(); });
byId("driver-only").addEventListener("click", () => { unlock(); begin({ driver_only: true }, enterDelivery, notOpened); });
byId("wrong-stall").addEventListener("click", () => wrongStall({ delivery_id: state.delivery.id }, "cả chuyến"));
byId("name-supplier").addEventListener("click", nameSupplier);
byId("elsewhere").addEventListener("click", () => { leaveDelivery(); resume().catch(notOpened); });
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
document.addEventListener("pos-person", sendQuietly); // somebody is back: what waited for them goes
setInterval(sendQuietly, 15000);
resume().catch((error) => showMessage("warn", "CHƯA TẢI ĐƯỢC", error.message, "two mid"));
sendQuietly();

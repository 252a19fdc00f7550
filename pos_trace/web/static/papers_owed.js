// What a stall owes in papers, on every phone of it: by when, "Giấy đến sau", "Cùng chuyến xe?", what came
// back unanswered, lines the office drew.
import { call, el, once, Refused, shown } from "./calls.js";
import { coverPhotos } from "./covering.js";
import { play } from "./tones.js";

const EVERY_MS = 60000;
const byId = (id) => document.getElementById(id);
const HEARD = "pos-reminded"; // the newest reminder this phone has sounded for
let drawnToo = true; // lines the office drew are the owner's; a receiver is refused once and never asks again

function tell(error) {
  byId("papers-owed-problem").textContent = error ? error.message : "";
}

async function act(path, body) {
  try { await once(path, body); await load(); } catch (error) { tell(error); }
}

const button = (text, kind, onclick) => el("button", { type: "button", class: `btn btn-${kind} me-2 mt-2`, text, onclick });
const line = (name, ...more) => el("li", {}, el("strong", { text: name }), ...more);

function owed(one) {
  return line(one.text, el("div", { text: `${one.goods_name} (${one.left})` }), el("div", { text: one.missing ? `Cần: ${one.missing}` : "" }),
    one.promised ? el("span", { class: "pos-tag", "data-tone": "warn", text: "! Giấy đến sau" }) : null, promise(one));
}

/** "Giấy đến sau": by the market's next 05:00, or by the time set beside it. */
function promise(one) {
  const at = el("input", { type: "time", class: "form-control form-control-lg", "aria-label": `Giờ giấy đến (${one.goods_name})` });
  const tell = () => act(`/api/v1/flags/${one.flag_id}/later`, at.value ? { by: next(at.value) } : {});
  return el("div", { class: "pos-row" }, el("label", { class: "mt-2" }, one.promised ? "Đổi giờ" : "Lúc (nếu biết)", at),
    button(one.promised ? "Đổi giờ giấy đến" : "Giấy đến sau", "outline-dark", tell));
}

/** The market's next "HH:MM" as a moment, wherever the phone thinks it is. */
function next(clock) {
  const day = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
  const today = new Date(`${day}T${clock}:00+07:00`);
  return new Date(today > Date.now() ? today : today.getTime() + 24 * 3600e3).toISOString();
}

function asked(one) {
  const answer = (same) => () => act(`/api/v1/papers/${one.paper_id}/same-truck`, { same });
  return line("Cùng chuyến xe?", el("div", { text: `${one.text}: giấy tờ đã dùng cho chuyến khác.` }),
    button("Cùng chuyến xe", "dark", answer(true)), button("Không, chuyến khác", "outline-dark", answer(false)));
}

/** "Sai sạp" that nobody answered: it lies at the first stall again. */
const back = (one) => line("Sai sạp", el("div", { text: one.text }),
  button("Xem phiếu", "outline-dark", () => window.location.assign("/giao-hang")));

function drawn(one) {
  const day = one.day.split("-").reverse().join("/");
  const papers = one.papers.length ? `${one.papers.join(", ")} – ${one.photos} ảnh` : "Chưa có giấy tờ";
  return line("Sở chọn kiểm tra giấy tờ ngẫu nhiên",
    el("div", { text: `${one.goods_name}, ${shown(one.quantity)} ${one.unit}, ngày ${day}` }), el("div", { text: papers }),
    one.case_id || !one.photos ? null : button("Che bớt ảnh", "outline-dark", () => coverPhotos(one.line_id).catch(tell)),
    one.case_id ? el("span", { class: "pos-tag", "data-tone": "good", text: "✓ Đã gửi" })
      : button("Gửi ảnh giấy tờ", "dark", () => act(`/api/v1/desk-checks/${one.check_id}/lines/${one.line_id}/send`, {})));
}

async function checks() {
  if (!drawnToo) return [];
  try {
    return (await call("GET", "/api/v1/desk-checks")).desk_checks;
  } catch (error) {
    if (error instanceof Refused && error.status === 403) drawnToo = false;
    return [];
  }
}

/** A reminder sounds once on each phone, low and short; a phone that keeps nothing stays silent. */
function sound(reminders) {
  const newest = reminders.map((one) => one.reminded_at ?? "").sort().at(-1) ?? "";
  try {
    if (newest > (localStorage.getItem(HEARD) ?? "")) { localStorage.setItem(HEARD, newest); play("two mid"); }
  } catch { /* a private window */ }
}

async function load() {
  const told = await call("GET", "/api/v1/reminders");
  const picked = await checks();
  const rows = [...told.reminders.map(owed), ...told.same_truck.map(asked), ...told.came_back.map(back), ...picked.map(drawn)];
  byId("papers-owed").hidden = rows.length === 0;
  byId("papers-owed-list").replaceChildren(...rows);
  tell(null);
  sound([...told.reminders, ...told.came_back.map((one) => ({ reminded_at: one.at }))]);
}

/** Quiet when the node is away: the list on screen stays. */
const quietly = () => load().catch(() => null);

document.querySelector("main h1")?.after(byId("papers-owed")); // first on every screen: it has an hour
document.addEventListener("pos-papers", quietly);
window.addEventListener("focus", quietly);
setInterval(quietly, EVERY_MS);
quietly();

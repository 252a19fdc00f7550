// Giao ca – Nhận ca – Chốt ngày: what lies open at the stall, in the same order as on the slips.
import { call, el, once, shown } from "./calls.js";
import { play, unlock } from "./tones.js";

const byId = (id) => document.getElementById(id);
const { day_rows: dayRows } = JSON.parse(byId("choices").textContent);
const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" });
const when = (iso) => clock.format(new Date(iso)).split(", ").reverse().join(" "); // 02:31 24/11

function say(tone, text) {
  byId("answer").replaceChildren(el("div", { class: "pos-said", "data-tone": tone, text }));
  byId("answer").scrollIntoView({ block: "nearest" });
  play({ good: "high short", warn: "two mid" }[tone]);
}

const named = (title, rows) => [el("div", { class: "pos-count" }, el("span", { text: title }), el("strong", { text: String(rows.length) })),
  rows.length ? el("ul", {}, ...rows.map((text) => el("li", { text }))) : null];

/** What lies open, as rows. */
function things(found) {
  const count = (title, number) => (number ? el("div", { class: "pos-count" }, el("span", { text: title }), el("strong", { text: String(number) })) : null);
  return [
    ...(found.deliveries ? named("Chuyến chưa xong", found.deliveries.map((one) => `${one.supplier} – ${one.lines} dòng, từ ${when(one.since)}`)) : []),
    ...named("Đang để riêng", found.held.map((one) => `${one.name} – ${shown(one.quantity)} ${one.unit}`)),
    ...named("Chờ giấy tờ", found.papers.map((one) => `${one.name} – ${one.left}`)),
    count("Tin chưa gửi đi", found.unsent), count("Lượt quét còn trên máy", found.phones),
    count("Phiếu chưa rõ đã ra", found.unsure),
  ].filter(Boolean);
}

async function act(path, words) {
  try {
    const answer = await once(path, {});
    await load();
    say("good", words(answer));
  } catch (error) { say("warn", error.message); }
}

const button = (text, primary, onclick) => el("button", {
  type: "button", class: `btn btn-lg w-100 mt-2 ${primary ? "btn-success" : "btn-outline-dark"}`, text, onclick });
const printing = (id) => () => act(`/api/v1/hand-overs/${id}/print`, () => "Phiếu giao ca đang in.");

function showOffer(offer) {
  byId("offer").hidden = offer === null;
  if (!offer) return;
  byId("offer-title").textContent = `${offer.giver} giao ca lúc ${when(offer.offered_at)}`;
  byId("offer-body").replaceChildren(...things(offer));
  byId("offer-acts").replaceChildren(
    offer.own ? el("p", { class: "pos-waiting mt-2 mb-0", text: "Chờ người nhận ca. Người nhận bấm “Đổi người”, vào bằng tên mình, rồi bấm Nhận ca." })
      : button("Nhận ca", true, () => act(`/api/v1/hand-overs/${offer.id}/take`, (taken) => `${taken.taker} đã nhận ca từ ${taken.giver}.`)),
    button("In phiếu giao ca", false, printing(offer.id)));
}

function showLast(last) {
  byId("last").replaceChildren(...(last ? [
    `Lần trước: ${last.giver} giao, ${last.taker} nhận lúc ${when(last.taken_at)}.`, button("In phiếu giao ca", false, printing(last.id))] : []));
}

function showDay({ today, done }) {
  byId("close-day").textContent = today ? "Chốt ngày – in phiếu" : "In lại phiếu chốt hôm nay";
  const body = today ?? done[0].body;
  byId("day").replaceChildren(
    el("p", { text: today ? `Từ ${when(today.since)} đến giờ.` : `Đã chốt lúc ${when(body.until)}, số ${done[0].number}.` }),
    ...dayRows.filter(([name]) => body.counts[name]).map(([name, text]) => el("div", { class: "pos-count" },
      el("span", { text }), el("strong", { text: String(body.counts[name]) }))));
  byId("days").replaceChildren(...done.map((one) => el("li", {},
    el("strong", { text: one.day.split("-").reverse().join("/") }), ` – ${one.number}, ${one.body.closed_by} chốt lúc ${when(one.body.until)}; `
      + `${one.body.counts.closed} chuyến, ${one.body.held.length} mặt hàng để riêng, ${one.body.papers.length} chờ giấy tờ.`)));
}

async function load() {
  const found = await call("GET", "/api/v1/hand-overs");
  showOffer(found.offer);
  byId("now").replaceChildren(...things(found.now));
  showLast(found.last);
  showDay(await call("GET", "/api/v1/day-ends"));
}

byId("give").addEventListener("click", () => act("/api/v1/hand-overs", () => "Đã ghi giao ca. Mời người nhận ca vào bằng tên mình."));
byId("close-day").addEventListener("click", () => act("/api/v1/day-ends", (told) => (told.print_job
  ? `Phiếu ${told.number} đang in.` : `Đã chốt ngày, số ${told.number}. Sạp chưa có máy in.`)));
// "Đổi người" changes who is here without a new page: the next person must find the button that is theirs.
new MutationObserver(() => load().catch((error) => say("warn", error.message)))
  .observe(document.querySelector(".pos-bar"), { attributes: true, attributeFilter: ["data-person"] });
document.addEventListener("pointerdown", unlock, { once: true });
load().catch((error) => say("warn", error.message));

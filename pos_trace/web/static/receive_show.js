// What the receiver sees and hears: the big answer, the delivery's lines, what waits on this phone.
import { el, shown } from "./calls.js";
import { dayShown, WORDS } from "./dates_asked.js";
import { play } from "./tones.js";

const LOOK = { // status → tone, symbol, sound (USERS part 4)
  verified: ["good", "✓", "high short"],
  documented: ["good", "▤", "high short"],
  attention: ["warn", "!", "two mid"],
  unchecked: ["", "…", "two mid"],
  undetermined: ["hold", "■", "low double"],
  blocked: ["bad", "✕", "low long"],
};

function look(verdict) {
  const [tone, symbol, sound] = LOOK[verdict.status] ?? ["", "?", "tick"];
  const held = verdict.status === "attention" && (verdict.reasons ?? []).some((reason) => reason.effect === "hold");
  return held ? { tone: "hold", symbol: "■", sound: "low double" } : { tone, symbol, sound };
}

function age(records) {
  if (!records || records.age_s === null || records.age_s === undefined) return "";
  const minutes = Math.round(records.age_s / 60);
  const text = minutes < 60 ? `${minutes} phút` : minutes < 2880 ? `${Math.round(minutes / 60)} giờ` : `${Math.round(minutes / 1440)} ngày`;
  return `Dữ liệu của tỉnh cách đây ${text}`;
}

/** Show one verdict large: word, symbol, goods, reasons, next step, age; and play its tone. */
export function showVerdict(answer, received = false) {
  const { verdict } = answer;
  const { tone, symbol, sound } = look(verdict);
  const box = document.getElementById("verdict");
  box.dataset.tone = tone;
  box.dataset.status = verdict.status;
  const goods = answer.line?.goods_name ?? answer.goods_name ?? "";
  const reasons = (verdict.reasons ?? []).filter((reason) => reason.text);
  const next = reasons.map((reason) => reason.next).find(Boolean) ?? verdict.next ?? "";
  const list = el("ul");
  reasons.forEach((reason) => list.append(el("li", { text: reason.text })));
  const line = answer.line ? `Đã nhận ${shown(answer.line.accepted)} ${answer.line.unit}` : "";
  box.replaceChildren(...[
    el("div", { class: "pos-word" }, el("span", { class: "pos-symbol", "aria-hidden": "true", text: symbol }), verdict.word),
    goods ? el("div", { class: "pos-goods", text: goods }) : null,
    reasons.length ? list : null,
    received && line ? el("div", { class: "pos-next", text: line }) : el("div", { class: "pos-next", text: next }),
    el("div", { class: "pos-age", text: age(verdict.records) }),
  ].filter(Boolean));
  box.scrollIntoView({ block: "nearest" });
  play(sound);
}

/** Show words that are no verdict on goods. */
export function showMessage(tone, word, text, sound) {
  const box = document.getElementById("verdict");
  box.dataset.tone = tone;
  box.dataset.status = "";
  box.replaceChildren(el("div", { class: "pos-word", text: word }), el("div", { class: "pos-next", text: text ?? "" }));
  box.scrollIntoView({ block: "nearest" });
  play(sound);
}

/**
 * What this phone holds: how many acts wait, why they wait, and each act that could not be done, by name, with
 * `acts.again` and `acts.forget`.
 */
export function showHeld(box, list, { waiting, failed, elsewhere }, signedOut, acts) {
  const why = signedOut ? "Tải lại trang và đăng nhập lại để gửi" : "Đang chờ mạng";
  const parts = [];
  if (waiting.length) parts.push(`${why}: ${waiting.length} việc đã ghi trên máy này, chưa kiểm tra.`);
  if (elsewhere) parts.push(`Máy này còn ${elsewhere} việc của sạp khác chưa gửi.`);
  box.hidden = parts.length === 0;
  box.textContent = parts.join(" ");
  list.hidden = failed.length === 0;
  const button = (text, kind, act, one) =>
    el("button", { type: "button", class: `btn btn-${kind} me-2 mt-2`, text, onclick: () => act(one) });
  list.replaceChildren(el("strong", { text: "Chưa làm được" }), el("ul", { class: "pos-lines" }, ...failed.map((one) =>
    el("li", {}, el("strong", { text: one.label }), el("div", { text: `${one.person ? `${one.person}, ` : ""}${clock(one.at)}: ${one.failed.text}` }),
      button("Làm lại", "dark", acts.again, one), button("Bỏ việc này", "outline-dark", acts.forget, one)))));
}

const clock = (at) => new Date(at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });

/** "ngày sản xuất 20/11/2026, hạn sử dụng 05/12/2026": what is known of a line's days. */
const told = (dates) => Object.keys(WORDS).filter((name) => dates?.[name]).map((name) => `${WORDS[name]} ${dayShown(dates[name])}`).join(", ");

/** The delivery's lines, the newest on top, with the one-tap answers of a flagged one. */
export function drawLines(list, lines, acts) {
  if (!lines.length) { list.replaceChildren(el("li", { text: "Chưa có hàng nào trong chuyến này." })); return; }
  list.replaceChildren(...[...lines].reverse().map((line) => {
    const { tone, symbol } = line.verdict ? look(line.verdict) : { tone: "", symbol: "" };
    const button = (text, act, kind = "outline-dark") =>
      el("button", { type: "button", class: `btn btn-${kind} me-2 mt-2`, text, onclick: () => act(line) });
    const refused = Number(line.refused) > 0 ? `, trả lại ${shown(line.refused)}` : "";
    const waiting = line.flag && line.flag.state === "open";
    return el("li", { "data-line": line.id },
      el("strong", { text: line.goods_name }),
      el("span", { text: `  ${shown(line.accepted)} ${line.unit}${refused}  ` }),
      line.verdict ? el("span", { class: "pos-tag", "data-tone": tone, text: `${symbol} ${line.verdict.word}` }) : null,
      told(line.dates) ? el("div", { text: told(line.dates) }) : null,
      line.dates_text ? el("div", { text: line.dates_text }) : null,
      waiting ? el("div", { text: `Bổ sung trước ${line.flag.due_text ?? line.flag.due_at}` }) : null,
      el("div", {},
        button(waiting ? "Bổ sung giấy tờ" : "Thêm giấy tờ", acts.paper, waiting ? "dark" : "outline-dark"),
        line.dates_text && acts.date ? button("Ghi ngày", acts.date) : null,
        button("Trả lại người giao", acts.refuse),
        acts.moved ? button("Sai sạp", acts.moved, "outline-secondary") : null,
        waiting ? button("Nhận và để riêng", acts.hold) : null,
        waiting && acts.send ? button("Gửi ngay", acts.send) : null));
  }));
}

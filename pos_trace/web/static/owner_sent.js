// "Dữ liệu nào đã gửi đi": every message of this stall, openable to the very bytes that went over the line.
import { call, el } from "./calls.js";
import { byId, clear, counted, problem, when } from "./owner_common.js";

const MOST_SHOWN = 20000;
const form = byId("filter");
let next = null;

/** One message; its exact bytes are fetched when it is opened. */
function message(one) {
  const bytes = el("pre", { class: "pos-sent", text: "…" });
  const whole = el("a", { class: "btn btn-outline-dark mt-2", href: `/api/v1/outbox/${one.id}/body`, download: `${one.id}.txt`,
    text: `Tải đúng ${counted(one.size)} byte đã gửi` });
  const box = el("details", {}, el("summary", {}, el("strong", { text: one.plain || one.kind_text }),
    el("div", { text: `${when(one.written_at)} · ${one.state_text} · ${counted(one.size)} byte` })),
  el("p", { class: "mb-1", text: one.kind_text }), bytes, whole);
  box.addEventListener("toggle", async () => {
    if (!box.open || bytes.dataset.full) return;
    bytes.dataset.full = "1";
    try {
      const { body } = await call("GET", `/api/v1/outbox/${one.id}`);
      const text = body.length > MOST_SHOWN ? body : JSON.stringify(JSON.parse(body), null, 2);
      bytes.textContent = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}… (tải về để xem hết)` : text;
    } catch (error) { delete bytes.dataset.full; problem(error); }
  });
  return el("li", {}, box);
}

/** A message of the whole market that nobody here may open: the day it left, no more. */
function closed(one) {
  const [year, month, day] = one.day.split("-");
  return el("li", {}, el("strong", { text: one.plain || one.kind_text }),
    el("div", { text: `${day}/${month}/${year} · ${one.state_text}` }), el("div", { text: one.kind_text }));
}

async function load(before = null) {
  const asked = new URLSearchParams();
  if (form.day.value) asked.set("day", form.day.value);
  if (form.kind.value) asked.set("kind", form.kind.value);
  if (before) asked.set("before", before);
  const told = await call("GET", `/api/v1/outbox?${asked}`);
  if (form.kind.options.length === 1) {
    for (const [kind, words] of Object.entries(told.kinds)) form.kind.append(el("option", { value: kind, text: words }));
  }
  clear();
  const rows = told.messages.map(message);
  if (before) byId("sent").append(...rows);
  else byId("sent").replaceChildren(...(rows.length ? rows : [el("li", { text: "Chưa gửi gì đi." })]));
  byId("total").textContent = `Tất cả ${counted(told.total.count)} mục, ${counted(told.total.bytes)} byte.`;
  byId("market").replaceChildren(...[...told.of_the_market, told.lookups.text].map((text) => el("li", { text })));
  if (!before) byId("shared").replaceChildren(...told.market.map((one) => (one.id ? message(one) : closed(one))));
  next = told.next;
  byId("more").hidden = !next;
}

form.addEventListener("change", () => load().catch(problem));
form.addEventListener("submit", (event) => event.preventDefault());
byId("more").addEventListener("click", () => load(next).catch(problem));
load().catch(problem);

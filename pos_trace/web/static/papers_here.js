// The papers that serve the open delivery, a neighbour's of the same truck too, and how many kilograms they still have.
import { choose } from "./ask.js";
import { call, el, once, shown } from "./calls.js";

const byId = (id) => document.getElementById(id);
const MOST = 8;
let here = null;

/** Draw the papers of `delivery`; quiet when the node is away: the list on screen stays. */
export function drawPapers(delivery) {
  here = delivery;
  return load().catch(() => null);
}

async function load() {
  const delivery = here;
  const kinds = new Map(JSON.parse(byId("choices").textContent).papers);
  const { papers } = delivery ? await call("GET", `/api/v1/deliveries/${delivery.id}/papers`) : { papers: [] };
  if (delivery !== here) return; // another delivery was opened meanwhile
  byId("papers-here").hidden = papers.length === 0;
  byId("papers-here-list").replaceChildren(...papers.map((paper) => row(paper, kinds)));
}

function row(paper, kinds) {
  const day = paper.issued_on ? `, ngày ${paper.issued_on.split("-").reverse().join("/")}` : "";
  const left = paper.left_kg === null ? "" : Number(paper.left_kg) > 0 ? `còn ${shown(paper.left_kg)} kg` : "đã dùng hết số kg";
  const name = `${kinds.get(paper.kind) ?? paper.kind}${paper.number ? ` số ${paper.number}` : ""}${day}`;
  return el("li", {}, el("strong", { text: name }),
    el("div", { text: [left, paper.own ? "" : "giấy chung của xe, dùng cho chuyến này"].filter(Boolean).join(" – ") }),
    paper.own ? el("button", { type: "button", class: "btn btn-outline-dark mt-2", text: "Giấy này cho cả chuyến khác", onclick: () => cover(paper, name) }) : null);
}

/** One invoice for several deliveries: which other one, of those open or over lately. */
async function cover(paper, name) {
  const told = byId("papers-here-told");
  try {
    const { deliveries } = await call("GET", "/api/v1/deliveries");
    const others = deliveries.filter((one) => one.id !== here.id && one.state !== "cancelled").slice(0, MOST);
    const chosen = await choose(others.length ? `${name} còn cho chuyến nào?` : "Chưa có chuyến nào khác.", others.map((one) => [label(one), one]));
    if (!chosen) return;
    await once(`/api/v1/papers/${paper.id}/deliveries`, { delivery_id: chosen.id });
    document.dispatchEvent(new Event("pos-papers"));
    told.textContent = `Đã dùng cho chuyến ${label(chosen)}.`;
  } catch (error) { told.textContent = error.message; }
}

const clock = (iso) => new Date(iso).toLocaleString("vi-VN", { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const label = (one) => [one.supplier_name, one.vehicle_plate, clock(one.opened_at)].filter(Boolean).join(" · ");

document.addEventListener("pos-papers", () => { load().catch(() => null); });

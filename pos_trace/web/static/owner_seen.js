// "Ai đã xem": every look at something of this stall, newest first.
import { call, el } from "./calls.js";
import { byId, problem, when } from "./owner_common.js";

let next = null;

const look = (one) => el("li", {},
  el("strong", { text: one.who }), one.agency ? ` · ${one.agency}` : "",
  el("div", { text: `${one.what}${one.title ? `: ${one.title}` : ""}` }),
  el("small", { text: `${when(one.at)} · Căn cứ: ${one.ground || "không ghi"}` }));

async function load(before = null) {
  const told = await call("GET", `/api/v1/seen${before ? `?before=${before}` : ""}`);
  const rows = told.entries.map(look);
  if (before) byId("seen").append(...rows);
  else byId("seen").replaceChildren(...(rows.length ? rows : [el("li", { text: "Chưa ai xem gì của sạp." })]));
  byId("note").textContent = told.note;
  next = told.next;
  byId("more").hidden = !next;
}

byId("more").addEventListener("click", () => load(next).catch(problem));
load().catch(problem);

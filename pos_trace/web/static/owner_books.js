// "Sổ của tôi": the month's book, and showing it to an inspector by an own tap.
import { call, el, once } from "./calls.js";
import { byId, clear, fill, problem, when } from "./owner_common.js";

const form = byId("present");

byId("month").addEventListener("change", () => {
  const month = byId("month").value;
  if (!/^20\d\d-\d\d$/.test(month)) { problem({ message: "Ghi tháng như 2026-11." }); return; }
  clear();
  for (const kind of ["pdf", "xlsx"]) byId(kind).href = `/api/v1/duty-book.${kind}?month=${month}`;
});
byId("month-form").addEventListener("submit", (event) => event.preventDefault());

async function shown() {
  const { presentations } = await call("GET", "/api/v1/presentations");
  fill("shown", presentations.map((one) => el("li", {},
    el("strong", { text: one.shown_to }), ` · ${one.text}`,
    el("div", { text: `${when(one.at)} · Căn cứ: ${one.ground}` }),
    el("a", { class: "btn btn-outline-dark mt-2", href: `/api/v1/presentations/${one.id}/bundle.zip`, text: "Tải bộ sổ đã ký" }))),
  "Chưa trình cho ai.");
}

async function lots() {
  const { lots: found } = await call("GET", "/api/v1/stock");
  for (const lot of found) form.lot_id.append(el("option", { value: lot.id, text: `${lot.product_name} · ${lot.label ?? ""}` }));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = { shown_to: form.shown_to.value, ground: form.ground.value };
  if (form.lot_id.value) told.lot_id = form.lot_id.value;
  else { told.from_day = form.from_day.value || null; told.to_day = form.to_day.value || null; }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await once("/api/v1/presentations", told);
    clear();
    form.shown_to.value = form.ground.value = "";
    await shown();
  } catch (error) { problem(error); } finally { button.disabled = false; }
});

shown().catch(problem);
lots().catch(problem);

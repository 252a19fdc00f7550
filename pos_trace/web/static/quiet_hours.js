// The market's quiet hours: set by the office, or as configured again.
import { call, el, once } from "./calls.js";

const byId = (id) => document.getElementById(id);

const HALVES = Array.from({ length: 48 }, (_, half) => `${String(half >> 1).padStart(2, "0")}:${half % 2 ? "30" : "00"}`);

/** Every half hour, and what is set now when it lies between. */
function choice(id, chosen) {
  const times = HALVES.includes(chosen) ? HALVES : [...HALVES, chosen].sort();
  byId(id).replaceChildren(...times.map((time) => el("option", { value: time, text: time, selected: time === chosen })));
}

function show(told) {
  choice("from", told.from);
  choice("until", told.until);
  byId("now").textContent = `${told.from}–${told.until}${told.own ? "" : " (theo cài đặt của máy)"}`;
  byId("reset").hidden = !told.own;
  byId("reset").textContent = `Về giờ của máy: ${told.configured.from}–${told.configured.until}`;
}

async function act(work, done) {
  const box = byId("problem");
  try {
    show(await work());
    box.replaceChildren();
    byId("told").textContent = done;
  } catch (error) {
    byId("told").textContent = "";
    box.textContent = error.message || "Máy chưa trả lời. Bấm lại.";
    box.className = "alert alert-warning";
    return;
  }
  box.className = "";
}

const save = (body) => act(() => once("/api/v1/market/quiet-hours", body), "Đã ghi. Áp dụng từ bây giờ.");

byId("quiet").addEventListener("submit", (event) => {
  event.preventDefault();
  save({ from: byId("from").value, until: byId("until").value });
});
byId("reset").addEventListener("click", () => save({ from: null, until: null }));
act(() => call("GET", "/api/v1/market/quiet-hours"), "");

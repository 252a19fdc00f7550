// On every screen of a stall: the phone tells every minute how much it still holds; "Đổi người" is a tap and a PIN.
import { call, hereNow } from "./calls.js";
import { unlocked } from "./pin_pad.js";
import { held, lastAct } from "./waiting.js";

const EVERY_MS = 60000;
const bar = document.querySelector(".pos-bar");

async function beat() {
  try {
    const { waiting, failed, elsewhere } = await held();
    const told = { queue_count: waiting.length + failed.length + elsewhere, last_scan_at: lastAct() };
    await call("POST", "/api/v1/devices/heartbeat", told, undefined, "");
  } catch { /* the line is away, or this phone was locked: the screen's own calls say so */ }
}

if (bar?.dataset.device) {
  bar.querySelector("form[data-switch]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    try { await call("POST", "/api/v1/screen/lock", {}, undefined, ""); } catch { event.target.submit(); return; }
    await unlocked();
  });
  localStorage.setItem("pos-here", hereNow());
  window.addEventListener("storage", ({ key, newValue }) => { // another tab has another person: this one writes for nobody
    if (key === "pos-here" && newValue !== hereNow()) delete bar.dataset.seal;
  });
  beat();
  setInterval(beat, EVERY_MS);
}

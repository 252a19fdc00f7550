// The owner's switch for the stall's QR card, and its two ways to paper.
import { call, freshKey, once } from "./calls.js";

const on = document.getElementById("card-on");
const supplier = document.getElementById("card-supplier");
const problem = document.getElementById("problem");

function tell(text) { problem.textContent = text; problem.className = text ? "pos-waiting mb-3" : ""; }

async function change() {
  try {
    await call("POST", "/api/v1/stall-card", { on: on.checked, show_supplier: supplier.checked }, freshKey());
    location.reload(); // the card to hang up is drawn by the node
  } catch (error) {
    on.checked = on.defaultChecked;
    supplier.checked = supplier.defaultChecked;
    tell(error.message || "Máy chưa trả lời. Bấm lại.");
  }
}

on.addEventListener("change", change);
supplier.addEventListener("change", change);
document.getElementById("card-a5").addEventListener("click", () => window.print());
document.getElementById("card-slip").addEventListener("click", async () => {
  try { await once("/api/v1/stall-card/print", {}); tell("Đã gửi thẻ ra máy in."); } catch (error) { tell(error.message || "Máy chưa trả lời. Bấm lại."); }
});

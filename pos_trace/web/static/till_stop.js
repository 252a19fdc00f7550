// "Gọi trưởng ca": goods set aside or past their date are sold because somebody answers for it. Recalled ones never.
import { call, el, once } from "./calls.js";
import { play } from "./tones.js";

const dialog = document.getElementById("override-dialog");
const form = document.getElementById("override");
const told = document.getElementById("override-problem");
let done = () => {};
let lot = null;

/** Ask for the one who answers; `allowed(id)` once a PIN was right. Without a lot it is a call, nothing more. */
export async function callLeader(lotId, name, allowed) {
  play("low double");
  lot = lotId;
  done = allowed;
  told.textContent = "";
  document.getElementById("override-goods").textContent = lotId
    ? `${name}: cần mã PIN của trưởng ca hoặc chủ sạp, và lý do.`
    : `${name}: hàng thu hồi hoặc mã đã bị hủy, không ai cho bán được. Mời trưởng ca đến quầy.`;
  form.querySelectorAll(".pos-ask").forEach((part) => { part.hidden = !lotId; });
  const { people } = lotId ? await call("GET", "/api/v1/overrides") : { people: [] };
  form.elements.login.replaceChildren(...people.map((one) => el("option", { value: one.login, text: one.name })));
  form.elements.pin.value = "";
  dialog.showModal();
}

form.addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "allow") return;
  event.preventDefault();
  const body = { lot, login: form.elements.login.value, pin: form.elements.pin.value, reason: form.elements.reason.value };
  try {
    const allowed = await once("/api/v1/overrides", body);
    dialog.close();
    form.elements.reason.value = "";
    done(allowed.id);
  } catch (error) {
    told.textContent = error.message || "Máy chưa trả lời. Bấm lại.";
    play("two mid");
  }
  form.elements.pin.value = "";
});

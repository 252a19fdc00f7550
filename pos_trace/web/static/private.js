// "Phản ánh riêng": one text to the province alone. Nothing is kept on the phone: no draft, no queue.
import { el, once } from "./calls.js";

const form = document.getElementById("private");
const left = document.getElementById("left");
const button = form.querySelector("button");
const say = (id, kind, text) => document.getElementById(id).replaceChildren(...(text ? [el("div", { class: `alert alert-${kind}`, text })] : []));

function count() { left.textContent = String(form.text.maxLength - form.text.value.length); }

form.text.addEventListener("input", count);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  say("problem", "warning", "");
  say("done", "success", "");
  button.disabled = true;
  const body = { text: form.text.value, name: form.elements.name.value, contact: form.contact.value, consent: form.consent.checked };
  try {
    const told = await once("/api/v1/private-reports", body);
    form.reset();
    count();
    say("done", "success", told.text);
  } catch (error) {
    const words = error.status ? error.message : "Chưa gửi được: không thấy máy của chợ. Chữ còn trên màn hình, bấm lại khi có mạng.";
    say("problem", "warning", words);
  } finally { button.disabled = false; }
  window.scrollTo(0, 0);
});

// Stalls by the sheet, their cards as PDF, one stall's practice and its owner's PIN.
import { call, el, freshKey, once } from "./calls.js";

const byId = (id) => document.getElementById(id);
const token = document.querySelector('meta[name="csrf-token"]').content;

let cardsAsked = {};

function problem(error) {
  byId("problem").replaceChildren(...(error ? [el("div", { class: "alert alert-warning", text: error.message })] : []));
}

async function busy(button, act) {
  button.disabled = true;
  try { problem(null); await act(); } catch (error) { problem(error); } finally { button.disabled = false; }
}

function save(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function report(told) {
  const count = (state) => told.stalls.filter((one) => one.state === state).length;
  const parts = [el("p", { text: `Mới: ${count("mới")} · đã sửa: ${count("đã sửa")} · đã có: ${count("đã có")} · dòng cần sửa: `
    + `${new Set(told.errors.map((one) => one.line)).size}` })];
  if (told.errors.length) {
    parts.push(el("ul", {}, ...told.errors.map((one) => el("li", {
      text: `Dòng ${one.line}, cột ${one.column}: cần ${one.expected}` }))));
  }
  if (told.ignored.length) parts.push(el("p", { text: `Cột không dùng: ${told.ignored.join(", ")}` }));
  if (told.bad_sheet) {
    const bytes = Uint8Array.from(atob(told.bad_sheet), (sign) => sign.charCodeAt(0));
    parts.push(el("button", { class: "btn btn-outline-dark", type: "button", text: "Tải các dòng cần sửa",
      onclick: () => save(new Blob([bytes]), "sap-can-sua.xlsx") }));
  }
  byId("report").replaceChildren(...parts);
}

byId("sheet").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.submitter, async () => {
    const form = new FormData();
    form.append("file", byId("file").files[0]);
    report(await call("POST", "/api/v1/market/stalls/import", form, freshKey()));
  });
});

byId("cards").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.submitter, async () => {
    const numbers = byId("numbers").value.split(/[,;]/).map((one) => one.trim()).filter(Boolean);
    const body = JSON.stringify(numbers.length ? { numbers } : {});
    if (cardsAsked.body !== body) cardsAsked = { body, key: freshKey() }; // pressed again after a lost answer: the same cards
    const answer = await fetch("/api/v1/market/stalls/cards", { method: "POST", credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "Idempotency-Key": cardsAsked.key }, body });
    const sheet = answer.ok ? await answer.blob() : null;
    if (sheet || answer.status < 500) cardsAsked = {};
    if (!sheet) throw new Error((await answer.json()).detail);
    save(sheet, "the-sap.pdf");
  });
});

byId("practice").addEventListener("click", (event) => busy(event.target, async () => {
  const told = await once("/api/v1/market/stalls/practice", { number: byId("number").value, until: byId("until").value });
  byId("told").textContent = `Sạp ${told.number}: ${told.practising ? "tập dùng đến" : "hết tập dùng từ"} `
    + told.practice_until.split("-").reverse().join("/");
}));

byId("pin").addEventListener("click", (event) => busy(event.target, async () => {
  const login = byId("login").value.trim();
  const told = await once("/api/v1/market/stalls/pin", { number: byId("number").value, ...(login ? { login } : {}) });
  byId("told").textContent = `Sạp ${told.number}, ${told.owner}: mã PIN ${told.pin}. Chỉ hiện lần này, dùng một lần trong 7 ngày; `
    + "lần vào đầu tiên máy hỏi mã PIN mới. Chủ sạp thấy việc này ở “Ai đã xem”.";
}));

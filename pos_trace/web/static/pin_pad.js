// The PIN pad over a locked screen: tap a name, four digits. The page below, with all that was typed, stays as it is.
import { call, el, hereNow } from "./calls.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
let waiting = null;

/** Resolves when somebody of this stall has opened the screen; asked twice it is one pad. */
export function unlocked() {
  waiting ??= show().finally(() => { waiting = null; });
  return waiting;
}

async function people() {
  try {
    const told = await call("GET", "/api/v1/screen/people");
    if (told.problem) location.assign("/login");
    return told.people;
  } catch { return []; }
}

async function show() {
  const bar = document.querySelector(".pos-bar");
  delete bar?.dataset.seal; // from here on nothing is written under the name of who has gone
  const found = await people();
  let chosen = found.find((one) => one.name === bar?.dataset.name) ?? found[0] ?? null;
  let pin = "";
  let given = null; // the office's PIN that was right: a new one takes its place
  const title = el("h2", { class: "h4", text: "Màn hình đang khóa" });
  const told = el("p", { role: "alert", text: "Chạm vào tên, rồi nhập mã PIN. Việc đang làm vẫn còn." });
  const names = el("div", { class: "pos-pad-names" });
  const dots = el("div", { class: "pos-pad-dots", "aria-live": "polite" });
  const pad = el("div", { class: "pos-pad-keys" });
  const box = el("dialog", { class: "pos-pad", "aria-label": "Nhập mã PIN" }, title, told, names, dots, pad);

  function draw() {
    names.replaceChildren(...found.map((one) => el("button", { type: "button", class: "btn btn-lg " + (one === chosen ? "btn-dark" : "btn-outline-dark"),
      "aria-pressed": String(one === chosen), text: one.name, onclick: () => { chosen = one; pin = ""; given = null; draw(); } })));
    title.textContent = given === null ? "Màn hình đang khóa" : "Đặt mã PIN mới của mình";
    dots.textContent = pin ? "●".repeat(pin.length) : "– – – –";
    dots.setAttribute("aria-label", `Đã nhập ${pin.length} số`);
  }
  const press = (digit) => { if (pin.length < 6) { pin += digit; draw(); } };

  return new Promise((resolve) => {
    let busy = false;
    async function enter() {
      if (busy || !chosen || !pin) return;
      busy = true;
      try {
        const person = await call("POST", "/api/v1/screen/enter", 
          given === null ? { login: chosen.login, pin } : { login: chosen.login, pin: given, new_pin: pin });
        box.close();
        box.remove();
        settle(bar, person);
        resolve();
      } catch (error) {
        if (error.code === "pin_to_change") given = pin;
        else if (error.code === "wrong_login") given = null;
        told.textContent = error.code === "pin_to_change" ? "Mã vừa nhập do ban quản lý chợ cấp, chỉ dùng một lần. Nhập mã PIN mới: 4 đến 6 số, chỉ mình biết."
          : error.message || "Máy chưa trả lời. Thử lại.";
        pin = "";
        draw();
      } finally { busy = false; }
    }
    const key = (text, act, more = "btn-outline-dark") => el("button", { type: "button", class: `btn btn-lg ${more}`, text, onclick: act });
    pad.append(...DIGITS.map((digit) => key(digit, () => press(digit))),
      key("⌫", () => { pin = pin.slice(0, -1); draw(); }), key("0", () => press("0")), key("Vào", enter, "btn-primary"));
    box.addEventListener("cancel", (event) => event.preventDefault());
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (/^\d$/.test(event.key)) press(event.key);
      else if (event.key === "Backspace") { pin = pin.slice(0, -1); draw(); } else if (event.key === "Enter" && !event.target.closest("button")) enter();
    });
    document.body.append(box);
    draw();
    box.showModal();
  });
}

/** Another name in the bar; who may not use this screen goes to their own first one. */
function settle(bar, person) {
  if (!bar) return;
  bar.dataset.seal = person.seal;
  localStorage.setItem("pos-here", person.id);
  rename(bar, person);
  document.dispatchEvent(new Event("pos-person"));
}

function rename(bar, person) {
  if (person.id === hereNow()) return;
  bar.dataset.person = person.id;
  bar.dataset.name = person.name;
  const name = bar.querySelector("[data-who]");
  if (name) name.textContent = person.name;
  const needed = bar.dataset.need;
  for (const link of bar.querySelectorAll("a[data-need]")) link.hidden = !person.permissions.includes(link.dataset.need);
  if (needed && !person.permissions.includes(needed)) location.assign("/");
}

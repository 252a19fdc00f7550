// What the owner's screens share: times as people read them, a problem told, a list filled.
import { el } from "./calls.js";

export const byId = (id) => document.getElementById(id);

/** "05:41 24/11/2026" in the market's time. */
export function when(iso) {
  if (!iso) return "";
  const parts = new Intl.DateTimeFormat("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hourCycle: "h23", day: "2-digit", month: "2-digit",
    year: "numeric", hour: "2-digit", minute: "2-digit" }).formatToParts(new Date(iso));
  const of = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return `${of.hour}:${of.minute} ${of.day}/${of.month}/${of.year}`;
}

/** 1.234 with dots. */
export const counted = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ".");

export function fill(id, rows, empty) {
  byId(id).replaceChildren(...(rows.length ? rows : [el("li", { text: empty })]));
}

export function problem(error) {
  byId("problem").replaceChildren(el("div", { class: "alert alert-warning", text: error.message }));
  byId("problem").scrollIntoView({ block: "nearest" });
}

export const clear = () => byId("problem").replaceChildren();

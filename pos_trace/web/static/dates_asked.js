// Dates read off goods: "2511", "25/11" or "25/11/27" typed with one hand; the year is assumed and shown.

const DAY = 86400000;
export const WORDS = { production: "ngày sản xuất", expiry: "hạn sử dụng" };
// how far ahead a date without a year may lie: goods were made before today, a use-by date is up to nine months away
const AHEAD = { production: 1, expiry: 275 };

/** The day typed as ISO text; "" when nothing was typed, null when it is no day. `today`: ISO text. */
export function dayTyped(text, name, today) {
  const digits = text.trim().split(/[^0-9]+/).filter(Boolean);
  if (!digits.length) return text.trim() ? null : "";
  const parts = digits.length === 1 ? split(digits[0]) : digits;
  if (!parts || parts.length < 2 || parts.length > 3) return null;
  const [day, month] = parts.map(Number);
  if (parts.length === 3) {
    return parts[2].length === 2 || parts[2].length === 4 ? iso(Number(parts[2]) % 2000 + 2000, month, day) : null;
  }
  const now = Date.parse(today);
  const years = [1, 0, -1, -2].map((more) => new Date(now).getUTCFullYear() + more);
  const found = years.map((year) => iso(year, month, day)).filter(Boolean);
  return found.find((one) => Date.parse(one) - now < AHEAD[name] * DAY) ?? found.at(-1) ?? null;
}

function split(digits) {
  const sizes = { 4: [2, 4], 6: [2, 4, 6], 8: [2, 4, 8] }[digits.length];
  return sizes?.map((end, at) => digits.slice(at ? sizes[at - 1] : 0, end));
}

function iso(year, month, day) {
  const at = new Date(Date.UTC(year, month - 1, day));
  const real = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return real ? at.toISOString().slice(0, 10) : null;
}

/** "25/11/2026" of an ISO day. */
export const dayShown = (day) => day.split("-").reverse().join("/");

/** Today at this phone, as ISO text. */
const today = () => { const now = new Date(); return iso(now.getFullYear(), now.getMonth() + 1, now.getDate()); };

/** Show the fields of `form` whose dates are named in `names`, empty, each saying under it the day it was taken for. */
export function askDates(form, names) {
  const row = form.querySelector("[data-dates]");
  row.hidden = names.length === 0;
  row.querySelectorAll("[data-date]").forEach((input) => {
    input.closest("label").hidden = !names.includes(input.dataset.date);
    input.value = "";
    say(input);
    input.oninput = () => say(input);
  });
}

function say(input) {
  const day = dayTyped(input.value, input.dataset.date, today());
  const typing = input.value.replace(/[^0-9]/g, "").length < 4;
  input.parentElement.querySelector("small").textContent = day ? `= ${dayShown(day)}` : day === null && !typing ? "Ngày chưa rõ" : "";
}

/** The members of a body out of the form's date fields; `{problem}` names the field that holds no day. */
export function datesTyped(form) {
  const told = {};
  for (const input of form.querySelectorAll("[data-date]")) {
    const name = input.dataset.date;
    if (input.closest("label").hidden || input.closest("[data-dates]").hidden) continue;
    const day = dayTyped(input.value, name, today());
    if (day === null) { input.focus(); return { problem: `Ghi ${WORDS[name]}: ngày và tháng, ví dụ 25/11. Chưa rõ thì để trống.` }; }
    if (day) told[`${name}_date`] = day;
  }
  return { told };
}

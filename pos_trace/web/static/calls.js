// Calls to this node: JSON in, JSON out, the page's CSRF token, one idempotency key per act.
import { hmac } from "./seal.js";

const token = document.querySelector('meta[name="csrf-token"]').content;
const bar = document.querySelector(".pos-bar");
let touchedAt = Date.now();
for (const kind of ["pointerdown", "keydown", "input"]) {
  document.addEventListener(kind, () => { touchedAt = Date.now(); }, { capture: true, passive: true });
}
const ANSWER_MS = 30000;   // longer than the node drains; a line that hangs must not hold the screen for ever
const UPLOAD_MS = 120000;

/** The id of the person whose name stands in the bar; what they do is written down as theirs. */
export const hereNow = () => bar?.dataset.person ?? "";

/** Their name, as it stands there. */
export const nameNow = () => bar?.dataset.name ?? "";

/**
 * Whose act this is, sealed with their log-in's key so that the next person on this phone can send it and change
 * nothing; without a key (a photo, a locked screen) only the name, which sends nothing for somebody else.
 */
export function signed(method, path, body, key) {
  const seal = bar?.dataset.seal;
  if (!seal || !key || method === "GET" || body instanceof FormData) return hereNow();
  return `${hereNow()}.${hmac(seal, `${method} ${path}\n${key}\n${body === undefined ? "" : JSON.stringify(body)}`)}`;
}

/** 128 random bits as hex; works on plain HTTP, where crypto.randomUUID is absent. */
export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/** A refusal of the node, with its Vietnamese detail. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || `Lỗi ${status}`);
    this.status = status;
    this.code = problem.code || "";
  }
}

/**
 * True when nobody knows yet whether the act was done, or it may be done by asking again: no answer, an answer that is
 * not this node's own, a busy node, the same request still running, a log-in that ended. Anything else is final.
 */
export function mayGoAgain(error) {
  if (!(error instanceof Refused) || !error.code || error.status >= 500) return true;
  return [401, 408, 429].includes(error.status) || ["still_running", "csrf"].includes(error.code);
}

/**
 * Call `path`; `body` is JSON, or a FormData with a photo. Throws Refused, or another Error when nothing answers.
 * `writer`: whose act it is. While the screen is locked the call waits for the PIN and goes again, still as theirs.
 */
export async function call(method, path, body = undefined, key = undefined, writer = signed(method, path, body, key)) {
  for (;;) {
    try {
      return await ask(method, path, body, key, writer);
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "session_locked") throw error;
      const pad = await import("./pin_pad.js");
      await pad.unlocked();
    }
  }
}

async function ask(method, path, body, key, writer) {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  if (bar) headers["Pos-Idle"] = String(Math.floor((Date.now() - touchedAt) / 1000));
  if (writer && method !== "GET") headers["Pos-Written-By"] = writer;
  if (key) headers["Idempotency-Key"] = key;
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), form ? UPLOAD_MS : ANSWER_MS);
  try {
    const answer = await fetch(path, {
      method, headers, credentials: "same-origin", signal: stop.signal,
      body: body === undefined ? undefined : form ? body : JSON.stringify(body),
    });
    return read(answer, await answer.text());
  } finally { clearTimeout(timer); }
}

/** The JSON of an answer. A page in its place (a hotel's log-in, a proxy's error) is nobody's answer. */
function read(answer, text) {
  let value;
  try { value = text ? JSON.parse(text) : {}; } catch { throw new Refused(answer.status, { detail: "Máy trả lời không đọc được." }); }
  if (!answer.ok) throw new Refused(answer.status, value);
  return value;
}

const asked = new Map(); // an act without an answer → its key

/**
 * Post one act: pressed again after a lost answer it goes under the same key, so that it is done once. `sign` tells
 * acts on one path apart (a form's files are not in its JSON).
 */
export async function once(path, body, sign = JSON.stringify(body)) {
  const act = `${path} ${sign}`;
  if (!asked.has(act)) asked.set(act, freshKey());
  try {
    const answer = await call("POST", path, body, asked.get(act));
    asked.delete(act);
    return answer;
  } catch (error) {
    if (!mayGoAgain(error)) asked.delete(act);
    throw error;
  }
}

/** "40" and "1,5" of an API decimal: comma for decimals, no zeros behind it. */
export function shown(text) {
  const plain = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return plain.replace(".", ",");
}

/** Make an element: el("p", {class: "x", text: "y"}, child…). Text is never markup. */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") made.textContent = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

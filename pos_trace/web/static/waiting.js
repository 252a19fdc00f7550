// Acts of this stall's people wait here, on the phone, and go with the same key until the node answers them.
// What it refuses for good stays too, with its reason, until somebody does it again or waves it off.
import { call, hereNow, mayGoAgain, nameNow, signed } from "./calls.js";

const DB = "pos-trace";
const STORE = "waiting";
const LAST = "pos-last-act";
const said = (name) => document.querySelector(`meta[name="pos-${name}"]`)?.content ?? "";
const STALL = said("stall");
let busy = null;

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DB, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function run(mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const change = db.transaction(STORE, mode);
    const asked = work(change.objectStore(STORE));
    change.oncomplete = () => { db.close(); resolve(asked?.result); };
    change.onerror = () => { db.close(); reject(change.error); };
  });
}

const written = ({ method, path, body, key }) => ({ stall: STALL, person: nameNow(), writer: signed(method, path, body, key) });
/** `act` once more, under a key of its own: from now on the act of whoever presses. */
export const again = (act) => ({ ...act, ...written(act), at: Date.now() });
/** Refused because somebody else has the phone; sent by itself once its writer is back. */
const back = ({ failed, writer }) => failed?.code === "written_by_other" && writer?.split(".")[0] === hereNow();

/** Keep one act {key, method, path, body, label}, with its stall, its person and its time. */
export const keep = (act) => {
  const kept = { ...written(act), at: Date.now(), ...act };
  if (!act.at) localStorage.setItem(LAST, String(kept.at));
  return run("readwrite", (store) => store.put(kept));
};
/** When the last act was made on this phone, as ISO text, or null. */
export const lastAct = () => (localStorage.getItem(LAST) ? new Date(Number(localStorage.getItem(LAST))).toISOString() : null);
/** Forget an act: it was answered, or somebody waved it off. */
export const drop = (key) => run("readwrite", (store) => store.delete(key));
/** Put `act` in the place of the refused one called `old`: both or neither. */
export const replace = (old, act) => run("readwrite", (store) => { store.delete(old); return store.put(act); });

/** What this phone holds, oldest first: {waiting, failed} of this stall, and how many of other stalls' (`elsewhere`). */
export async function held() {
  const all = (await run("readonly", (store) => store.getAll())).sort((a, b) => a.at - b.at);
  const mine = all.filter((act) => (act.stall ?? STALL) === STALL);
  const waits = (act) => !act.failed || back(act);
  return { waiting: mine.filter(waits), failed: mine.filter((act) => !waits(act)), elsewhere: all.length - mine.length };
}

/**
 * Send the waiting acts in order, one after another; `told(act, answer, error)` hears each answer, and returns true
 * when the person has just seen a refusal, so that it need not be kept. Answers what stopped it, or null.
 */
export function flush(told) {
  busy ??= sendAll(told).finally(() => { busy = null; });
  return busy;
}

async function sendAll(told) {
  const tried = new Set(); // each once in a round: what is refused for its writer must not go round and round
  for (;;) {
    const act = (await held()).waiting.find((one) => !tried.has(one.key));
    if (!act) return null;
    tried.add(act.key);
    let answer = null;
    let refusal = null;
    try {
      answer = await call(act.method, act.path, act.body, act.key, act.writer);
    } catch (error) {
      if (mayGoAgain(error)) return error;
      refusal = error;
    }
    if (refusal) await keep({ ...act, failed: { code: refusal.code, text: refusal.message } });
    if (!refusal) await drop(act.key);
    if (told(act, answer, refusal) && refusal) await drop(act.key);
  }
}

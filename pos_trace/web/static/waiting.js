// Acts that could not reach the node wait here, on the phone, and go again with the same key until answered.
import { call, Refused } from "./calls.js";

const DB = "pos-trace";
const STORE = "waiting";

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

/** Keep one act: {key, method, path, body, label, at}. */
export const keep = (act) => run("readwrite", (store) => store.put(act));
/** All waiting acts, oldest first. */
export const waiting = async () => (await run("readonly", (store) => store.getAll())).sort((a, b) => a.at - b.at);
const drop = (key) => run("readwrite", (store) => store.delete(key));

/** Try every waiting act once, in order; `told(act, answer, error)` hears each outcome. Stops when nobody answers. */
export async function flush(told) {
  for (const act of await waiting()) {
    try {
      const answer = await call(act.method, act.path, act.body, act.key);
      await drop(act.key);
      told(act, answer, null);
    } catch (error) {
      if (!(error instanceof Refused) || error.status >= 500 || error.status === 409 || error.status === 429) return;
      if (error.status === 401 || error.status === 403) { told(act, null, error); return; }
      await drop(act.key);
      told(act, null, error);
    }
  }
}

// What the receiver does, one act after another: written on this phone first, answered, asked about, done again.
import { choose } from "./ask.js";
import { call, freshKey, Refused } from "./calls.js";
import { showHeld, showMessage, showVerdict } from "./receive_show.js";
import { play } from "./tones.js";
import { again as anew, drop, flush, held, keep, replace } from "./waiting.js";

const live = new Map(); // key of an act somebody waits for now → what to show when it is done
const odd = new Map(); // key of an act whose quantity is far above the usual → the node's question
let screen = null;

/** Tell the acts of their screen: `delivery()` open now, `refresh()` it, `retype()` the quantity. */
export function serve(it) { screen = it; }

/**
 * Do one act: written on this phone first, then sent behind what waits already; unanswered it stays – never green.
 * Answers done | kept | refused.
 */
export async function act(path, body, label, done, key = freshKey()) {
  const it = { key, method: "POST", path, body, label };
  try {
    await keep(it);
  } catch { // a browser that keeps nothing (private window): straight to the node
    return call(it.method, path, body, key).then((answer) => { done(answer); return "done"; },
      (error) => { showMessage("warn", "CHƯA LÀM ĐƯỢC", error.message, "two mid"); return "refused"; });
  }
  let outcome = "refused";
  live.set(key, (answer) => { outcome = "done"; done(answer); });
  await sendWaiting();
  if (odd.has(key)) return askOdd(path, body, label, done, key);
  if (!live.delete(key)) return outcome;
  showMessage("", "ĐÃ GHI, CHƯA KIỂM TRA", "Máy của chợ chưa trả lời. Máy này tự gửi lại.", "two mid");
  return "kept";
}

/** A quantity far above the usual is asked about once; meant, it goes again under a key of its own. */
async function askOdd(path, body, label, done, key) {
  const question = odd.get(key);
  odd.delete(key);
  const meant = await choose(question, [["Đúng, nhận", true], ["Sửa lại số", false]]);
  if (meant) return act(path, { ...body, confirm: true }, label, done);
  showMessage("warn", "CHƯA NHẬN", "Nhập lại số lượng.", "two mid");
  if (path === "/api/v1/scans") screen.retype();
  return "refused";
}

/** What the node answered to an act; true when the person has just seen it refused. */
function told({ key, label }, answer, error) {
  const done = live.get(key);
  live.delete(key);
  if (error?.code === "quantity_unusual" && done) { odd.set(key, error.message); return true; }
  if (error) showMessage("warn", "CHƯA LÀM ĐƯỢC", `${label}: ${error.message}`, "two mid");
  else if (done) done(answer);
  else if (answer.verdict) showVerdict(answer, true);
  return Boolean(error && done);
}

/** Send what waits, then show what still does, what was refused, and the delivery as it stands now. */
export async function sendWaiting() {
  const stopped = await flush(told);
  await drawHeld(stopped);
  await screen.refresh().catch(() => play("tick"));
}

async function drawHeld(stopped = null) {
  const signedOut = stopped instanceof Refused && (stopped.status === 401 || stopped.code === "csrf");
  showHeld(document.getElementById("waiting"), document.getElementById("failed"), await held(), signedOut, { again, forget });
}

/** Do a refused act again; what belonged to a delivery that is closed goes into the one that is open now. */
async function again({ failed, ...old }) {
  const moves = "delivery_id" in old.body || /^\/api\/v1\/deliveries\/[^/]+\/lines$/.test(old.path);
  if (moves && !screen.delivery()) {
    showMessage("warn", "CHƯA CÓ CHUYẾN", "Bắt đầu nhận hoặc nhận tiếp một chuyến, rồi bấm Làm lại.", "two mid");
    return;
  }
  const fresh = { ...old, key: freshKey() };
  if ("delivery_id" in old.body) fresh.body = { ...old.body, delivery_id: screen.delivery().id };
  else if (moves) fresh.path = `/api/v1/deliveries/${screen.delivery().id}/lines`;
  if (failed.code === "quantity_unusual") fresh.body = { ...fresh.body, confirm: true };
  await replace(old.key, anew(fresh));
  await sendWaiting();
}

async function forget(old) {
  await drop(old.key);
  await drawHeld();
}

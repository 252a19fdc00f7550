// A PHIẾU GIAO HÀNG scanned while receiving: one code fills the delivery; kept on this phone when the line is cut.
import { choose } from "./ask.js";
import { act } from "./receive_acts.js";
import { showMessage } from "./receive_show.js";

/** Whether a scanned text is a delivery note's code. */
export const isSlip = (text) => typeof text === "string" && text.trim().startsWith("PT1:");

/** Take a slip in: into `delivery` when one is open, else into one of its own; `enter(id)` shows what came. */
export async function takeSlip(text, delivery, enter, confirm = false) {
  const body = { text: text.trim() };
  if (delivery) body.delivery_id = delivery.id;
  if (confirm) body.confirm_slip = true;
  await act("/api/v1/scans", body, "Nhận phiếu giao hàng", (answer) => showSlip(answer, delivery, enter));
}

/** What became of it: taken, another code still missing, made out to somebody else, not to be read. */
export function showSlip(answer, delivery, enter) {
  const { message, transfer } = answer;
  if (!transfer) { showMessage("warn", message.text, message.next, "two mid"); return; }
  if (transfer.state === "other_stall") {
    showMessage("warn", message.text, message.next, "two mid");
    choose(`${message.next}`, [["Đúng là hàng của sạp này", true], ["Không nhận", false]])
      .then((meant) => (meant ? takeSlip(answer.code.raw, delivery, enter, true) : undefined));
    return;
  }
  if (transfer.state !== "accepted") { showMessage("warn", message.text, message.next, "two mid"); return; }
  const apart = answer.lines.filter((line) => ["held", "blocked"].includes(line.state));
  const words = apart.map((line) => `${line.goods_name}: ${line.verdict?.word ?? "để riêng"}`);
  const worst = apart.some((line) => line.state === "blocked") ? ["bad", "low long"] : ["hold", "low double"];
  const [tone, sound] = apart.length ? worst : [transfer.signature === "verified" ? "good" : "warn", "high short"];
  Promise.resolve(enter(answer.delivery_id)).finally(() =>
    showMessage(tone, message.text, [message.next, ...words].join(" · "), sound));
}

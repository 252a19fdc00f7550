// How a typed quantity is read, the same on every screen: phones type both "." and ",".
import { aloud } from "./aloud.js";
import { choose } from "./ask.js";
import { shown } from "./calls.js";

/** What is typed may mean: "1,5" → ["1.5"]; "1.500" → ["1500", "1.5"], asked once (USERS 2.1); [] is no quantity. */
export function meanings(text) {
  const plain = text.replace(/\s/g, "");
  if (/^[1-9]\d{0,2}\.\d{3}$/.test(plain)) return [plain.replace(".", ""), plain.replace(/\.?0+$/, "")];
  const grouped = /^[1-9]\d{0,2}(\.\d{3})+(,\d{1,3})?$/.test(plain) ? plain.replaceAll(".", "") : plain;
  const decimal = grouped.replace(",", ".");
  return /^\d{1,9}(\.\d{1,3})?$/.test(decimal) && Number(decimal) > 0 ? [decimal] : [];
}

/** The question a typed number asks: "1.500 kg (một nghìn rưỡi) hay 1,5 kg?" */
export function question(text, unit, [whole, part]) {
  const of = unit ? ` ${unit}` : "";
  return `${text.trim()}${of} (${aloud(whole)}) hay ${shown(part)}${of}?`;
}

/** The quantity meant, asked with two large buttons where there are two; null for none, or when nobody answers. */
export async function quantityAsked(text, unit = "") {
  const found = meanings(text);
  if (found.length < 2) return found[0] ?? null;
  const [whole, part] = found;
  return choose(question(text, unit, found), [[`${text.trim()} ${unit}`, whole], [`${shown(part)} ${unit}`, part]]);
}

/** The same where a screen cannot wait: one yes or no. */
export function quantityOf(text, ask = (asked) => window.confirm(asked)) {
  const found = meanings(text);
  if (found.length < 2) return found[0] ?? null;
  return ask(`${question(text, "", found)} Bấm OK nếu là ${text.trim()}, Hủy nếu là ${shown(found[1])}.`) ? found[0] : found[1];
}

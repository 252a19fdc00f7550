// How a typed quantity is read, the same on every screen: phones type both "." and ",".
import { shown } from "./calls.js";

/** "1,5" → "1.5"; "1.500" is asked once, because it means two things (USERS 2.1). Null when it is no quantity. */
export function quantityOf(text, ask = (question) => window.confirm(question)) {
  const plain = text.trim();
  if (/^[1-9]\d{0,2}\.\d{3}$/.test(plain)) {
    const whole = plain.replace(".", "");
    return ask(`${plain} là ${whole}? Chọn Hủy nếu là ${shown(plain)} (số lẻ).`) ? whole : plain;
  }
  const decimal = plain.replace(",", ".");
  return /^\d{1,9}(\.\d{1,3})?$/.test(decimal) && Number(decimal) > 0 ? decimal : null;
}

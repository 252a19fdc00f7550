// Đồng as people type them: "240.000", "50k", "50 nghìn", "1,2 triệu"; shown with dots.
const dong = new Intl.NumberFormat("vi-VN");
const TIMES = { k: 1000, "nghìn": 1000, "ngàn": 1000, tr: 1000000, "triệu": 1000000 };

/** "50 nghìn" → 50000; null for what is no amount. */
export function dongOf(text) {
  const plain = text.trim().toLowerCase().replace(/(đ|đồng|vnd)$/, "").trim();
  const short = /^(\d{1,6})(?:[.,](\d{1,3}))?\s*(k|nghìn|ngàn|tr|triệu)$/.exec(plain);
  if (short) return Math.round(Number(`${short[1]}.${short[2] ?? "0"}`) * TIMES[short[3]]);
  return /^\d{1,3}([. ]?\d{3})*$|^\d+$/.test(plain) ? Number(plain.replace(/\D/g, "")) : null;
}

/** 240000 → "240.000". */
export const dotted = (amount) => dong.format(amount);

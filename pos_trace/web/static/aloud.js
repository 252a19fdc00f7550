// Quantities read aloud in Vietnamese, the same words as core/spoken.py: "1500" → "một nghìn rưỡi".
const DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
const GROUPS = ["", " nghìn", " triệu", " tỷ"];

/** An API decimal ("1500", "1.25") in words; at least 0, below 10¹², decimals read digit by digit. */
export function aloud(text) {
  const [whole, decimals = ""] = String(text).split(".");
  const part = decimals.replace(/0+$/, "");
  const words = wholeAloud(Number(whole));
  return part ? `${words} phẩy ${[...part].map((sign) => DIGITS[Number(sign)]).join(" ")}` : words;
}

function wholeAloud(number) {
  if (number === 0) return DIGITS[0];
  const groups = [];
  for (let rest = number; rest > 0; rest = Math.floor(rest / 1000)) groups.push(rest % 1000);
  const first = groups.length - 1;
  if (first > 0 && groups[first - 1] === 500 && !groups.slice(0, first - 1).some(Boolean)) {
    return `${three(groups[first], false)}${GROUPS[first]} rưỡi`;
  }
  const said = [];
  for (let place = first; place >= 0; place -= 1) {
    if (groups[place]) said.push(three(groups[place], place < first && groups[place] < 100) + GROUPS[place]);
    else if (place && place < first && groups.slice(0, place).some(Boolean)) said.push(DIGITS[0] + GROUPS[place]);
  }
  return said.join(" ");
}

/** Up to three digits; `full` names the hundreds even when there are none ("không trăm linh năm"). */
function three(number, full) {
  const hundreds = Math.floor(number / 100);
  const tens = Math.floor((number % 100) / 10);
  const ones = number % 10;
  const said = hundreds || full ? [`${DIGITS[hundreds]} trăm`] : [];
  if (tens > 1) said.push(`${DIGITS[tens]} mươi`);
  else if (tens === 1) said.push("mười");
  else if (ones && said.length) said.push("linh");
  if (ones) said.push(onesAloud(ones, tens));
  return said.join(" ");
}

function onesAloud(ones, tens) {
  if (tens > 1 && ones === 1) return "mốt";
  return tens && ones === 5 ? "lăm" : DIGITS[ones];
}

// A keyboard-wedge scanner types fast and ends with Enter; people type slowly into fields. Both are welcome.
const GAP_MS = 400;      // a longer pause ends a burst of a scanner that sends no Enter
const PATIENT_MS = 1500; // of one that is known to send it: a stalled phone must not cut its code in two
const FAST_MS = 50;      // median gap of a scanner's burst
const LEAST = 6;

/** Call `scanned(text)` for each burst and `damaged()` when a Vietnamese input method mangled one. */
export function listen(scanned, damaged) {
  let text = "";
  let times = [];
  let hurt = false;
  let timer = 0;
  let gap = GAP_MS;
  const reset = () => { text = ""; times = []; hurt = false; };
  const finish = () => {
    clearTimeout(timer);
    const gaps = times.slice(1).map((t, i) => t - times[i]).sort((a, b) => a - b);
    const fast = gaps.length > 0 && gaps[Math.floor(gaps.length / 2)] <= FAST_MS;
    const [seen, broken] = [text, hurt];
    reset();
    if (!fast || seen.length < LEAST) return false;
    if (broken) damaged(); else scanned(seen);
    return true;
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    const human = field.matches?.("input, textarea, select") && !field.hasAttribute("data-wedge");
    if (human || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === "Tab") {
      if (finish()) { gap = PATIENT_MS; event.preventDefault(); if (field.hasAttribute?.("data-wedge")) field.value = ""; }
      return;
    }
    if (event.key === "Process" || event.key === "Backspace" || event.isComposing) { if (text) hurt = true; return; }
    if (event.key.length !== 1) return;
    const pause = event.timeStamp - (times.at(-1) ?? event.timeStamp);
    if (pause > GAP_MS && text.length < LEAST) reset(); // a stray key, not the beginning of a code
    text += event.key;
    times.push(event.timeStamp);
    clearTimeout(timer);
    timer = setTimeout(() => { if (!finish()) reset(); }, gap);
  });
}

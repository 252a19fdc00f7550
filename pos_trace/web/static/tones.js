// Four low tones, no audio files: told apart by ear, discreet enough for a row of stalls.
let context = null;
const PATTERNS = { // [hertz, seconds] one after another, 70 ms apart
  "high short": [[880, 0.12]],
  "two mid": [[520, 0.12], [520, 0.12]],
  "low double": [[300, 0.16], [300, 0.16]],
  "low long": [[220, 0.55]],
  tick: [[660, 0.04]],
};

/** Browsers allow sound after a tap only: call this from the first one. */
export function unlock() {
  const Maker = window.AudioContext || window.webkitAudioContext;
  if (Maker && !context) context = new Maker();
}

/** The loudness of this device, 0 to 1, kept on the device. */
export function volume(value = undefined) {
  if (value !== undefined) localStorage.setItem("pos-volume", String(value));
  return Number(localStorage.getItem("pos-volume") ?? "0.4");
}

/** Play the tone called `name`; silence when sound is not allowed. */
export function play(name) {
  const pattern = PATTERNS[name] || PATTERNS.tick;
  document.body.dataset.lastTone = name;
  if (navigator.vibrate && name !== "tick") navigator.vibrate(pattern.map(([, s]) => Math.round(s * 900)));
  if (!context || volume() === 0) return;
  let at = context.currentTime;
  for (const [hertz, seconds] of pattern) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(volume() * 0.5, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + seconds);
    at += seconds + 0.07;
  }
}

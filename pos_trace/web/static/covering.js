// Before photos are sent: parts are painted over by finger (ID cards, phone numbers); the original stays at the stall.
import { call, el, once } from "./calls.js";

const LONGEST = 2000; // dots of the longer side: still readable, light enough for an old phone
const SMALLEST = 8; // a tap is no box
const NOTE = "Kéo ngón tay để che CCCD, số điện thoại. Ảnh gốc ở lại sạp, chỉ ảnh đã che được gửi đi.";

const button = (text, kind, onclick) => el("button", { type: "button", class: `btn btn-${kind} btn-lg`, text, onclick });

/** Show the photos that would go with a line, one after another, to be covered; ends when the dialog is put away. */
export async function coverPhotos(lineId) {
  const { photos } = await call("GET", `/api/v1/lines/${lineId}/photos`);
  const canvas = el("canvas", { class: "pos-cover", "aria-label": NOTE });
  const title = el("p", { class: "h5" });
  const told = el("p", { role: "status" });
  const board = paintable(canvas, () => { save.disabled = board.boxes.length === 0; });
  const save = button("Lưu ảnh đã che", "success", keep);
  const next = button("Ảnh khác", "outline-dark", () => show((at + 1) % photos.length));
  const box = el("dialog", { class: "pos-card pos-ask", "aria-label": "Che bớt ảnh" }, title, el("p", { text: NOTE }), canvas, told,
    el("div", { class: "pos-row mt-2" }, button("Bỏ ô vừa che", "outline-dark", board.undo), next, save),
    el("div", { class: "pos-row mt-2" }, button("Xong", "outline-secondary", () => box.close())));
  let at = 0;

  async function show(which) {
    at = which;
    const one = photos[at];
    title.textContent = `Ảnh ${at + 1}/${photos.length}: ${one.words}`;
    told.textContent = one.covered ? "✓ Đã che. Che lại thì ảnh mới thay ảnh che trước." : "";
    try { await board.load(`/api/v1/photos/${one.id}`); } catch { told.textContent = "Chưa mở được ảnh. Thử lại."; }
  }

  async function keep() {
    save.disabled = true;
    try {
      const form = new FormData();
      form.append("photo", await board.picture(), "che.jpg");
      await once(`/api/v1/photos/${photos[at].id}/cover`, form, JSON.stringify(board.boxes));
      photos[at].covered = true;
      const left = photos.findIndex((one) => !one.covered);
      if (left >= 0) await show(left);
      told.textContent = left >= 0 ? "✓ Đã lưu ảnh che. Che tiếp ảnh này." : "✓ Đã lưu ảnh che.";
    } catch (error) {
      save.disabled = false;
      told.textContent = error.message;
    }
  }

  next.hidden = photos.length < 2;
  document.body.append(box);
  box.showModal();
  if (photos.length) await show(0);
  else { canvas.hidden = save.hidden = true; told.textContent = "Chưa có ảnh nào."; }
  return new Promise((resolve) => { box.addEventListener("close", () => { box.remove(); resolve(); }); });
}

/** A canvas one paints black boxes on: load, undo, picture; `changed` after each box. */
function paintable(canvas, changed) {
  const pen = canvas.getContext("2d");
  const boxes = [];
  let image = null;
  let from = null;

  const place = (event) => {
    const seen = canvas.getBoundingClientRect();
    return [((event.clientX - seen.left) * canvas.width) / seen.width, ((event.clientY - seen.top) * canvas.height) / seen.height];
  };
  const between = ([x, y], [u, v]) => [Math.min(x, u), Math.min(y, v), Math.abs(u - x), Math.abs(v - y)].map(Math.round);
  const draw = (more = []) => {
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#000";
    for (const one of [...boxes, ...more]) pen.fillRect(...one);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!image) return;
    from = place(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => { if (from) draw([between(from, place(event))]); });
  canvas.addEventListener("pointercancel", () => { from = null; if (image) draw(); });
  canvas.addEventListener("pointerup", (event) => {
    if (!from) return;
    const made = between(from, place(event));
    from = null;
    if (made[2] >= SMALLEST && made[3] >= SMALLEST) boxes.push(made);
    draw();
    changed();
  });

  return {
    boxes,
    undo() { boxes.pop(); if (image) draw(); changed(); },
    async load(source) {
      image = null;
      boxes.length = 0;
      changed();
      const seen = new Image();
      seen.src = source;
      await seen.decode();
      const scale = Math.min(1, LONGEST / Math.max(seen.naturalWidth, seen.naturalHeight));
      canvas.width = Math.round(seen.naturalWidth * scale);
      canvas.height = Math.round(seen.naturalHeight * scale);
      image = seen;
      draw();
    },
    picture: () => new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("Chưa lưu được ảnh. Thử lại."))), "image/jpeg", 0.9);
    }),
  };
}

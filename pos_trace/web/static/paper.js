// The dialog that takes one paper – kind, number, date, issuer, a photo – and the calls that keep it.
import { call, freshKey } from "./calls.js";

/** Ask for a paper; resolves to {kind, number?, issued_on?, issuer?, photo?} or null when given up. */
export function askPaper(kinds, goods) {
  const dialog = document.getElementById("paper-dialog");
  const form = document.getElementById("paper");
  const note = document.getElementById("paper-photo");
  form.reset();
  note.textContent = goods;
  form.elements.kind.replaceChildren(...kinds.map(([value, text]) => new Option(text, value)));
  form.elements.photo.onchange = () => { note.textContent = form.elements.photo.files.length ? "Đã có 1 ảnh." : ""; };
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      if (dialog.returnValue !== "save") { resolve(null); return; }
      const paper = { kind: form.elements.kind.value };
      for (const name of ["number", "issued_on", "issuer"]) {
        const value = form.elements[name].value.trim();
        if (value) paper[name] = value;
      }
      if (form.elements.photo.files.length) paper.photo = form.elements.photo.files[0];
      resolve(paper);
    };
  });
}

/** Keep a paper of a line, then its photo; answers whether the photo should be taken again. */
export async function savePaper(deliveryId, lineId, { photo, ...paper }) {
  const where = `/api/v1/deliveries/${deliveryId}`;
  const made = await call("POST", `${where}/papers`, { ...paper, line_id: lineId }, freshKey());
  if (!photo) return false;
  const form = new FormData();
  form.append("photo", photo);
  form.append("paper_id", made.paper.id);
  const seen = await call("POST", `${where}/photos`, form, freshKey());
  return Boolean(seen.photo?.quality);
}

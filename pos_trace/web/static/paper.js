// The dialog that takes one paper – kind, number, date, issuer, a photo – and the calls that keep it.
import { once } from "./calls.js";
import { quantityOf } from "./quantity.js";

const unfinished = new Map(); // a paper that is kept, while its photo has no answer yet: saved again it is not kept twice

/** Ask for a paper; resolves to {kind, number?, issued_on?, issuer?, stated_kg?, truck?, photo?} or null when given up. */
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
      const stated = quantityOf(form.elements.stated_kg.value);
      if (stated !== null) paper.stated_kg = stated;
      if (form.elements.truck.checked) paper.truck = true;
      if (form.elements.photo.files.length) paper.photo = form.elements.photo.files[0];
      resolve(paper);
    };
  });
}

/** Tells one picture from another (FNV-1a and size); crypto.subtle is absent on plain HTTP. */
async function fingerprint(file) {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(await file.arrayBuffer())) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${file.size} ${hash >>> 0}`;
}

/** Keep a paper of a line, then its photo; answers whether the photo should be taken again. */
export async function savePaper(deliveryId, lineId, { photo, ...paper }) {
  const where = `/api/v1/deliveries/${deliveryId}`;
  const body = { ...paper, line_id: lineId };
  const sign = JSON.stringify([deliveryId, body]);
  const made = unfinished.get(sign) ?? await once(`${where}/papers`, body);
  document.dispatchEvent(new Event("pos-papers")); // what is owed and asked may have changed
  if (!photo) return false;
  unfinished.set(sign, made);
  const form = new FormData();
  form.append("photo", photo);
  form.append("paper_id", made.paper.id);
  const seen = await once(`${where}/photos`, form, `${made.paper.id} ${await fingerprint(photo)}`);
  unfinished.delete(sign);
  document.dispatchEvent(new Event("pos-papers"));
  return Boolean(seen.photo?.quality);
}

// The dialog that takes one paper: kind, number, date, issuer, a photo.

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

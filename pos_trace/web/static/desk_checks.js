// The office draws a day: one form, one answer.
import { once } from "./calls.js";

document.getElementById("draw").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  try {
    await once("/api/province/v1/desk-checks", { day: form.get("day"), share: Number(form.get("share")) });
    window.location.reload();
  } catch (error) { document.getElementById("told").textContent = error.message; }
});

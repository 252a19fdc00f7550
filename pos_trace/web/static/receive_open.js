// How a delivery begins on this phone: a known truck, a known supplier, or one that is still open.
import { about, found } from "./ask.js";
import { call, el, once } from "./calls.js";

const byId = (id) => document.getElementById(id);
const HERE = `pos-delivery-${document.querySelector('meta[name="pos-stall"]').content}`;
const SHOWN = 6;
let known = [];

/** The stall's suppliers as last read. */
export const suppliers = () => known;

/** Which delivery this phone is at, so that a lock, a change of person or a reload comes back to it. */
export const stay = (id) => (id ? localStorage.setItem(HERE, id) : localStorage.removeItem(HERE));

/** Open a delivery with what is typed and `more`; `entered(id)` shows it. */
export async function begin(more, entered, failed) {
  const form = byId("open");
  const body = { ...more };
  if (form.elements.plate.value.trim()) body.vehicle_plate = form.elements.plate.value.trim();
  try {
    const made = await once("/api/v1/deliveries", body);
    form.reset();
    await entered(made.id);
  } catch (error) { failed(error); }
}

/** Read what is open, who brings goods, which trucks are here; back to this phone's own delivery when it is open. */
export async function start(entered, failed) {
  const [open, people, trucks] = await Promise.all([
    call("GET", "/api/v1/deliveries?state=open"), call("GET", "/api/v1/suppliers"), call("GET", "/api/v1/arrivals"),
  ]);
  known = people.suppliers;
  drawOpen(open.deliveries, entered);
  drawTrucks(trucks.arrivals);
  drawSuppliers(entered, failed);
  byId("open").elements.supplier.oninput = () => drawSuppliers(entered, failed);
  const mine = localStorage.getItem(HERE);
  if (open.deliveries.some((one) => one.id === mine)) await entered(mine);
  else stay(null);
}

const pick = (text, small, act) => el("button", { type: "button", class: "btn btn-outline-dark btn-lg pos-pick", onclick: act },
  text, small ? el("small", { text: small }) : null);

function drawOpen(open, entered) {
  byId("resume").replaceChildren(...open.map((one) => el("button", {
    type: "button", class: "btn btn-dark btn-lg w-100 mt-2", onclick: () => entered(one.id),
    text: `Nhận tiếp: ${one.supplier_name}${one.vehicle_plate ? ` · ${one.vehicle_plate}` : ""}`,
  })));
}

function drawTrucks(arrivals) {
  byId("trucks-card").hidden = arrivals.length === 0;
  byId("trucks").replaceChildren(...arrivals.slice(0, SHOWN).map((one) =>
    pick(one.plate, `${one.time}, ${one.stalls} sạp${one.mine ? " · sạp mình đã nhận" : ""}`, () => {
      byId("open").elements.plate.value = one.plate;
      byId("open").elements.supplier.focus();
    })));
}

function drawSuppliers(entered, failed) {
  const some = found(known, byId("open").elements.supplier.value).slice(0, SHOWN);
  byId("suppliers").replaceChildren(...some.map((one) =>
    pick(one.label, about(one), () => begin({ supplier_id: one.id }, entered, failed))));
}

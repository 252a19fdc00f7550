// A sale that was sent and not answered keeps its body and its key, also over a reload, until the node answers it.
const STALL = document.querySelector('meta[name="pos-stall"]').content;
const PREFIX = `pos-sale-${STALL}-`;

/** Keep `{at, body, basket}` under the sale's own `external_id`; false when this browser stores nothing. */
export function freeze(sale) {
  try { localStorage.setItem(PREFIX + sale.body.external_id, JSON.stringify(sale)); return true; } catch { return false; }
}

/** The oldest sale of this stall without an answer, or null. */
export function frozenSale() {
  const kept = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const sales = kept.map((name) => JSON.parse(localStorage.getItem(name)));
  return sales.sort((a, b) => a.at - b.at)[0] ?? null;
}

/** The node has answered: the sale is written down, or it said why not. */
export function thaw(sale) {
  localStorage.removeItem(PREFIX + sale.body.external_id);
}

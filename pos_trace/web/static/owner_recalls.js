// "Hàng thu hồi": what the stall received, sold and got back of each recall, filled in from its ledger; "Đã thu hồi xong".
import { call, el, once, shown } from "./calls.js";
import { byId, clear, problem, when } from "./owner_common.js";

// the ledger's sums in the order goods go: [member, words]; what is nought is left out but for the first and the last two
const SUMS = [["received", "Đã nhận"], ["sold", "Đã bán"], ["transferred", "Đã giao bạn hàng"], ["moved", "Cắt, gộp sang hàng khác"],
  ["wasted", "Hỏng, bỏ"], ["corrected", "Điều chỉnh"], ["returned_recalled", "Khách trả lại"], ["on_hand", "Còn lại, để riêng"]];
const ALWAYS = ["received", "sold", "returned_recalled", "on_hand"];

const row = (words, much) => el("tr", {}, el("th", { scope: "row", class: "fw-normal", text: words }), el("td", { class: "text-end", text: much }));

function goods(one) {
  const sums = SUMS.filter(([name]) => ALWAYS.includes(name) || Number(one[name]) !== 0);
  return [
    el("h3", { class: "h6 mt-3", text: one.product_name }),
    el("table", { class: "table table-sm mb-1" }, el("tbody", {}, ...sums.map(([name, words]) => row(words, `${shown(one[name])} ${one.unit}`)))),
    ...one.transferred_to.map((to) => el("div", { text: `Đã giao cho ${to.buyer || "bạn hàng"}: ${shown(to.quantity)} ${one.unit}` })),
  ];
}

const said = (done) => (done
  ? `Đã báo thu hồi xong lúc ${when(done.at)}${done.by ? `, ${done.by}` : ""}.${done.moved ? " Số liệu đã đổi từ lúc đó." : ""}` : "");

async function card(one) {
  const told = await call("GET", `/api/v1/recalls/${encodeURIComponent(one.recall_id)}`);
  const ended = one.status !== "active";
  const open = told.done === null || told.done.moved;
  return el("section", { class: "pos-card" },
    el("span", { class: "pos-tag", "data-tone": ended ? "" : "bad", text: ended ? "Đã hết thu hồi" : "✕ KHÔNG BÁN" }),
    el("h2", { class: "h5 mt-2", text: `Thông báo số ${one.recall_id}` }),
    el("div", { text: `${one.issuer}, ${when(one.issued_at)}` }), el("div", { text: `Lý do: ${one.reason}` }),
    ...told.completion.flatMap(goods),
    told.receipts.length ? el("details", { class: "mt-2" }, el("summary", { class: "py-3", text: `Phiếu bán có thể có hàng này: ${told.receipts.length}` }),
      el("ul", {}, ...told.receipts.slice(0, 200).map((sale) => el("li", { text: `${sale.receipt_no ?? "không số"}, ${when(sale.sold_at)}: ${sale.product_name}` })))) : null,
    told.done ? el("p", { class: "mt-2 mb-0", role: "status" }, el("strong", { text: said(told.done) })) : null,
    open ? el("button", { type: "button", class: "btn btn-dark btn-lg w-100 mt-3", onclick: () => done(one),
      text: told.done ? "Báo lại với số liệu mới" : "Đã thu hồi xong" }) : null);
}

async function done(one) {
  clear();
  try {
    await once(`/api/v1/recalls/${encodeURIComponent(one.recall_id)}/done`, {});
    await load();
  } catch (error) { problem(error); }
}

async function load() {
  const { recalls } = await call("GET", "/api/v1/recalls");
  const cards = [];
  for (const one of recalls) cards.push(await card(one));
  byId("recalls").replaceChildren(...(cards.length ? cards : [el("p", { class: "pos-card", text: "Sạp chưa có hàng nào bị thu hồi." })]));
}

load().catch(problem);

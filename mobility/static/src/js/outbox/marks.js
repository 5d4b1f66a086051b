/**
 * What waits is shown where it was said: on the vote's form, and beside the button "I agree".
 */
import { text } from "../site/texts.js";
import { make } from "./nodes.js";

/** @typedef {import("./queue.js").Item} Item */

/** @param {string} address of a form, the same for saying a thing and for taking it back */
const about = (address) => new URL(address, location.href).pathname.replace(/\/withdraw$/, "");

/** @param {string} action */
const takesBack = (action) => new URL(action, location.href).pathname.endsWith("/withdraw");

/** @param {Item} item */
const state = (item) =>
  item.state === "waiting" ? `${text("kept_title")}. ${text("kept_later")}` : text(item.state === "refused" ? "kept_refused" : "kept_sign_in");

/**
 * The vote form of the panel shows the vote that waits for it, or why it was refused.
 *
 * @param {Item[]} items
 * @param {(item: Item) => string[]} reasons
 */
export function markVote(items, reasons) {
  document.querySelector("[data-vote-kept]")?.remove();
  const form = /** @type {HTMLFormElement|null} */ (document.querySelector("#panel form.vote[data-vote]"));
  const item = form && items.find((each) => each.kind === "vote" && each.state !== "sent" && about(each.action) === about(form.action));
  if (!item) return;
  const value = item.pairs.find(([name]) => name === "position")?.[1];
  const radio = /** @type {HTMLInputElement|null} */ (form.querySelector(`input[name=position][value="${value}"]`));
  if (radio && item.state !== "refused") radio.checked = true;
  const why = reasons(item);
  const said = why.length ? why : [state(item)];
  form.append(
    make(
      "div",
      { class: `notice notice--${item.state === "refused" ? "warning" : "offline"} vote-kept`, "data-vote-kept": "" },
      make("div", { class: "notice__body" }, ...said.map((each) => make("p", {}, each)), make("p", { class: "outbox__words" }, item.words)),
    ),
  );
}

/** @param {Item[]} items each button "I agree" shows the click that waits for it */
export function markAgreements(items) {
  document.querySelectorAll("[data-agree-kept]").forEach((note) => note.remove());
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("[data-agree-form]"))) {
    const item = items.find((each) => each.kind === "endorse" && each.state !== "sent" && about(each.action) === about(form.action));
    const waits = item && item.state !== "refused";
    const pressed = takesBack(form.action) !== Boolean(waits);
    form.querySelector("button")?.setAttribute("aria-pressed", String(pressed));
    if (item) form.closest("[data-agree]")?.append(make("p", { class: "agree__kept", "data-agree-kept": "" }, `${item.words}. ${state(item)}`));
  }
}

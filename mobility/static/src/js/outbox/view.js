/**
 * What people see of the outbox: how many contributions wait, each with its words, and what became of them.
 */
import { text } from "../site/texts.js";
import { wordsField } from "./fields.js";
import { markAgreements, markVote } from "./marks.js";
import { button, make } from "./nodes.js";

/**
 * @typedef {import("./queue.js").Item} Item
 * @typedef {{change: (item: Item, typed: string) => Promise<void>, discard: (item: Item) => Promise<void>, sendAll: () => Promise<unknown>}} Ways
 */

/** @type {Ways} */
let ways;
/** @type {Item[]} */
let shown = [];

/**
 * The line above the page's content, and the list if it is open.
 *
 * @param {Item[]} items
 * @param {Ways} how
 */
export function showWaiting(items, how) {
  ways = how;
  shown = items.sort((a, b) => a.made - b.made);
  document.querySelector("[data-outbox-line]")?.remove();
  if (items.length) place(line());
  const dialog = /** @type {HTMLDialogElement|null} */ (document.querySelector("dialog[data-outbox-list]"));
  if (dialog?.open) fillList(dialog);
  markVote(shown, reasons);
  markAgreements(shown);
}

function line() {
  const [stuck, sent] = ["refused", "sent"].map((state) => shown.filter((item) => item.state === state).length);
  const count = shown.length - stuck - sent;
  const said = stuck ? text("kept_not_taken") : count ? text(count === 1 ? "kept_one" : "kept_many", { count }) : text("kept_sent");
  const kind = stuck ? "warning" : count ? "offline" : "success";
  return make(
    "div",
    { class: `notice notice--${kind} outbox-line`, role: "status", "data-outbox-line": "" },
    make("p", { class: "notice__body" }, said),
    button(text("kept_look"), "button--link", openList),
  );
}

/** @param {HTMLElement} node */
function place(node) {
  const notices = document.querySelector("[data-notices]");
  if (notices) notices.before(node);
  else document.querySelector("main")?.prepend(node);
}

function openList() {
  let dialog = /** @type {HTMLDialogElement|null} */ (document.querySelector("dialog[data-outbox-list]"));
  if (!dialog) {
    dialog = /** @type {HTMLDialogElement} */ (make("dialog", { class: "outbox", "aria-labelledby": "outbox-title", "data-outbox-list": "" }));
    document.body.append(dialog);
  }
  fillList(dialog);
  dialog.showModal();
}

/** @param {HTMLDialogElement} dialog */
function fillList(dialog) {
  if (!shown.length) return dialog.close();
  const waits = shown.some(({ state }) => state === "waiting");
  dialog.replaceChildren(
    make("h2", { id: "outbox-title", class: "outbox__title" }, text("kept_list")),
    make("ul", { class: "outbox__items" }, ...shown.map(entry)),
    make(
      "div",
      { class: "buttons" },
      ...(waits ? [button(text("kept_send"), "", () => void ways.sendAll())] : []),
      button(text("kept_close"), "button--quiet", () => dialog.close()),
    ),
  );
}

/** @param {Item} item */
function entry(item) {
  const state = { waiting: "kept_later", refused: "kept_refused", sent: "kept_sent", "sign-in": "kept_sign_in" }[item.state];
  return make(
    "li",
    { class: `outbox__item outbox__item--${item.state}` },
    make("p", { class: "outbox__about" }, item.title),
    make("p", { class: "outbox__words", dir: "auto" }, item.words),
    make("p", { class: "outbox__state" }, text(state)),
    ...reasons(item).map((why) => make("p", { class: "field__error" }, why)),
    make("div", { class: "outbox__ways" }, ...choices(item)),
  );
}

/** @param {Item} item @returns {Node[]} */
function choices(item) {
  const drop = button(text(item.state === "sent" ? "kept_done" : "draft_discard"), "button--link", () => void ways.discard(item));
  if (item.state === "sent") return [make("a", { class: "button button--secondary", href: item.receipt ?? "" }, text("kept_receipt")), drop];
  const edit = wordsField(item.kind) ? [button(text("kept_change"), "button--secondary", () => edits(item))] : [];
  const open = edit.length ? [] : [make("a", { class: "button button--secondary", href: item.page }, text("kept_open"))];
  return [...open, ...edit, drop];
}

/** @param {Item} item its words in a field, in place of the entry */
function edits(item) {
  const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog[data-outbox-list]"));
  const field = /** @type {HTMLTextAreaElement} */ (make("textarea", { class: "input input--area", id: "outbox-words", rows: "6", dir: "auto" }));
  field.value = String(item.pairs.find(([name]) => name === wordsField(item.kind))?.[1] ?? item.words);
  dialog.replaceChildren(
    make("h2", { id: "outbox-title", class: "outbox__title" }, text("kept_list")),
    make("label", { class: "field__label", for: "outbox-words" }, item.title),
    field,
    make(
      "div",
      { class: "buttons" },
      button(text("kept_save"), "", () => void ways.change(item, field.value).then(() => fillList(dialog))),
      button(text("kept_back"), "button--quiet", () => fillList(dialog)),
    ),
  );
  field.focus();
}

/**
 * Why an item was refused, in the words of the page that refused it.
 *
 * @param {Item} item
 * @returns {string[]}
 */
function reasons(item) {
  if (item.state !== "refused" || !item.answer) return [];
  const page = new DOMParser().parseFromString(item.answer, "text/html");
  const said = [...page.querySelectorAll("[data-error-summary] li, .notice__body p, main h1 ~ p")].map((node) => node.textContent?.trim() ?? "");
  return [...new Set(said)].filter(Boolean).slice(0, 3);
}

/**
 * Before a comment is kept that nobody could show a preview of: its words once more, and whether it is to be sent.
 *
 * @param {HTMLFormElement} form
 * @param {Item} item
 * @returns {Promise<boolean>}
 */
export function askToKeep(form, item) {
  const has = (/** @type {string} */ name) => item.pairs.some(([each, value]) => each === name && value !== "");
  const known = ["topic", "stance"].every((name) => !form.querySelector(`[name=${name}]`) || has(name));
  const complete = has("text") && known && (has("place") || has("lon") || has("scope"));
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { class: "outbox", "aria-labelledby": "keep-title" }));
  const words = complete
    ? [make("p", {}, text("kept_check")), make("p", { class: "outbox__words comment__text", dir: "auto" }, item.words)]
    : [make("p", {}, text("kept_incomplete"))];
  return new Promise((settle) => {
    const end = (/** @type {boolean} */ yes) => {
      settle(yes);
      dialog.remove();
    };
    dialog.append(
      make("h2", { id: "keep-title", class: "outbox__title" }, text("kept_nobody")),
      ...words,
      make(
        "div",
        { class: "buttons" },
        ...(complete ? [button(text("kept_confirm"), "", () => end(true))] : []),
        button(text("kept_write_on"), complete ? "button--quiet" : "", () => end(false)),
      ),
    );
    dialog.addEventListener("cancel", () => end(false));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/**
 * Tells in place of the form that it is kept; a vote's form and a button stay, with what waits for them.
 *
 * @param {HTMLFormElement} form
 * @param {Item} item
 */
export function showKept(form, item) {
  if (item.kind === "vote" || item.kind === "endorse") return;
  const state = make("p", { class: "outbox__state" }, text("kept_later"));
  const card = make(
    "section",
    { class: "card outbox-kept", tabindex: "-1" },
    make("h2", {}, text("kept_title")),
    make("p", { class: "comment__text", dir: "auto" }, item.words),
    state,
    button(text("kept_look"), "button--secondary", openList),
  );
  document.addEventListener("outbox:sent", (event) => {
    const sent = /** @type {CustomEvent<Item[]>} */ (event).detail.find(({ id }) => id === item.id);
    if (!sent || !card.isConnected) return;
    state.replaceChildren(text("kept_sent"), ...(sent.receipt ? [" ", make("a", { href: sent.receipt }, text("kept_receipt"))] : []));
  });
  if (item.kind === "comment") (document.getElementById("panel") ?? form).replaceChildren(card);
  else form.replaceWith(card);
  card.focus();
}

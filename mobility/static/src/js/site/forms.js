/**
 * What helps while filling in a form: counters, drafts, one send for many clicks, and errors that are not missed.
 * All by delegation from the document, so that panels loaded later need no set-up.
 */
import { announce, showToast } from "./live.js";
import { text } from "./texts.js";

const DRAFT = "draft:";

/** @type {Set<HTMLFormElement>} forms that were sent without a connection and wait for it */
const waiting = new Set();

export function startForms() {
  document.addEventListener("input", onInput);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("click", onClick);
  document.addEventListener("panel:loaded", prepare);
  addEventListener("online", sendWaiting);
  addEventListener("pageshow", release);
  document.addEventListener("form:failed", release, true);
  prepare();
}

/** Gives the fields that are on the page now their first state. */
export function prepare() {
  for (const field of fields("[data-limit]")) showCount(field);
  for (const field of fields("[data-draft]")) offerDraft(field);
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-copy]"))) {
    button.hidden = !navigator.clipboard;
  }
  if (matchMedia("(width < 56.25rem)").matches) {
    document.querySelectorAll("details[data-fold-on-phone]").forEach((fold) => fold.removeAttribute("open"));
  }
  const summary = /** @type {HTMLElement|null} */ (document.querySelector("[data-error-summary]"));
  summary?.focus();
}

/** @param {string} selector */
const fields = (selector) => /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll(selector));

/** @param {Event} event */
function onInput(event) {
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  if (field.dataset?.limit) showCount(field);
  if (field.dataset?.draft) keepDraft(field);
}

/**
 * How many characters are left, as people count them: one for a letter with its accents, one for an emoji.
 *
 * @param {string} value
 * @param {number} limit
 * @returns {number} negative when there are too many
 */
export function left(value, limit) {
  return limit - [...value.replace(/\r\n/g, "\n")].length;
}

/** @param {HTMLTextAreaElement} field */
function showCount(field) {
  const place = document.querySelector(`[data-count-for="${CSS.escape(field.id)}"]`);
  if (!(place instanceof HTMLElement)) return;
  const rest = left(field.value, Number(field.dataset.limit));
  const count = Math.abs(rest);
  const key = `${rest < 0 ? "over" : "left"}_${count === 1 ? "one" : "many"}`;
  place.textContent = text(key, { count });
  place.toggleAttribute("data-over", rest < 0);
  if (rest === 20 || rest === 0) announce(place.textContent);
}

/** @param {HTMLTextAreaElement} field */
const draftKey = (field) => DRAFT + location.pathname + "#" + field.dataset.draft;

/** @param {HTMLTextAreaElement} field */
function keepDraft(field) {
  try {
    if (field.value.trim()) localStorage.setItem(draftKey(field), field.value);
    else localStorage.removeItem(draftKey(field));
  } catch {
    // a browser that keeps nothing: the text stays in the field
  }
}

/** @param {HTMLTextAreaElement} field */
function readDraft(field) {
  try {
    return localStorage.getItem(draftKey(field));
  } catch {
    return null;
  }
}

/**
 * An empty field gets back what was typed and never sent, and says so.
 *
 * @param {HTMLTextAreaElement} field
 */
function offerDraft(field) {
  const draft = readDraft(field);
  if (!draft || field.value.trim() || field.nextElementSibling?.matches(".draft-note")) return;
  field.value = draft;
  if (field.dataset.limit) showCount(field);
  const note = document.createElement("p");
  note.className = "draft-note";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button button--link";
  drop.textContent = text("draft_discard");
  drop.addEventListener("click", () => {
    field.value = "";
    keepDraft(field);
    if (field.dataset.limit) showCount(field);
    note.remove();
    field.focus();
  });
  note.append(text("draft_kept"), " ", drop);
  field.after(note);
}

/** Forgets the drafts of this page; for the page that says "received". */
export function dropDrafts() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(DRAFT)) localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (!navigator.onLine) {
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.add(form);
    showToast(text("offline"), "offline");
    return;
  }
  if (form.matches("[data-once]")) hold(form);
}

/** @param {HTMLFormElement} form */
function hold(form) {
  form.setAttribute("aria-busy", "true");
  form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-busy", "true"));
  announce(text("sending"));
}

/** Lets forms be sent again: the page came back from the browser's memory, or sending failed. */
function release() {
  document.querySelectorAll("form[aria-busy], form [aria-busy]").forEach((node) => node.removeAttribute("aria-busy"));
}

function sendWaiting() {
  for (const form of waiting) if (form.isConnected) form.requestSubmit();
  waiting.clear();
}

/** @param {MouseEvent} event */
async function onClick(event) {
  const target = /** @type {Element} */ (event.target);
  const copy = /** @type {HTMLElement|null} */ (target.closest?.("[data-copy]"));
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy ?? "");
    showToast(text("copied"), "success");
  }
}

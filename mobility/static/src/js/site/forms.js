/**
 * What helps while filling in a form: counters, one send for many clicks, and errors that are not missed.
 * All by delegation from the document, so that panels loaded later need no set-up.
 */
import { offerDrafts, startDrafts } from "./drafting.js";
import { announce, showToast } from "./live.js";
import { isOutgoing } from "./panel.js";
import { text } from "./texts.js";

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
  document.addEventListener("form:filled", count);
  startDrafts();
  prepare();
}

/** Gives the fields that are on the page now their first state. */
export function prepare() {
  count();
  offerDrafts();
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-copy]"))) {
    button.hidden = !navigator.clipboard;
  }
  if (matchMedia("(width < 56.25rem)").matches) {
    document.querySelectorAll("details[data-fold-on-phone]").forEach((fold) => fold.removeAttribute("open"));
  }
  const summary = /** @type {HTMLElement|null} */ (document.querySelector("[data-error-summary]"));
  summary?.focus();
}

function count() {
  const fields = /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("[data-limit]"));
  for (const field of fields) showCount(field);
}

/** @param {Event} event */
function onInput(event) {
  const field = /** @type {HTMLTextAreaElement} */ (event.target);
  if (field.dataset?.limit) showCount(field);
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

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (!navigator.onLine && !isOutgoing(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.add(form);
    showToast(text("offline_form"), "offline");
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
export function release() {
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

/**
 * Forms that keep what is typed: a form with a field marked `data-draft` is kept as a whole on this device, given
 * back with a word about it, and forgotten once it is sent. `data-draft-of` names the form that another one ends;
 * of a form with `data-draft-only` nothing but the marked fields is kept: no names, no addresses.
 */
import { dropDraft, dropDrafts, keepDraft, readDraft, sweepDrafts } from "./drafts.js";
import { isOutgoing } from "./panel.js";
import { text } from "./texts.js";

const SENDING = "draft-sending";
const PLACE = new Set(["lon", "lat"]);

/** @typedef {HTMLInputElement|HTMLTextAreaElement|HTMLSelectElement} Field */

export function startDrafts() {
  try {
    sweepDrafts(localStorage, Date.now());
  } catch {
    return; // a browser that keeps nothing: what is typed stays in its field
  }
  document.addEventListener("input", onChange);
  document.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit);
  forgetSent();
}

/** @param {HTMLFormElement} form the address that takes it, which is the name of its draft */
export const draftName = (form) => form.dataset.draftOf ?? new URL(form.getAttribute("action") || location.href, location.href).pathname;

/** @param {HTMLFormElement} form */
const draftFields = (form) => /** @type {HTMLTextAreaElement[]} */ ([...form.querySelectorAll("[data-draft]")]);

/** @param {Event} event */
function onChange(event) {
  const form = /** @type {Field} */ (event.target).form;
  if (form && draftFields(form).length) keep(form);
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const typed = draftFields(form).some((field) => field.value.trim() && field.value !== field.defaultValue);
  try {
    if (typed) keepDraft(localStorage, draftName(form), values(form), Date.now());
    else dropDraft(localStorage, draftName(form));
  } catch {
    // full: what is typed stays in its field
  }
}

/**
 * What people filled in; tokens and keys belong to the page, files and passwords are never kept.
 *
 * @param {HTMLFormElement} form
 */
function values(form) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const field of /** @type {Field[]} */ ([...form.elements])) {
    if (!field.name || ["password", "file", "submit", "button"].includes(field.type)) continue;
    if ("draftOnly" in form.dataset && !field.hasAttribute("data-draft")) continue;
    if (field.type === "hidden" && !PLACE.has(field.name)) continue;
    if (["radio", "checkbox"].includes(field.type) && !(/** @type {HTMLInputElement} */ (field).checked)) continue;
    found[field.name] = field.value;
  }
  return found;
}

/** Gives the forms on the page what was typed and never sent; shows it where a form is closed. */
export function offerDrafts() {
  for (const form of document.forms) if (draftFields(form).length) offer(form);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-draft-kept]"))) show(place);
}

/** @param {string} name */
function read(name) {
  try {
    return readDraft(localStorage, name, Date.now());
  } catch {
    return null;
  }
}

/** @param {HTMLFormElement} form */
function offer(form) {
  const draft = read(draftName(form));
  const fields = draftFields(form);
  const untouched = fields.every((field) => field.value === field.defaultValue);
  const news = fields.some((field) => draft?.[field.name] && draft[field.name] !== field.value);
  if (!draft || !untouched || !news || document.querySelector("[data-error-summary]")) return;
  fill(form, draft);
  fields[0].after(note(() => forget(form)));
}

/** @param {HTMLFormElement} form @param {Record<string, string>} draft */
function fill(form, draft) {
  const placed = new URLSearchParams(location.search).size > 0;
  for (const field of /** @type {Field[]} */ ([...form.elements])) {
    const value = draft[field.name];
    if (value === undefined || (placed && (field.name === "place" || PLACE.has(field.name)))) continue;
    if (["radio", "checkbox"].includes(field.type)) /** @type {HTMLInputElement} */ (field).checked = field.value === value;
    else field.value = value;
    if (value && field.hasAttribute("data-draft")) field.closest("details")?.setAttribute("open", "");
  }
  form.dispatchEvent(new CustomEvent("form:filled", { bubbles: true }));
}

/** @param {HTMLFormElement} form gives it back as it came */
function forget(form) {
  dropDraftOf(form);
  form.reset();
  form.querySelector(".draft-note")?.remove();
  form.dispatchEvent(new CustomEvent("form:filled", { bubbles: true }));
  draftFields(form)[0]?.focus();
}

/** @param {HTMLElement} place where a form is closed: what was typed can be read and copied */
function show(place) {
  const draft = read(place.dataset.draftKept ?? "");
  if (!draft || place.childElementCount) return;
  const fields = (place.dataset.draftFields ?? "text").split(" ");
  const words = fields.map((name) => draft[name]?.trim()).filter(Boolean);
  if (!words.length) return;
  place.append(
    note(() => {
      dropName(place.dataset.draftKept ?? "");
      place.replaceChildren();
    }),
    ...words.map((each) => {
      const paragraph = document.createElement("p");
      paragraph.className = "comment__text";
      paragraph.dir = "auto";
      paragraph.textContent = /** @type {string} */ (each);
      return paragraph;
    }),
  );
}

/** @param {() => void} onDrop */
function note(onDrop) {
  const line = document.createElement("p");
  line.className = "draft-note";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "button button--link";
  drop.textContent = text("draft_discard");
  drop.addEventListener("click", onDrop);
  line.append(text("draft_kept"), " ", drop);
  return line;
}

/** @param {HTMLFormElement} form it was taken: its draft has done its work */
export const dropDraftOf = (form) => dropName(draftName(form));

/** @param {string} name */
function dropName(name) {
  try {
    dropDraft(localStorage, name);
  } catch {
    // nothing was kept
  }
}

/** Forgets every draft on this device: for whoever signs out. */
export function dropEveryDraft() {
  try {
    dropDrafts(localStorage);
  } catch {
    // nothing was kept
  }
}

/** @param {SubmitEvent} event remembers which form the next page answers */
function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== "post" || isOutgoing(form)) return;
  const other = form.matches("[data-drop-draft]") ? /** @type {HTMLElement|null} */ (document.querySelector("[data-draft-of]")) : null;
  const name = other?.dataset.draftOf ?? draftName(form);
  sessionStorage.setItem(SENDING, JSON.stringify({ name, from: location.pathname }));
}

/**
 * The page that answers a form: unless something is wrong with it, or it holds the form without what was typed, its
 * draft goes. A page that was reached from elsewhere answers nothing.
 */
function forgetSent() {
  const { name, from } = JSON.parse(sessionStorage.getItem(SENDING) ?? "{}");
  sessionStorage.removeItem(SENDING);
  const answers = document.referrer && new URL(document.referrer).pathname === from;
  const refused = document.querySelector("[data-error-summary], [role=alert], [data-draft-kept], .oops");
  if (!name || !answers || refused) return;
  const draft = read(name);
  const lost = [...document.forms].some(
    (form) => draftName(form) === name && draftFields(form).some((field) => (draft?.[field.name] ?? "") !== field.value),
  );
  if (!lost) dropName(name);
}

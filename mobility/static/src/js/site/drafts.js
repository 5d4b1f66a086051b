/**
 * What was typed into a form and never sent, kept on this device by the address that the form is sent to. Knows no
 * browser: the storage is given.
 */

/**
 * @typedef {Record<string, string>} Values field name → what was typed or chosen
 * @typedef {Pick<Storage, "getItem"|"setItem"|"removeItem"|"key"|"length">} Shelf
 */

const PREFIX = "draft:";
export const KEPT = 30 * 86_400_000;

/**
 * @param {Shelf} shelf
 * @param {string} form
 * @param {Values} values
 * @param {number} now
 */
export function keepDraft(shelf, form, values, now) {
  const typed = Object.values(values).some((value) => value.trim());
  if (typed) shelf.setItem(PREFIX + form, JSON.stringify({ at: now, values }));
  else dropDraft(shelf, form);
}

/**
 * @param {Shelf} shelf
 * @param {string} form
 * @param {number} now
 * @returns {Values|null} null when there is none, or it is older than thirty days
 */
export function readDraft(shelf, form, now) {
  const kept = parse(shelf.getItem(PREFIX + form));
  return kept && now - kept.at <= KEPT ? kept.values : null;
}

/** @param {Shelf} shelf @param {string} form */
export const dropDraft = (shelf, form) => shelf.removeItem(PREFIX + form);

/**
 * Forgets drafts that are too old, or all of them.
 *
 * @param {Shelf} shelf
 * @param {number} now
 */
export function sweepDrafts(shelf, now) {
  for (const key of names(shelf)) {
    const kept = parse(shelf.getItem(key));
    if (!kept || now - kept.at > KEPT) shelf.removeItem(key);
  }
}

/** @param {Shelf} shelf */
export const dropDrafts = (shelf) => sweepDrafts(shelf, Infinity);

/** @param {Shelf} shelf */
function names(shelf) {
  const found = Array.from({ length: shelf.length }, (_, index) => shelf.key(index) ?? "");
  return found.filter((key) => key.startsWith(PREFIX));
}

/**
 * @param {string|null} text
 * @returns {{at: number, values: Values}|null}
 */
function parse(text) {
  try {
    const kept = JSON.parse(text ?? "null");
    return typeof kept?.at === "number" && typeof kept.values === "object" ? kept : null;
  } catch {
    return null;
  }
}

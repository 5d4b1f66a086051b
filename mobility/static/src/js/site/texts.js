/**
 * Texts come with the page, in its language: `<body data-texts>` holds them as JSON.
 */

/** @type {Record<string, string>|undefined} */
let texts;

/**
 * The text of `key`, with `{name}` replaced by `values.name`; the key itself when the page brought no such text.
 *
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function text(key, values = {}) {
  const known = (texts ??= readTexts());
  return fill(known[key] ?? key, values);
}

/**
 * @param {string} pattern
 * @param {Record<string, string|number>} values numbers are written as the page's language writes them
 */
export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(document.documentElement.lang || "en") : value;
  });
}

function readTexts() {
  try {
    return JSON.parse(document.body.dataset.texts ?? "{}");
  } catch {
    return {};
  }
}

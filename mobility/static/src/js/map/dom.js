/**
 * Small makers of elements. Data only ever enters the page as text or as attributes, never as markup.
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @param {Record<string, string|number|boolean|undefined>} [attributes] `text` becomes the text content
 * @param {...Node} children
 * @returns {HTMLElement}
 */
export function html(name, attributes = {}, ...children) {
  return /** @type {HTMLElement} */ (fill(document.createElement(name), attributes, children));
}

/**
 * @param {string} name
 * @param {Record<string, string|number|boolean|undefined>} [attributes]
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function svg(name, attributes = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, name), attributes, children));
}

/**
 * @param {Element} element
 * @param {Record<string, string|number|boolean|undefined>} attributes
 * @param {Node[]} children
 */
function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (key === "text") element.textContent = String(value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/**
 * Icons on a 24 px grid, drawn as strokes in the current colour.
 * @type {Record<string, string>}
 */
const ICONS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  locate: "M12 2v4M12 18v4M2 12h4M18 12h4M12 6a6 6 0 1 0 0 12a6 6 0 0 0 0-12M12 10.5a1.5 1.5 0 1 0 0 3a1.5 1.5 0 0 0 0-3",
  layers: "M12 3 3 8l9 5 9-5zM3 12.5l9 5 9-5M3 17l9 5 9-5",
  expand: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  shrink: "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5",
  close: "M6 6l12 12M18 6 6 18",
  check: "M6 12.5l4 4 8-9",
  cross: "M7 7l10 10M17 7 7 17",
  bang: "M12 5v9M12 18.2v.6",
  query: "M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3M12 18.2v.6",
  arch: "M7 19v-7a5 5 0 0 1 10 0v7zM12 19v-5M12 4.5v2",
  train: "M7 4h10v11H7zM7 10h10M9 19l-1 2M15 19l1 2M9.5 12.8v.2M14.5 12.8v.2",
  tram: "M7 6h10v11H7zM10 3h4M12 3v3M7 12h10M9 20l-1 1M15 20l1 1",
  bus: "M6 5h12v12H6zM6 11h12M8 17v2M16 17v2",
  parking: "M9 19V5h4a4 4 0 0 1 0 8H9",
  gate: "M5 20V9h14v11M5 9l7-5 7 5M12 12v8",
  column: "M5 20h14M7 17V9M12 17V9M17 17V9M4 8l8-4 8 4z",
  cycle: "M6.5 12.5a3.5 3.5 0 1 0 .01 0M17.5 12.5a3.5 3.5 0 1 0 .01 0M6.5 16l4-7h5l2 7M9 9h3",
  walk: "M12 4v.2M12 8l-2 5 3 2v5M10 13l-2 6M12 8l3 3",
  crossing: "M5 6v12M9 6v12M13 6v12M17 6v12",
  speed: "M5 17a8 8 0 1 1 14 0M12 14l4-5",
};

/**
 * @param {string} name one of ICONS
 * @param {number} [size]
 * @returns {SVGElement} decorative: hidden from screen readers
 */
export function icon(name, size = 24) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: "map-icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: ICONS[name] ?? ICONS.column }),
  );
}

/** @param {string} name */
export const iconPath = (name) => ICONS[name] ?? ICONS.column;

/**
 * Fills `{name}` places in a text that came with the page.
 * @param {string|undefined} template
 * @param {Record<string, string|number>} values
 */
export function phrase(template, values) {
  return (template ?? "").replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** @returns {boolean} whether the person asked for less motion */
export const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * @template {unknown[]} A
 * @param {(...args: A) => void} action
 * @param {number} wait milliseconds
 */
export function later(action, wait) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  return (/** @type {A} */ ...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), wait);
  };
}

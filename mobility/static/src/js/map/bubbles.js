/**
 * The faces of comments: a ring of for and against round a count, and single pins by stance.
 */
import { html, iconPath, phrase, svg } from "./dom.js";

/** @typedef {{n: number, for: number, against: number, idea: number, question: number}} Counts */

/** @type {Record<string, string>} icon by stance */
const GLYPHS = { for: "check", against: "cross", idea: "bang", question: "query" };

/** @param {number} n @returns {number} diameter in pixels */
export const bubbleSize = (n) => Math.round(Math.min(60, 32 + 5.2 * Math.log10(Math.max(1, n)) ** 1.35));

/**
 * @param {Counts} counts
 * @param {Record<string, string>} texts
 * @returns {string} "12 comments, 8 against"
 */
export function inWords(counts, texts) {
  const head = counts.n === 1 ? texts.one_comment : phrase(texts.comments, { n: counts.n });
  const parts = /** @type {const} */ (["for", "against", "idea", "question"])
    .filter((stance) => counts[stance] > 0)
    .map((stance) => phrase(texts[`count_${stance}`], { n: counts[stance] }));
  return [head, ...parts].filter(Boolean).join(", ");
}

/**
 * @param {Counts} counts
 * @returns {HTMLElement}
 */
export function bubble(counts) {
  const size = bubbleSize(counts.n);
  const middle = size / 2;
  const radius = middle - 4;
  const drawing = svg("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" });
  drawing.append(svg("circle", { cx: middle, cy: middle, r: middle - 1, class: "bubble__ground" }));
  const order = /** @type {const} */ (["for", "against", "idea", "question"]);
  const total = order.reduce((sum, stance) => sum + counts[stance], 0) || 1;
  let start = 0;
  for (const stance of order) {
    const part = counts[stance] / total;
    if (part <= 0) continue;
    drawing.append(arc(middle, radius, start, start + part, `bubble__arc bubble__arc--${stance}`));
    start += part;
  }
  return html("span", { class: "bubble" }, drawing, html("span", { class: "bubble__count", text: short(counts.n) }));
}

/** @param {number} middle @param {number} radius @param {number} from @param {number} to @param {string} className */
function arc(middle, radius, from, to, className) {
  if (to - from > 0.999) return svg("circle", { cx: middle, cy: middle, r: radius, class: className });
  const at = (/** @type {number} */ share) => {
    const angle = (share - 0.25) * 2 * Math.PI;
    return `${(middle + radius * Math.cos(angle)).toFixed(2)} ${(middle + radius * Math.sin(angle)).toFixed(2)}`;
  };
  return svg("path", { d: `M${at(from)}A${radius} ${radius} 0 ${to - from > 0.5 ? 1 : 0} 1 ${at(to)}`, class: className });
}

/** @param {number} n @returns {string} 1284 → 1.3k */
export const short = (n) => (n < 1000 ? String(n) : n < 10000 ? `${(n / 1000).toFixed(1)}k` : `${Math.round(n / 1000)}k`);

/**
 * @param {string} stance
 * @returns {HTMLElement}
 */
export function pin(stance) {
  const drawing = svg(
    "svg",
    { width: 34, height: 42, viewBox: "0 0 34 42", "aria-hidden": "true" },
    svg("path", { d: "M17 40C13 33 4 25.5 4 15.5a13 13 0 0 1 26 0C30 25.5 21 33 17 40z", class: "pin__body" }),
    svg("path", { d: iconPath(GLYPHS[stance] ?? "bang"), class: "pin__glyph", transform: "translate(7.4 5.9) scale(.8)" }),
  );
  return html("span", { class: `pin pin--${stance}` }, drawing);
}

/**
 * How wide and in which class a thing is drawn. Colours live in the style sheet, by class.
 */

/** Five steps of support, from strong opposition to strong support. */
export const STEPS = [-2, -1, 0, 1, 2];

/** Below this number of votes a result is drawn dashed and thin. */
export const FEW = 10;

/**
 * @param {number} zoom
 * @returns {number} width of a street in pixels
 */
export const roadWidth = (zoom) => Math.min(26, Math.max(1.6, 3.4 * 1.42 ** (zoom - 13)));

/**
 * @param {number} zoom
 * @returns {number} width of a segment in pixels
 */
export const segmentWidth = (zoom) => Math.min(18, Math.max(3, 3.6 * 1.36 ** (zoom - 13)));

/**
 * @param {number} zoom
 * @returns {number} width of the sign of a measure at one place, pixels: a dot when far
 */
export const spotSize = (zoom) => Math.round(Math.min(28, Math.max(14, 14 + 9 * (zoom - 13.6))));

/**
 * @param {number} mean of votes, −2 … 2
 * @returns {number} the nearest of STEPS
 */
export function step(mean) {
  const reach = Math.abs(mean);
  const size = reach < 0.4 ? 0 : reach < 1.2 ? 1 : 2;
  return size === 0 ? 0 : Math.sign(mean) * size;
}

/**
 * @param {number} votes
 * @param {number} most the largest number of votes on the sheet
 * @returns {number} factor on the width: 0.6 without votes, 1.5 with the most
 */
export function share(votes, most) {
  if (!votes || most <= 0) return 0.6;
  return 0.7 + 0.8 * (Math.log1p(votes) / Math.log1p(most));
}

/** @type {Record<string, number>} factor on the width by what the voices come to; the fewer say, the thinner */
const ACCORD = { agreed_for: 1.2, agreed_against: 1.2, contested: 1.5, mixed: 1, neutral: 0.8, few: 0.5 };

/**
 * @param {{n: number|null, accord: string|null}} properties
 * @param {import("./sheet.js").Mode} mode
 * @param {number} most the largest number of votes on the sheet
 * @returns {number} factor on the width of a segment in a view of results
 */
export function weight({ n, accord }, mode, most) {
  return mode === "agreement" ? (ACCORD[accord ?? ""] ?? 0.5) : share(n ?? 0, most);
}

/**
 * @param {{contested: boolean|null, accord: string|null}} properties
 * @param {import("./sheet.js").Mode} mode
 * @returns {boolean} whether it is hatched
 */
export const hatched = ({ contested, accord }, mode) => (mode === "agreement" ? accord === "contested" : mode === "results" && Boolean(contested));

/**
 * @typedef {{n: number|null, mean: number|null, contested: boolean|null, accord: string|null, kind: string, status: string, group?: boolean}} Drawn
 * @param {Drawn} properties
 * @param {import("./sheet.js").Mode} mode
 * @returns {string} class names
 */
export function segmentClass({ n, mean, contested, accord, kind, status, group }, mode) {
  if (mode === "agreement") return accord ? `segment segment--accord-${accord}` : "segment segment--silent";
  if (mode === "measures") return `segment segment--${kind} segment--${status}`;
  if (n === null || mean === null || n === 0) return "segment segment--silent";
  if (contested) return "segment segment--contested";
  return `segment segment--support${step(mean)}${n < FEW && !group ? " segment--few" : ""}`;
}

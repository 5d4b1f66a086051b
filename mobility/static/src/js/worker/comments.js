/**
 * Comments on the map without a connection: cut for each request out of what was kept of the whole plan. Knows no
 * browser.
 */

/**
 * @typedef {import("../map/store.js").Feature} Feature
 * @typedef {import("../map/store.js").Collection} Collection
 */

const ASKED = /^(.*\/plans\/[^/]+)\/features\/(comments|cells)\.json$/;
/** Zoom of the squares that are kept. */
const FINEST = 17;
const COUNTS = ["n", "for", "against", "idea", "question"];
/** Filters that single comments can answer by themselves. */
const KNOWN = { comments: ["stance", "topic"], cells: /** @type {string[]} */ ([]) };
const OF_EVERY_REQUEST = new Set(["bbox", "z", "lang"]);

/**
 * What a request wants of the comments of a plan.
 *
 * @param {URL} url
 * @returns {{list: "comments"|"cells", filters: [string, string][]}|undefined} nothing for what copies cannot answer
 */
export function wanted(url) {
  const list = /** @type {"comments"|"cells"|undefined} */ (ASKED.exec(url.pathname)?.[2]);
  if (!list || !url.searchParams.has("bbox")) return undefined;
  const filters = [...url.searchParams].filter(([name]) => !OF_EVERY_REQUEST.has(name));
  return filters.every(([name]) => KNOWN[list].includes(name)) ? { list, filters } : undefined;
}

/**
 * The part of the kept comments that a request asks for.
 *
 * @param {Collection} kept
 * @param {URL} url
 * @returns {Collection|undefined}
 */
export function answer(kept, url) {
  const asked = wanted(url);
  if (!asked) return undefined;
  const box = (url.searchParams.get("bbox") ?? "").split(",").map(Number);
  if (asked.list === "cells") return { type: kept.type, features: squares(kept, box, Number(url.searchParams.get("z") ?? FINEST)) };
  const fits = (/** @type {Feature} */ { properties }) => asked.filters.every(([name, value]) => properties[name] === value);
  return { type: kept.type, features: kept.features.filter((each) => within(point(each), box) && fits(each)) };
}

/** @param {Feature} feature @returns {number[]} */
const point = ({ geometry }) => /** @type {GeoJSON.Point} */ (geometry).coordinates;

/** @param {number[]} at @param {number[]} box */
const within = ([lon, lat], [west, south, east, north]) => lon >= west && lon <= east && lat >= south && lat <= north;

/**
 * The kept squares put together to those of another zoom; one that touches the box counts whole.
 *
 * @param {Collection} kept
 * @param {number[]} box
 * @param {number} zoom
 * @returns {Feature[]}
 */
function squares({ features }, box, zoom) {
  /** @type {Map<string, {counts: Record<string, number>, lon: number, lat: number}>} */
  const found = new Map();
  for (const { id, properties } of features) {
    const [level, x, y] = String(id).split("/").map(Number);
    const shift = Math.max(0, level - zoom);
    const name = [level - shift, x >> shift, y >> shift].join("/");
    const one = found.get(name) ?? { counts: Object.fromEntries(COUNTS.map((each) => [each, 0])), lon: 0, lat: 0 };
    for (const each of COUNTS) one.counts[each] += properties[each] ?? 0;
    const [lon, lat] = properties.at ?? middle(level, x, y);
    one.lon += lon * properties.n;
    one.lat += lat * properties.n;
    found.set(name, one);
  }
  return [...found]
    .filter(([name]) => touches(name, box))
    .map(([id, { counts, lon, lat }]) => ({
      type: "Feature",
      id,
      geometry: { type: "Point", coordinates: [lon / counts.n, lat / counts.n] },
      properties: counts,
    }));
}

/** @param {number} zoom @param {number} x @param {number} y @returns {[number, number]} of its north-western corner */
function corner(zoom, x, y) {
  const count = 2 ** zoom;
  return [(x / count) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / count))) * 180) / Math.PI];
}

/** @param {number} zoom @param {number} x @param {number} y */
const middle = (zoom, x, y) => corner(zoom, x + 0.5, y + 0.5);

/** @param {string} name @param {number[]} box */
function touches(name, [west, south, east, north]) {
  const [zoom, x, y] = name.split("/").map(Number);
  const [left, top] = corner(zoom, x, y);
  const [right, bottom] = corner(zoom, x + 1, y + 1);
  return left < east && right > west && bottom < north && top > south;
}

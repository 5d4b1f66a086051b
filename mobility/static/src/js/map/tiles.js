/**
 * Features of the present view, fetched square by square, kept, and dropped when the view has moved on.
 */
import { fetchCollection } from "./store.js";

/**
 * @typedef {import("./store.js").Collection} Collection
 * @typedef {import("./store.js").Feature} Feature
 */

const KEPT = 160;

export class Squares {
  constructor() {
    /** @type {Map<string, Collection>} */
    this.kept = new Map();
    /** @type {AbortController|undefined} */
    this.running = undefined;
  }

  clear() {
    this.running?.abort();
    this.kept.clear();
  }

  /**
   * @param {L.LatLngBounds} bounds
   * @param {number} level of the squares (slippy-map zoom)
   * @param {(bbox: string) => string} url
   * @returns {Promise<{features: Feature[], more: boolean}|null>} null when a later call overtook this one
   */
  async load(bounds, level, url) {
    this.running?.abort();
    const control = new AbortController();
    this.running = control;
    const squares = squaresIn(bounds, level);
    try {
      const collections = await Promise.all(squares.map((box) => this.one(url(box), control.signal)));
      if (control.signal.aborted) return null;
      return {
        features: collections.flatMap(({ features }) => features),
        more: collections.some(({ more }) => more === true),
      };
    } catch (error) {
      if (control.signal.aborted) return null;
      throw error;
    }
  }

  /** @param {string} url @param {AbortSignal} signal */
  async one(url, signal) {
    const known = this.kept.get(url);
    if (known) return known;
    const collection = await fetchCollection(url, signal);
    this.kept.set(url, collection);
    if (this.kept.size > KEPT) this.kept.delete(/** @type {string} */ (this.kept.keys().next().value));
    return collection;
  }
}

/**
 * @param {L.LatLngBounds} bounds
 * @param {number} level
 * @returns {string[]} "west,south,east,north" of each square that touches the bounds
 */
export function squaresIn(bounds, level) {
  const count = 2 ** level;
  const column = (/** @type {number} */ lon) => Math.floor(((lon + 180) / 360) * count);
  const row = (/** @type {number} */ lat) => {
    const angle = (lat * Math.PI) / 180;
    return Math.floor(((1 - Math.log(Math.tan(angle) + 1 / Math.cos(angle)) / Math.PI) / 2) * count);
  };
  const west = (/** @type {number} */ x) => ((x / count) * 360 - 180).toFixed(6);
  const north = (/** @type {number} */ y) =>
    ((Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / count))) * 180) / Math.PI).toFixed(6);
  const boxes = [];
  for (let x = column(bounds.getWest()); x <= column(bounds.getEast()); x += 1) {
    for (let y = row(bounds.getNorth()); y <= row(bounds.getSouth()); y += 1) {
      boxes.push([west(x), north(y + 1), west(x + 1), north(y)].join(","));
    }
  }
  return boxes;
}

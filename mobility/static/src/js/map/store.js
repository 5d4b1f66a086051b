/**
 * Feature collections by address: each is fetched once, however many layers show it.
 */

/**
 * @typedef {GeoJSON.Feature<GeoJSON.Geometry, Record<string, any>>} Feature
 * @typedef {{type: string, features: Feature[], more?: boolean}} Collection
 */

/** @type {Map<string, Promise<Collection>>} */
const kept = new Map();

/**
 * @param {string} url
 * @param {AbortSignal} [signal]
 * @returns {Promise<Collection>}
 * @throws when the answer is not 200
 */
export async function fetchCollection(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
  return answer.json();
}

/**
 * @param {string} url
 * @returns {Promise<Collection>}
 */
export function once(url) {
  let promise = kept.get(url);
  if (!promise) {
    promise = fetchCollection(url);
    promise.catch(() => kept.delete(url));
    kept.set(url, promise);
  }
  return promise;
}

/** @param {string} url forgets it, so that the next `once` asks again */
export const forget = (url) => kept.delete(url);

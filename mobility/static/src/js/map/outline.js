/**
 * The line or area that the shown comment is about: drawn on the map while its card is open.
 */
import { L } from "./leaflet.js";
import { reveal } from "./sheet.js";

/** @type {WeakMap<L.Map, {layer?: L.GeoJSON, asked?: AbortController}>} */
const drawn = new WeakMap();

/**
 * @param {L.Map} map
 * @param {{outline?: string|null, drawing?: string|null}} shown an address of GeoJSON, or a geometry as text
 */
export async function showOutline(map, { outline, drawing }) {
  const kept = drawn.get(map) ?? {};
  drawn.set(map, kept);
  kept.asked?.abort();
  kept.layer?.remove();
  kept.layer = undefined;
  try {
    const shape = drawing ? JSON.parse(drawing) : outline ? await ask(outline, (kept.asked = new AbortController())) : null;
    if (!shape) return;
    kept.layer = drawShape(shape).addTo(map);
    reveal(map, kept.layer.getBounds());
  } catch {
    // the card says in words where it is
  }
}

/** @param {string} url @param {AbortController} asked */
async function ask(url, asked) {
  const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "application/geo+json, application/json" } });
  return answer.ok ? answer.json() : null;
}

/**
 * @param {GeoJSON.GeoJsonObject} shape
 * @returns {L.GeoJSON} in the colours of what people draw
 */
export const drawShape = (shape) => L.geoJSON(shape, { style: { className: "map-sketch" }, interactive: false, pane: "chosen" });

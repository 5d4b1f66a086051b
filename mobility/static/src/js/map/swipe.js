/**
 * Two versions of a measure over the same ground, and a handle between them: left of it the earlier one, right of it
 * the later one. The handle is a range input, so it obeys mouse, finger and arrow keys.
 *
 * The page holds `[data-swipe]` with the addresses of both as `data-before` and `data-after`.
 */
import { L } from "./leaflet.js";
import { air } from "./sheet.js";
import { fetchCollection } from "./store.js";

const SIDES = /** @type {const} */ (["before", "after"]);

/** @param {L.Map} map */
export async function compareVersions(map) {
  const place = /** @type {HTMLElement|null} */ (document.querySelector("[data-swipe]"));
  const handle = /** @type {HTMLInputElement|null|undefined} */ (place?.querySelector("[data-swipe-handle]"));
  if (!place || !handle) return;
  const panes = SIDES.map((side) => {
    const pane = map.createPane(`swipe-${side}`);
    pane.style.zIndex = "430";
    pane.classList.add("swipe-pane", `swipe-pane--${side}`);
    return pane;
  });
  const cut = () => clip(map, panes, handle, place);
  handle.addEventListener("input", cut);
  map.on("move zoomend resize viewreset", cut);
  cut();
  const collections = await Promise.all(SIDES.map((side) => fetchCollection(place.dataset[side] ?? "").catch(() => null)));
  const all = L.latLngBounds([]);
  collections.forEach((collection, index) => {
    if (!collection) return;
    const layer = drawVersion(collection, SIDES[index]).addTo(map);
    const bounds = layer.getBounds();
    if (bounds.isValid()) all.extend(bounds);
  });
  if (all.isValid()) map.fitBounds(all, { ...air(map, 48), maxZoom: 17, animate: false });
  cut();
}

/**
 * @param {import("./store.js").Collection} collection
 * @param {string} side
 * @returns {L.GeoJSON}
 */
function drawVersion(collection, side) {
  const pane = `swipe-${side}`;
  const options = { pane, renderer: L.svg({ pane, padding: 0.5 }), interactive: false };
  return L.geoJSON(/** @type {any} */ (collection), /** @type {any} */ ({
    ...options,
    style: (/** @type {any} */ feature) => ({ ...options, className: `swipe-shape swipe-shape--${side}${feature?.properties.line ? "" : " is-area"}` }),
    pointToLayer: (/** @type {any} */ _feature, /** @type {L.LatLng} */ at) => L.circleMarker(at, { ...options, radius: 9, className: `swipe-shape swipe-shape--${side} is-area` }),
  }));
}

/**
 * Shows each pane on its side of the handle only. Panes move with the map, so their windows are told in its pixels.
 *
 * @param {L.Map} map
 * @param {HTMLElement[]} panes
 * @param {HTMLInputElement} handle
 * @param {HTMLElement} place
 */
function clip(map, panes, handle, place) {
  const size = map.getSize();
  const share = Number(handle.value) / 100;
  const corner = map.containerPointToLayerPoint([0, 0]);
  const end = map.containerPointToLayerPoint(size);
  const at = corner.x + size.x * share;
  panes[0].style.clip = `rect(${corner.y}px, ${at}px, ${end.y}px, ${corner.x}px)`;
  panes[1].style.clip = `rect(${corner.y}px, ${end.x}px, ${end.y}px, ${at}px)`;
  place.style.setProperty("--swipe", `${handle.value}%`);
}

/**
 * The map itself: its view, its drawing order, what is chosen and in which mode it is drawn.
 */
import { L } from "./leaflet.js";
import { calm } from "./dom.js";
import { Labels } from "./labels.js";
import { makePanes } from "./panes.js";
import { roadWidth, spotSize } from "./styles.js";

/**
 * @typedef {"measures"|"results"|"agreement"} Mode what the segments are coloured by
 *
 * @typedef {object} SheetOptions
 * @property {[number, number, number, number]} view west, south, east, north
 * @property {string} plan        address of the plan's page
 * @property {Mode} mode
 * @property {number} [minZoom]
 * @property {number} [maxZoom]
 * @property {Record<string, string>} texts
 *
 * @typedef {object} State
 * @property {SheetOptions} options
 * @property {Labels} labels
 * @property {Mode} mode
 * @property {string|null} chosen   code of the chosen segment
 * @property {boolean} picking      a place is being chosen: other things do not react to clicks
 */

/** @type {WeakMap<L.Map, State>} */
const states = new WeakMap();

/**
 * @param {L.Map} map
 * @returns {State}
 */
export const stateOf = (map) => /** @type {State} */ (states.get(map));

/**
 * @param {string} id of the element to draw in
 * @param {SheetOptions} options
 * @returns {L.Map}
 */
export function sheet(id, options) {
  const container = /** @type {HTMLElement} */ (document.getElementById(id));
  container.replaceChildren();
  container.classList.add("map", "is-ready");
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", options.texts.map ?? "");
  const moving = !calm();
  const map = L.map(container, {
    zoomControl: false,
    attributionControl: false,
    minZoom: options.minZoom ?? 11,
    maxZoom: options.maxZoom ?? 19,
    zoomSnap: 0.25,
    zoomDelta: 1,
    wheelPxPerZoomLevel: 90,
    zoomAnimation: moving,
    fadeAnimation: moving,
    markerZoomAnimation: moving,
    inertia: moving,
    keyboardPanDelta: 60,
  });
  makePanes(map);
  frame(map, options.view, false);
  states.set(map, { options, labels: new Labels(map, covered), mode: options.mode, chosen: null, picking: false });
  map.on("zoomend", () => scale(map));
  scale(map);
  document.fonts?.ready.then(() => map.invalidateSize());
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(container);
  return map;
}

/** @param {L.Map} map tells the style sheet how wide streets are */
function scale(map) {
  const container = map.getContainer();
  container.style.setProperty("--map-road", `${roadWidth(map.getZoom()).toFixed(2)}px`);
  container.style.setProperty("--map-spot", `${spotSize(map.getZoom())}px`);
  container.classList.toggle("is-far", spotSize(map.getZoom()) < 20);
  container.dataset.zoom = String(Math.floor(map.getZoom()));
}

/**
 * @param {L.Map} map
 * @param {Mode} mode
 */
export function setMode(map, mode) {
  const state = stateOf(map);
  if (state.mode === mode) return;
  state.mode = mode;
  map.fire("sheet:mode", { mode });
}

/**
 * @param {L.Map} map
 * @param {string|null} code
 */
export function choose(map, code) {
  stateOf(map).chosen = code;
  map.fire("sheet:chosen", { code });
}

/**
 * How much of the map lies under other things (`data-map-cover`), in pixels from each edge.
 * @param {L.Map} map
 */
export function covered(map) {
  const area = map.getContainer().getBoundingClientRect();
  const edges = { top: 0, right: 0, bottom: 0, left: 0 };
  for (const element of document.querySelectorAll("[data-map-cover]")) {
    const box = element.getBoundingClientRect();
    const wide = Math.min(box.right, area.right) - Math.max(box.left, area.left);
    const high = Math.min(box.bottom, area.bottom) - Math.max(box.top, area.top);
    if (wide <= 0 || high <= 0) continue;
    if (wide > area.width * 0.8) {
      if (box.top > area.top + area.height * 0.15) edges.bottom = Math.max(edges.bottom, area.bottom - box.top);
      else edges.top = Math.max(edges.top, box.bottom - area.top);
    } else if (high > area.height * 0.8) {
      if (box.left <= area.left) edges.left = Math.max(edges.left, box.right - area.left);
      else edges.right = Math.max(edges.right, area.right - box.left);
    }
  }
  edges.bottom = Math.min(edges.bottom, area.height * 0.75);
  return edges;
}

/**
 * @param {L.Map} map
 * @param {number} [margin] pixels of air round the content
 * @returns {L.FitBoundsOptions}
 */
export function air(map, margin = 16) {
  const { top, right, bottom, left } = covered(map);
  return { paddingTopLeft: [left + margin, top + margin], paddingBottomRight: [right + margin, bottom + margin] };
}

/**
 * @param {L.Map} map
 * @param {[number, number, number, number]} box west, south, east, north
 * @param {boolean} [animate]
 */
export function frame(map, [west, south, east, north], animate = true) {
  const bounds = L.latLngBounds([south, west], [north, east]);
  map.fitBounds(bounds, { ...air(map, 8), animate: animate && !calm() });
}

/**
 * Brings something into the free part of the map; does nothing when it is there already.
 * @param {L.Map} map
 * @param {L.LatLngBounds} bounds
 * @param {number} [closest] largest zoom to go to
 * @param {number} [wide] pixels from corner to corner below which it counts as too small to be seen
 */
export function reveal(map, bounds, closest = 17, wide = 0) {
  const { top, right, bottom, left } = covered(map);
  const size = map.getSize();
  const free = L.bounds([left + 24, top + 64], [size.x - right - 72, size.y - bottom - 24]);
  const corners = [bounds.getSouthWest(), bounds.getNorthEast()].map((place) => map.latLngToContainerPoint(place));
  const small = corners[0].distanceTo(corners[1]) < wide && map.getZoom() < closest;
  if (!small && corners.every((corner) => free.contains(corner)) && map.getZoom() >= closest - 2.5) return;
  const zoom = small ? closest : Math.max(Math.min(map.getZoom(), closest), closest - 1.5);
  map.fitBounds(bounds, { ...air(map, 72), maxZoom: zoom, animate: !calm() });
}

/** @param {L.Map} map @returns {L.Point} the middle of the free part, container pixels */
export function freeCentre(map) {
  const { top, right, bottom, left } = covered(map);
  const size = map.getSize();
  return L.point((left + size.x - right) / 2, (top + size.y - bottom) / 2);
}

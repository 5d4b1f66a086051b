/**
 * The drawing order of the sheet and the patterns its surfaces are filled with.
 */
import { L } from "./leaflet.js";
import { svg } from "./dom.js";

/** @type {[string, number][]} pane and its z-index, from the ground up */
const PANES = [
  ["ground", 200],
  ["street", 220],
  ["heritage", 300],
  ["area", 340],
  ["segment", 400],
  ["direction", 410],
  ["chosen", 420],
  ["label", 450],
  ["spot", 520],
  ["hexagon", 350],
  ["comment", 600],
];

/** @param {L.Map} map */
export function makePanes(map) {
  for (const [name, order] of PANES) {
    const pane = map.createPane(name);
    pane.style.zIndex = String(order);
    if (name === "label" || name === "direction" || name === "chosen") pane.style.pointerEvents = "none";
  }
}

/** @type {WeakMap<L.Map, Map<string, L.SVG>>} */
const renderers = new WeakMap();

/**
 * @param {L.Map} map
 * @param {string} pane
 * @returns {L.SVG} the one renderer of that pane, with the patterns already in it
 */
export function rendererOf(map, pane) {
  const byPane = renderers.get(map) ?? new Map();
  renderers.set(map, byPane);
  let renderer = byPane.get(pane);
  if (!renderer) {
    renderer = L.svg({ pane, padding: 0.4 });
    renderer.addTo(map);
    const container = /** @type {any} */ (renderer)._container;
    container.setAttribute("class", `${container.getAttribute("class") ?? ""} map-drawing map-drawing--${pane}`);
    container.prepend(svg("defs", {}, ...patterns(pane)));
    byPane.set(pane, renderer);
  }
  return renderer;
}

/**
 * @param {string} pane
 * @returns {SVGElement[]}
 */
function patterns(pane) {
  if (pane === "ground") return [wave()];
  if (pane === "heritage") return [dots()];
  if (pane === "segment" || pane === "area" || pane === "chosen") return [hatch()];
  return [];
}

const pattern = (/** @type {string} */ id, /** @type {number} */ width, /** @type {number} */ height, turn = 0) =>
  svg("pattern", {
    id,
    width,
    height,
    patternUnits: "userSpaceOnUse",
    patternTransform: turn ? `rotate(${turn})` : undefined,
  });

function wave() {
  const tile = pattern("map-wave", 44, 22);
  tile.append(
    svg("rect", { width: 44, height: 22, class: "map-wave__water" }),
    svg("path", { d: "M0 7c5.5-4 11-4 16.5 0s11 4 16.5 0 8-4 11-2.6", class: "map-wave__line" }),
    svg("path", { d: "M-9 18c5.5-4 11-4 16.5 0s11 4 16.5 0 11-4 16.5 0 6 3.4 8 3", class: "map-wave__line" }),
  );
  return tile;
}

function dots() {
  const tile = pattern("map-dots", 11, 11);
  tile.append(
    svg("rect", { width: 11, height: 11, class: "map-dots__ground" }),
    svg("circle", { cx: 2.5, cy: 2.5, r: 0.9, class: "map-dots__dot" }),
    svg("circle", { cx: 8, cy: 8, r: 0.9, class: "map-dots__dot" }),
  );
  return tile;
}

function hatch() {
  const tile = pattern("map-contested", 11, 11, 30);
  tile.append(
    svg("rect", { width: 11, height: 11, class: "map-contested__against" }),
    svg("rect", { width: 5.5, height: 11, class: "map-contested__for" }),
  );
  return tile;
}

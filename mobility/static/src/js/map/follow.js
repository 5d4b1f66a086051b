/**
 * The map follows the column beside it: `panel:changed` on the document says what is shown there now.
 */
import { L } from "./leaflet.js";
import { centreOn } from "./controls.js";
import { showOutline } from "./outline.js";
import { choose, reveal, setMode } from "./sheet.js";

/**
 * @typedef {object} Shown what the column shows; every part may be missing
 * @property {string|null} [segment] code
 * @property {string|null} [measure] code: all its segments are brought into view
 * @property {string|number|null} [comment] id
 * @property {number|string|null} [lon]
 * @property {number|string|null} [lat]
 * @property {string|null} [outline] address of the line or area that the comment is about
 * @property {string|null} [drawing] a line or area that is not sent yet, as GeoJSON
 * @property {string|null} [tab]     measures, comments, results or heritage
 * @property {string} [view]         support or agreement, on the results
 * @property {string} [query]        the filters of the list
 * @property {boolean} [fresh]       comments or votes changed: ask the server again
 */

/**
 * @param {L.Map} map
 * @param {object} parts
 * @param {import("./segments.js").SegmentsLayer[]} parts.segments
 * @param {import("./comments.js").CommentsLayer} [parts.comments]
 * @param {import("./pick.js").PickPin} [parts.pick]
 */
export function follow(map, { segments, comments, pick }) {
  const show = (/** @type {Shown} */ shown) => {
    if (shown.tab) setMode(map, modeOf(shown));
    pick?.refresh();
    comments?.filter(shown.query ?? location.search);
    comments?.choose(shown.comment ? String(shown.comment) : null);
    if (shown.fresh) comments?.renew();
    showOutline(map, shown);
    choose(map, shown.segment ?? null);
    const [lon, lat] = [Number(shown.lon ?? NaN), Number(shown.lat ?? NaN)];
    if (shown.comment && Number.isFinite(lon) && Number.isFinite(lat)) {
      centreOn(map, L.latLng(lat, lon), Math.max(map.getZoom(), 17));
    } else if (shown.segment) goTo(map, segments, ({ code }) => code === shown.segment);
    else if (shown.measure) goTo(map, segments, ({ measure }) => measure === shown.measure);
  };
  document.addEventListener("panel:changed", (event) => show(/** @type {CustomEvent<Shown>} */ (event).detail ?? {}));
  const first = /** @type {HTMLElement|null} */ (document.querySelector("[data-map-shown]"))?.dataset.mapShown;
  if (first) show(JSON.parse(first));
  else pick?.refresh();
}

/** A chosen stretch shorter than this, in pixels, would vanish under a count. */
const SEEN = 90;

/** @param {Shown} shown @returns {import("./sheet.js").Mode} */
function modeOf({ tab, view }) {
  if (tab !== "results") return "measures";
  return view === "agreement" ? "agreement" : "results";
}

/**
 * @param {L.Map} map
 * @param {import("./segments.js").SegmentsLayer[]} layers
 * @param {(segment: {code: string, measure: string}) => boolean} wanted
 */
async function goTo(map, layers, wanted) {
  await Promise.all(layers.map((layer) => layer.ready));
  const bounds = L.latLngBounds([]);
  for (const layer of layers) {
    for (const [code, { feature }] of layer.byCode) {
      const found = wanted({ code, measure: feature.properties.measure }) && layer.boundsOf(code);
      if (found) bounds.extend(found);
    }
  }
  if (bounds.isValid()) reveal(map, bounds, 17, SEEN);
}


/**
 * What an import would change, over the base map: the lines of its preview, or the layer of the file under the
 * coordinate system that is chosen on the page. The page names the address in `data-import-map`; inputs with
 * `data-sketch` name others.
 */
import { L } from "./leaflet.js";
import { html } from "./dom.js";
import { frame } from "./sheet.js";
import { rendererOf } from "./panes.js";
import { fetchCollection } from "./store.js";

/** @typedef {import("./store.js").Feature} Feature */

export class ImportLayer extends L.LayerGroup {
  /** @param {{view: [number, number, number, number]}} options */
  constructor(options) {
    super();
    this.view = options.view;
    /** @type {AbortController|undefined} */
    this.asking = undefined;
  }

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    const place = /** @type {HTMLElement|null} */ (document.querySelector("[data-import-map]"));
    if (place?.dataset.importMap) this.load(map, place.dataset.importMap);
    document.addEventListener("change", (event) => {
      const { sketch } = /** @type {HTMLElement} */ (event.target).dataset;
      if (sketch) this.load(map, sketch);
    });
    return this;
  }

  /** @param {L.Map} map @param {string} url */
  async load(map, url) {
    this.asking?.abort();
    this.asking = new AbortController();
    const container = map.getContainer();
    container.setAttribute("aria-busy", "true");
    try {
      const { features } = await fetchCollection(url, this.asking.signal);
      this.show(map, features);
      container.removeAttribute("aria-busy");
    } catch (error) {
      if (/** @type {Error} */ (error).name === "AbortError") return;
      this.clearLayers();
      container.removeAttribute("aria-busy");
    }
  }

  /** @param {L.Map} map @param {Feature[]} features */
  show(map, features) {
    this.clearLayers();
    const drawn = L.geoJSON(/** @type {any} */ (features), /** @type {any} */ ({
      pane: "segment",
      renderer: rendererOf(map, "segment"),
      style: (/** @type {Feature} */ feature) => ({ className: classOf(feature), weight: 4 }),
      pointToLayer: (/** @type {Feature} */ feature, /** @type {L.LatLng} */ at) =>
        L.circleMarker(at, { radius: 7, className: classOf(feature), pane: "segment", renderer: rendererOf(map, "segment") }),
      onEachFeature: (/** @type {Feature} */ feature, /** @type {L.Layer} */ layer) => {
        const { label, flags = [] } = feature.properties;
        const words = [label, ...flags].filter(Boolean).map((/** @type {string} */ text) => html("span", { text }));
        if (words.length) layer.bindTooltip(() => html("span", { class: "imported-tip" }, ...words), { className: "map-tip", sticky: true, direction: "top" });
        layer.on("click", () => goTo(feature.id));
      },
    }));
    this.addLayer(this.flagged(map, features));
    this.addLayer(drawn);
    const box = drawn.getBounds();
    if (!box.isValid()) return;
    const [west, south, east, north] = this.view;
    const home = L.latLngBounds([south, west], [north, east]);
    if (!home.intersects(box)) box.extend(home);
    frame(map, [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()], false);
  }

  /**
   * A wide band below every line that shares its street with another measure.
   * @param {L.Map} map @param {Feature[]} features
   */
  flagged(map, features) {
    const look = { pane: "segment", renderer: rendererOf(map, "segment"), className: "imported-flag", interactive: false };
    return L.geoJSON(/** @type {any} */ (features.filter(isFlagged)), /** @type {any} */ ({
      ...look,
      style: () => look,
      pointToLayer: (/** @type {Feature} */ _feature, /** @type {L.LatLng} */ at) => L.circleMarker(at, { ...look, radius: 12 }),
    }));
  }
}

/** @param {Feature} feature @returns {boolean} whether another measure lies on the same street */
const isFlagged = ({ properties }) => Boolean(properties.flags?.length);

/** @param {Feature} feature */
const classOf = ({ properties, geometry }) => `imported imported--${properties.change}${geometry.type.endsWith("Polygon") ? " imported--area" : ""}`;

/** @param {string|number|undefined} id shows the line of the table that this is, when the page has it */
function goTo(id) {
  const row = document.getElementById(`line-${id}`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  /** @type {HTMLElement|null} */ (row.querySelector("input"))?.focus({ preventScroll: true });
}

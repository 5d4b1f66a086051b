/**
 * Where comments are many: hexagons shaded by their number, for the desk of the planner. The page holds the same
 * numbers as a table.
 */
import { L } from "./leaflet.js";
import { inWords, short } from "./bubbles.js";
import { html, later } from "./dom.js";
import { rendererOf } from "./panes.js";
import { stateOf } from "./sheet.js";
import { Squares } from "./tiles.js";

/** @typedef {{cells: string, texts: Record<string, string>}} CellsOptions */

export class CellsLayer extends L.LayerGroup {
  /** @param {CellsOptions} options */
  constructor(options) {
    super();
    this.wish = options;
    this.squares = new Squares();
    this.query = new URLSearchParams(location.search);
    this.refresh = later(() => this.load(), 140);
  }

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    this.map = map;
    map.on("moveend", this.refresh);
    this.load();
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    map.off("moveend", this.refresh);
    this.squares.clear();
    stateOf(map).labels.avoid("cells", []);
    return super.onRemove(map);
  }

  /** @param {string} query */
  filter(query) {
    this.query = new URLSearchParams(query);
    this.squares.clear();
    if (this.map?.hasLayer(this)) this.load();
  }

  async load() {
    const map = /** @type {L.Map} */ (this.map);
    const cell = Math.max(13, Math.min(18, Math.round(map.getZoom()) + 2));
    const url = (/** @type {string} */ bbox) => {
      const query = new URLSearchParams([...this.query].filter(([, value]) => value !== ""));
      for (const [key, value] of [["bbox", bbox], ["z", String(cell)], ["shape", "hex"]]) query.set(key, value);
      return `${this.wish.cells}?${query}`;
    };
    const found = await this.squares.load(map.getBounds(), cell - 4, url).catch(() => null);
    if (!found || !map.hasLayer(this)) return;
    this.show(map, found.features);
  }

  /** @param {L.Map} map @param {import("./store.js").Feature[]} features */
  show(map, features) {
    this.clearLayers();
    /** @type {import("./labels.js").Obstacle[]} */
    const numbers = [];
    const seen = new Map(features.map((feature) => [feature.id, feature]));
    const most = Math.max(1, ...[...seen.values()].map(({ properties }) => properties.n));
    for (const { geometry, properties } of seen.values()) {
      const grade = Math.min(5, 1 + Math.floor((4.999 * Math.log1p(properties.n)) / Math.log1p(most)));
      const ring = L.GeoJSON.coordsToLatLngs(/** @type {GeoJSON.Polygon} */ (geometry).coordinates, 1);
      const hexagon = L.polygon(/** @type {any} */ (ring), {
        className: `hexagon hexagon--${grade}`,
        renderer: rendererOf(map, "hexagon"),
        pane: "hexagon",
        weight: 1,
      });
      const words = inWords(/** @type {any} */ (properties), this.wish.texts);
      hexagon.bindTooltip(() => html("span", { text: words }), { className: "map-tip", sticky: true, direction: "top" });
      this.addLayer(hexagon);
      const face = html("span", { text: short(properties.n) });
      const icon = L.divIcon({ html: face, className: `hexagon-count hexagon-count--${grade}`, iconSize: [40, 20] });
      const at = hexagon.getBounds().getCenter();
      numbers.push({ at, half: 14 });
      this.addLayer(L.marker(at, { icon, interactive: false, keyboard: false, pane: "comment" }));
    }
    stateOf(map).labels.avoid("cells", numbers);
  }
}

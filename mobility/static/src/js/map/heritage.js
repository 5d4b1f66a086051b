/**
 * The World Heritage component parts as signs with bold names, and their zones: property, buffer, setting, planning.
 */
import { L } from "./leaflet.js";
import { rendererOf } from "./panes.js";
import { stateOf } from "./sheet.js";
import { once } from "./store.js";

/** @typedef {import("./store.js").Feature} Feature */

/** @type {Record<string, object>} drawn from the widest to the narrowest */
const ZONES = {
  planning: { className: "heritage heritage--planning", fill: false },
  setting: { className: "heritage heritage--setting", fill: false },
  buffer: { className: "heritage heritage--buffer", fillColor: "url(#map-dots)", fillOpacity: 1 },
  property: { className: "heritage heritage--property" },
};

export class HeritageLayer extends L.LayerGroup {
  /** @param {{url: string}} options */
  constructor(options) {
    super();
    this.url = options.url;
  }

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    once(this.url).then(({ features }) => {
      if (!map.hasLayer(this)) return;
      if (this.getLayers().length === 0) this.draw(map, features);
      const places = features.filter(({ properties }) => properties.layer === "place");
      stateOf(map).labels.set("heritage", places.map(label));
    });
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    stateOf(map).labels.set("heritage", []);
    return super.onRemove(map);
  }

  /** @param {L.Map} map @param {Feature[]} features */
  draw(map, features) {
    for (const [kind, style] of Object.entries(ZONES)) {
      const zones = features.filter(({ properties }) => properties.layer === "zone" && properties.kind === kind);
      const options = { style: { interactive: false, ...style }, interactive: false, renderer: rendererOf(map, "heritage"), pane: "heritage" };
      this.addLayer(L.geoJSON(/** @type {any} */ (zones), /** @type {any} */ (options)));
    }
  }
}

/**
 * @param {Feature} feature
 * @returns {import("./labels.js").Label}
 */
function label({ geometry, properties }) {
  const [lon, lat] = /** @type {GeoJSON.Point} */ (geometry).coordinates;
  return { text: properties.name, style: "place", rank: 0, at: L.latLng(lat, lon), sign: "arch", signFrom: 12, from: 13.75 };
}

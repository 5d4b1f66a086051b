/**
 * Points and areas of a desk page: cases in the inbox, areas of offices and the gaps between them. The page names the
 * address of the features and holds the same as a list or table.
 */
import { L } from "./leaflet.js";
import { html, later } from "./dom.js";
import { rendererOf } from "./panes.js";

/** @typedef {{state: string, label: string, url?: string}} Said */

export class ShapesLayer extends L.LayerGroup {
  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    const frame = /** @type {HTMLElement|null} */ (map.getContainer().closest("[data-shapes]"));
    this.box = /** @type {HTMLAnchorElement|null} */ (document.querySelector("[data-shapes-box]"));
    this.follow = later(() => this.offerBox(map), 200);
    map.on("moveend", this.follow);
    if (frame?.dataset.shapes) this.load(map, frame.dataset.shapes);
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    if (this.follow) map.off("moveend", this.follow);
    return super.onRemove(map);
  }

  /** @param {L.Map} map @param {string} url */
  async load(map, url) {
    const answer = await fetch(url, { headers: { Accept: "application/geo+json, application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    const place = /** @type {object} */ ({ pane: "area", renderer: rendererOf(map, "area") });
    const drawn = L.geoJSON(await answer.json(), {
      ...place,
      style: (feature) => ({ className: `shape shape--${feature?.properties.state}`, weight: 2 }),
      pointToLayer: (feature, position) =>
        L.circleMarker(position, {
          className: `case-spot case-spot--${feature.properties.state}`,
          radius: 8,
          renderer: rendererOf(map, "comment"),
          pane: "comment",
        }),
      onEachFeature: (feature, layer) => this.speak(/** @type {Said} */ (feature.properties), layer),
    });
    this.addLayer(drawn);
    const bounds = drawn.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [28, 28], maxZoom: 17, animate: false });
  }

  /** @param {Said} said @param {L.Layer} layer */
  speak({ label, url }, layer) {
    layer.bindTooltip(() => html("span", { text: label }), { className: "map-tip", sticky: true, direction: "top" });
    if (url) layer.on("click", () => location.assign(url));
  }

  /** Keeps the link "only this part of the map" on what the map shows. @param {L.Map} map */
  offerBox(map) {
    if (!this.box) return;
    const bounds = map.getBounds();
    const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    const address = new URL(this.box.href);
    address.searchParams.set("bbox", edges.map((edge) => edge.toFixed(6)).join(","));
    this.box.href = address.href;
  }
}

/**
 * Chevrons along segments that have one direction, drawn where there is room for them.
 */
import { L } from "./leaflet.js";
import { svg } from "./dom.js";
import { cut, lengthOf } from "./runs.js";

/** From this zoom on. */
const FROM = 14.75;
const EVERY = 64;

/** @typedef {import("./segments.js").Drawing} Drawing */

/** @type {any} */
const Chevrons = /** @type {any} */ (L.SVG).extend({
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    /** @type {any} */ (L.SVG.prototype)._update.call(this);
    this.redraw();
  },
});

export class Direction extends L.Layer {
  /**
   * @param {Drawing[]} drawings
   * @param {(drawing: Drawing) => number} offset pixels to the right
   */
  constructor(drawings, offset) {
    super();
    this.oneWay = drawings.filter(({ feature, target }) => feature.properties.direction !== "both" && target instanceof L.Polyline);
    this.offset = offset;
    this.renderer = new Chevrons({ pane: "direction", padding: 0.1 });
  }

  /** @param {L.Map} map */
  onAdd(map) {
    this.renderer.redraw = () => this.draw(map);
    this.renderer.addTo(map);
    return this;
  }

  onRemove() {
    this.renderer.remove();
    return this;
  }

  /** @param {L.Map} map */
  draw(map) {
    const made = map.getZoom() < FROM ? [] : this.oneWay.flatMap((drawing) => this.chevrons(map, drawing));
    this.renderer._rootGroup.replaceChildren(...made);
  }

  /** @param {L.Map} map @param {Drawing} drawing */
  chevrons(map, drawing) {
    const places = /** @type {any} */ (drawing.target).getLatLngs();
    const raw = places.flat().map((/** @type {L.LatLng} */ place) => map.latLngToLayerPoint(place));
    const moved = /** @type {any} */ (L).PolylineOffset.offsetPoints(raw, this.offset(drawing));
    const points = moved.map((/** @type {any} */ { x, y }) => L.point(x, y));
    if (drawing.feature.properties.direction === "backward") points.reverse();
    const length = lengthOf(points);
    const count = Math.floor(length / EVERY) || (length > 24 ? 1 : 0);
    return Array.from({ length: count }, (_, index) => {
      const at = (length * (index + 0.5)) / count;
      const [a, b] = ends(cut(points, at - 2, at + 2));
      const turn = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI;
      return svg("path", { d: "M-2.6-3.6 1.4 0-2.6 3.6", class: "map-chevron", transform: `translate(${a.x.toFixed(1)} ${a.y.toFixed(1)}) rotate(${turn.toFixed(0)})` });
    });
  }
}

/** @param {L.Point[]} points */
const ends = (points) => [points[0], points[points.length - 1]];

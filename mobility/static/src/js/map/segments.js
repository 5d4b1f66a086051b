/**
 * The segments of the measures: lines along streets, areas, and single places. One drawing for both modes: by kind of
 * measure, or by result. Every segment can be reached and opened with the keyboard.
 */
import { L } from "./leaflet.js";
import { html, icon, phrase } from "./dom.js";
import { Direction } from "./direction.js";
import { lanesOf } from "./lanes.js";
import { open } from "./panel-link.js";
import { rendererOf } from "./panes.js";
import { reveal, stateOf } from "./sheet.js";
import { once } from "./store.js";
import { hatched, roadWidth, segmentClass, segmentWidth, spotSize, weight } from "./styles.js";

/**
 * @typedef {import("./store.js").Feature} Feature
 * @typedef {object} Drawing
 * @property {Feature} feature
 * @property {L.Layer[]} layers
 * @property {L.Polyline|L.Polygon|L.Marker} target what is clicked
 * @property {number} lane
 */

/** @type {Record<string, string>} icon of a measure that is one place */
const SIGNS = { coach_bay: "bus", parking: "parking", crossing: "crossing", speed_limit: "speed", tram: "tram", cycle_lane: "cycle", limited_traffic_zone: "gate" };

export class SegmentsLayer extends L.LayerGroup {
  /** @param {{url: string, part: "lines"|"areas", texts: Record<string, string>}} options */
  constructor(options) {
    super();
    this.wish = options;
    /** @type {Map<string, Drawing>} */
    this.byCode = new Map();
    this.most = 0;
    /** @type {L.Layer[]} */
    this.ring = [];
    /** @type {Promise<void>} */
    this.ready = Promise.resolve();
  }

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    this.map = map;
    map.on("zoomend", this.restyle, this);
    map.on("sheet:mode", this.recolour, this);
    map.on("sheet:chosen", this.mark, this);
    this.ready = once(this.wish.url).then(({ features }) => {
      if (!map.hasLayer(this)) return;
      if (this.byCode.size === 0) this.draw(map, features);
      this.mark();
    });
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    map.off("zoomend", this.restyle, this);
    map.off("sheet:mode", this.recolour, this);
    map.off("sheet:chosen", this.mark, this);
    for (const layer of this.ring) layer.remove();
    return super.onRemove(map);
  }

  /** @param {L.Map} map @param {Feature[]} features */
  draw(map, features) {
    const area = (/** @type {Feature} */ { geometry }) => geometry.type.endsWith("Polygon");
    const mine = features.filter((feature) => area(feature) === (this.wish.part === "areas"));
    this.most = Math.max(0, ...features.map(({ properties }) => properties.n ?? 0));
    const lanes = lanesOf(mine.flatMap(asLine));
    for (const feature of mine) {
      const drawing = this.make(map, feature, lanes.get(String(feature.id)) ?? 0);
      this.byCode.set(String(feature.id), drawing);
      for (const layer of drawing.layers) this.addLayer(layer);
    }
    this.restyle();
    if (this.wish.part === "lines") this.addLayer(new Direction([...this.byCode.values()], (drawing) => this.offset(drawing)));
  }

  /** @param {L.Map} map @param {Feature} feature @param {number} lane @returns {Drawing} */
  make(map, feature, lane) {
    const type = feature.geometry.type;
    if (type === "Point") return this.makePlace(map, feature);
    const pane = this.wish.part === "areas" ? "area" : "segment";
    const shape = (/** @type {string} */ className, interactive = false, mode = stateOf(map).mode) => {
      const places = L.GeoJSON.coordsToLatLngs(/** @type {any} */ (feature.geometry).coordinates, depth(type));
      const options = { className: `${className} ${segmentClass(/** @type {any} */ (feature.properties), mode)}`, renderer: rendererOf(map, pane), pane, interactive, smoothFactor: 0.4 };
      return pane === "area" ? L.polygon(/** @type {any} */ (places), options) : L.polyline(/** @type {any} */ (places), options);
    };
    const limit = feature.properties.kind === "limited_traffic_zone" ? " is-limit" : "";
    const target = shape(`segment-hit${limit}`, true);
    const layers = pane === "area" ? [shape(`segment-area${limit}`), target] : [shape(`segment-casing${limit}`), shape("segment-line"), shape("segment-inner"), target];
    this.behave(map, feature, target);
    return { feature, layers, target, lane };
  }

  /** @param {L.Map} map @param {Feature} feature @returns {Drawing} */
  makePlace(map, feature) {
    const [lon, lat] = /** @type {GeoJSON.Point} */ (feature.geometry).coordinates;
    const face = html("span", { class: "map-spot__face" }, icon(SIGNS[feature.properties.kind] ?? "column", 20));
    const className = `map-spot ${segmentClass(/** @type {any} */ (feature.properties), stateOf(map).mode)}`;
    const target = L.marker([lat, lon], { icon: L.divIcon({ html: face, className, iconSize: [32, 32] }), pane: "spot", keyboard: true });
    this.behave(map, feature, target);
    return { feature, layers: [target], target, lane: 0 };
  }

  /** @param {L.Map} map @param {Feature} feature @param {L.Polyline|L.Polygon|L.Marker} target */
  behave(map, feature, target) {
    const go = () => {
      if (stateOf(map).picking) return;
      open(`${stateOf(map).options.plan}/segments/${encodeURIComponent(String(feature.id))}`);
    };
    target.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      go();
    });
    target.on("add", () => {
      const element = target.getElement();
      if (!element) return;
      element.setAttribute("role", "link");
      element.setAttribute("tabindex", "0");
      element.setAttribute("aria-label", this.words(feature));
      element.addEventListener("keydown", (event) => {
        const { key } = /** @type {KeyboardEvent} */ (event);
        if (key !== "Enter" && key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        go();
      });
      element.addEventListener("focus", () => {
        if (element.matches(":focus-visible")) reveal(map, boundsOf(target), 16);
      });
    });
    if (window.matchMedia("(hover: hover)").matches) {
      target.bindTooltip(() => html("span", { text: this.words(feature) }), { sticky: true, className: "map-tip", direction: "top", offset: [0, -8] });
    }
  }

  /** @param {Feature} feature @returns {string} name, kind and, where shown, the result in words */
  words({ properties }) {
    const { texts } = this.wish;
    const kind = texts[`kind_${properties.kind}`] ?? "";
    const parts = [`${properties.measure ? `${properties.measure} · ` : ""}${properties.label}`, kind];
    const mode = this.map && stateOf(this.map).mode;
    if (mode === "agreement" && properties.accord) {
      const voices = phrase(properties.voices === 1 ? texts.one_voice : texts.voices, { n: properties.voices });
      parts.push(texts[`accord_${properties.accord}`] ?? "", voices);
    }
    if (mode === "results" && properties.n !== null && properties.n !== undefined) {
      const result = properties.contested ? texts.contested : texts[`support_${Math.round(properties.mean ?? 0)}`];
      const counted = properties.group ? (result ?? "") : phrase(texts.result, { result: result ?? "", n: properties.n });
      parts.push(properties.n ? counted : (texts.no_votes ?? ""));
    }
    return parts.filter(Boolean).join(", ");
  }

  /** @param {Drawing} drawing @returns {number} pixels to the right of the street's axis */
  offset({ feature, lane }) {
    const zoom = this.map?.getZoom() ?? 15;
    const { side } = feature.properties;
    const edge = side === "left" ? -1 : side === "right" ? 1 : 0;
    return edge * (roadWidth(zoom) / 2 + 1) + lane * (segmentWidth(zoom) + 1.5);
  }

  /** Widths, offsets and pattern for the present zoom and mode. */
  restyle() {
    const map = this.map;
    if (!map) return;
    const { mode } = stateOf(map);
    const base = segmentWidth(map.getZoom());
    for (const drawing of this.byCode.values()) {
      const properties = /** @type {any} */ (drawing.feature.properties);
      const wide = mode === "measures" ? base * (drawing.lane === 0 ? 0.95 : 0.75) : base * weight(properties, mode, this.most);
      const widths = [wide + 3, wide, Math.max(1, wide * 0.28), Math.max(24, wide + 8)];
      const stroke = hatched(properties, mode) ? "url(#map-contested)" : "#000";
      drawing.layers.forEach((layer, index) => {
        if (layer instanceof L.Polygon) layer.setStyle({ fillColor: stroke });
        else if (layer instanceof L.Polyline) {
          layer.setStyle({ weight: widths[index], color: index === 1 ? stroke : "#000" });
          /** @type {any} */ (layer).setOffset(this.offset(drawing));
        }
      });
    }
    const half = spotSize(map.getZoom()) / 2 + 1;
    const spots = [...this.byCode.values()].flatMap(({ target }) => (target instanceof L.Marker ? [{ at: target.getLatLng(), half }] : []));
    if (spots.length > 0) stateOf(map).labels.avoid(this.wish.part, spots);
    this.mark();
  }

  recolour() {
    const map = this.map;
    if (!map) return;
    for (const { feature, layers } of this.byCode.values()) {
      const fresh = segmentClass(/** @type {any} */ (feature.properties), stateOf(map).mode).split(" ");
      for (const layer of layers) {
        const element = /** @type {any} */ (layer).getElement?.();
        if (!element) continue;
        for (const name of [...element.classList]) if (/^segment(--|$)/.test(name)) element.classList.remove(name);
        element.classList.add(...fresh);
        if (element.hasAttribute("aria-label")) element.setAttribute("aria-label", this.words(feature));
      }
    }
    this.restyle();
  }

  /** Draws the ring round the chosen segment. */
  mark() {
    const map = this.map;
    for (const layer of this.ring) layer.remove();
    this.ring = [];
    if (!map || !map.hasLayer(this)) return;
    const code = stateOf(map).chosen;
    for (const [own, { target }] of this.byCode) {
      const element = target.getElement();
      element?.classList.toggle("is-chosen", own === code);
      if (own === code) element?.setAttribute("aria-current", "true");
      else element?.removeAttribute("aria-current");
    }
    const drawing = code === null ? undefined : this.byCode.get(code);
    if (drawing) this.drawRing(map, drawing);
  }

  /** @param {L.Map} map @param {Drawing} drawing */
  drawRing(map, drawing) {
    const { layers, feature } = drawing;
    const model = layers.length > 2 ? layers[1] : layers[0];
    if (!(model instanceof L.Polyline)) return;
    const renderer = rendererOf(map, "chosen");
    const { mode } = stateOf(map);
    const own = `segment-line ${segmentClass(/** @type {any} */ (feature.properties), mode)}`;
    const weight = model.options.weight ?? 6;
    const options = { renderer, pane: "chosen", interactive: false, smoothFactor: 0.4 };
    const make = (/** @type {string} */ className, /** @type {number} */ width) =>
      model instanceof L.Polygon
        ? L.polygon(/** @type {any} */ (model.getLatLngs()), { ...options, className, weight: width, fill: false })
        : L.polyline(/** @type {any} */ (model.getLatLngs()), { ...options, className, weight: width, color: model.options.color, .../** @type {any} */ ({ offset: this.offset(drawing) }) });
    this.ring = model instanceof L.Polygon
      ? [make("chosen-ring chosen-ring--ink", 6), make("chosen-ring chosen-ring--paper", 2)]
      : [make("chosen-ring chosen-ring--ink", weight + 11), make("chosen-ring chosen-ring--paper", weight + 6), make(own, weight)];
    for (const layer of this.ring) layer.addTo(map);
  }

  /** @param {string} code @returns {L.LatLngBounds|undefined} */
  boundsOf(code) {
    const drawing = this.byCode.get(code);
    return drawing && boundsOf(drawing.target);
  }
}

/** @param {L.Polyline|L.Polygon|L.Marker} target */
const boundsOf = (target) => (target instanceof L.Marker ? target.getLatLng().toBounds(120) : target.getBounds());

/** @param {string} type of geometry @returns {number} how deep its coordinates are nested */
const depth = (type) => ({ LineString: 0, MultiLineString: 1, Polygon: 1, MultiPolygon: 2 })[type] ?? 0;

/** @param {Feature} feature @returns {{code: string, measure: string, line: [number, number][]}[]} */
function asLine({ id, geometry, properties }) {
  const line = geometry.type === "LineString" ? geometry.coordinates : geometry.type === "MultiLineString" ? geometry.coordinates.flat() : [];
  if (line.length < 2 || properties.side !== "both") return [];
  return [{ code: String(id), measure: properties.measure, line: /** @type {any} */ (line) }];
}

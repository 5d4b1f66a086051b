/**
 * The base map: land and sea, green, quarters, streets, squares and landmarks. It needs no other server.
 */
import { L } from "./leaflet.js";
import { rendererOf } from "./panes.js";
import { stateOf } from "./sheet.js";
import { once } from "./store.js";

/** @typedef {import("./store.js").Feature} Feature @typedef {import("./labels.js").Label} Label */

/** @type {Record<string, {sign: string, signFrom: number, from: number, rank: number}>} */
const SIGNS = {
  landmark: { sign: "column", signFrom: 15, from: 15.25, rank: 50 },
  rail: { sign: "train", signFrom: 13.5, from: 14.75, rank: 40 },
  parking: { sign: "parking", signFrom: 14.5, from: 15.5, rank: 60 },
  gate: { sign: "gate", signFrom: 15, from: 16.25, rank: 65 },
};

export class ContextLayer extends L.LayerGroup {
  /** @param {{url: string}} options */
  constructor(options) {
    super();
    this.url = options.url;
  }

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    once(this.url).then((collection) => {
      if (!map.hasLayer(this)) return;
      if (this.getLayers().length === 0) this.draw(map, collection.features);
      stateOf(map).labels.set("context", collection.features.flatMap(labelsOf));
      map.fire("sheet:attribution", { text: /** @type {any} */ (collection).attribution });
    });
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    stateOf(map).labels.set("context", []);
    return super.onRemove(map);
  }

  /** @param {L.Map} map @param {Feature[]} features */
  draw(map, features) {
    const of = (/** @type {string} */ kind) => features.filter(({ properties }) => properties.kind === kind);
    const surface = (/** @type {Feature} */ { geometry }) => geometry.type.endsWith("Polygon");
    const put = (/** @type {Feature[]} */ chosen, /** @type {string} */ pane, /** @type {any} */ style) =>
      this.addLayer(
        L.geoJSON(
          /** @type {any} */ (chosen),
          /** @type {any} */ ({
            style: { interactive: false, smoothFactor: 0.6, ...style },
            interactive: false,
            renderer: rendererOf(map, pane),
            pane,
          }),
        ),
      );
    put(of("quarter").filter(surface), "ground", { className: "map-quarter" });
    put(of("green").filter(surface), "ground", { className: "map-green" });
    put(of("square").filter(surface), "ground", { className: "map-square" });
    put(of("sea").filter(surface), "ground", { className: "map-sea", fillColor: "url(#map-wave)", fillOpacity: 1 });
    put(of("shore"), "ground", { className: "map-shore", fill: false });
    put(of("quarter").filter(surface), "ground", { className: "map-quarter-line", fill: false });
    put(of("rail").filter((feature) => !isPoint(feature)), "street", { className: "map-rail", fill: false });
    put(of("street"), "street", { className: "map-street-casing", fill: false });
    put(of("street"), "street", { className: "map-street", fill: false });
  }
}

/** @param {Feature} feature */
const isPoint = ({ geometry }) => geometry.type === "Point";

/**
 * @param {Feature} feature
 * @returns {Label[]}
 */
function labelsOf(feature) {
  const { kind, name, props } = feature.properties;
  if (!name) return [];
  if (kind === "street") return streets(feature, name);
  const at = anchor(feature);
  if (kind === "quarter") return [{ text: shortName(props?.short ?? name), style: "quarter", rank: 10, at, from: 13.5, to: 17 }];
  if (kind === "sea") return [{ text: name, style: "water", rank: 12, at, from: 13 }];
  if (kind === "green") return [{ text: name, style: "green", rank: 70, at, from: 15.5 }];
  if (kind === "square") return [{ text: name, style: "square", rank: 55, at, from: 15.75 }];
  const sign = SIGNS[kind];
  return sign && isPoint(feature) ? [{ text: name, style: "sign", at, ...sign }] : [];
}

/** @param {string} name "Palazzo Reale or Albergheria" → "Albergheria": the shorter of two names for one quarter */
const shortName = (name) => name.split(/\s+(?:o|or)\s+|\s*[/(]\s*/).map((part) => part.replace(")", "")).pop() ?? name;

/** @param {Feature} feature @param {string} name @returns {Label[]} */
function streets({ geometry, properties }, name) {
  const lines = geometry.type === "MultiLineString" ? geometry.coordinates : geometry.type === "LineString" ? [geometry.coordinates] : [];
  const length = lines.flat().length;
  return lines.map((line) => ({
    text: name,
    style: "street",
    rank: 20 + (properties.props?.rank ?? 3) - Math.min(length, 20) / 100,
    along: line.map(([lon, lat]) => L.latLng(lat, lon)),
    from: properties.props?.rank === 1 ? 14.25 : 14.9,
    gap: 12,
  }));
}

/**
 * Where a surface's name stands: the point it came with, else the middle of its largest ring's area.
 * @param {Feature} feature
 */
function anchor({ geometry, properties }) {
  const given = properties.props?.label;
  if (Array.isArray(given)) return L.latLng(given[1], given[0]);
  if (geometry.type === "Point") return L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
  const rings =
    geometry.type === "Polygon"
      ? [geometry.coordinates[0]]
      : geometry.type === "MultiPolygon"
        ? geometry.coordinates.map((polygon) => polygon[0])
        : [];
  const [largest] = rings.map(centroid).sort((a, b) => b.area - a.area);
  return largest ? L.latLng(largest.lat, largest.lon) : L.latLng(0, 0);
}

/** @param {GeoJSON.Position[]} ring */
function centroid(ring) {
  const [originX, originY] = ring[0];
  let twice = 0;
  let [x, y] = [0, 0];
  for (let index = 1; index < ring.length; index += 1) {
    const [ax, ay] = [ring[index - 1][0] - originX, ring[index - 1][1] - originY];
    const [bx, by] = [ring[index][0] - originX, ring[index][1] - originY];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (twice === 0) return { area: 0, lon: originX, lat: originY };
  return { area: Math.abs(twice), lon: originX + x / (3 * twice), lat: originY + y / (3 * twice) };
}

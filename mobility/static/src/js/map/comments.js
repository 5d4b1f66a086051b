/**
 * Comments on the sheet: counts per square when far, single pins when near, never more than the server's cap.
 */
import { L } from "./leaflet.js";
import { bubble, bubbleSize, inWords, pin } from "./bubbles.js";
import { calm, html, later } from "./dom.js";
import { gather } from "./gather.js";
import { open } from "./panel-link.js";
import { stateOf } from "./sheet.js";
import { Squares } from "./tiles.js";

/** Filters that counts per square know; with any other, single comments are fetched at every zoom. */
const COUNTED = new Set(["topic", "stance", "phase"]);

/** Pixels between the middles of two counts, so that neither covers the other. */
const APART = 58;
/** The least width of what a finger has to meet. */
const TOUCH = 44;

/**
 * @typedef {object} CommentsOptions
 * @property {string} comments  address of single comments
 * @property {string} cells     address of counts
 * @property {number} near      zoom from which single pins are shown
 * @property {Record<string, string>} texts
 */

export class CommentsLayer extends L.LayerGroup {
  /** @param {CommentsOptions} options */
  constructor(options) {
    super();
    this.wish = options;
    this.filters = kept(new URLSearchParams(location.search));
    this.squares = new Squares();
    this.note = html("p", { class: "map-note", "aria-live": "polite" });
    this.refresh = later(() => this.load(), 140);
    /** @type {string|null} */
    this.chosen = null;
  }

  /** @param {L.Map} map */
  onAdd(map) {
    super.onAdd(map);
    this.map = map;
    map.getContainer().append(this.note);
    map.on("moveend", this.refresh);
    this.load();
    return this;
  }

  /** @param {L.Map} map */
  onRemove(map) {
    map.off("moveend", this.refresh);
    this.squares.clear();
    this.note.remove();
    stateOf(map).labels.avoid("comments", []);
    return super.onRemove(map);
  }

  /** @param {string} query of the list beside the map */
  filter(query) {
    const fresh = kept(new URLSearchParams(query));
    if (fresh.toString() === this.filters.toString()) return;
    this.filters = fresh;
    this.squares.clear();
    if (this.map?.hasLayer(this)) this.load();
  }

  /** Asks again, after somebody sent or withdrew a comment. */
  renew() {
    this.squares.clear();
    if (this.map?.hasLayer(this)) this.load();
  }

  /** @param {string|null} id */
  choose(id) {
    this.chosen = id;
    this.eachLayer((layer) => {
      const marker = /** @type {L.Marker & {comment?: string}} */ (layer);
      marker.getElement()?.classList.toggle("is-chosen", marker.comment !== undefined && marker.comment === id);
    });
  }

  async load() {
    const map = /** @type {L.Map} */ (this.map);
    const zoom = map.getZoom();
    const single = zoom >= this.wish.near || [...this.filters.keys()].some((key) => !COUNTED.has(key));
    const cell = cellLevel(zoom);
    const level = Math.max(single ? 10 : 9, Math.min(single ? 17 : 15, Math.round(zoom) - (single ? 1 : 2)));
    const url = (/** @type {string} */ bbox) => {
      const query = new URLSearchParams(this.filters);
      query.set("bbox", bbox);
      if (!single) query.set("z", String(cell));
      return `${single ? this.wish.comments : this.wish.cells}?${query}`;
    };
    try {
      const found = await this.squares.load(map.getBounds(), level, url);
      if (!found || !map.hasLayer(this)) return;
      this.show(found, single);
    } catch {
      this.tell(this.wish.texts.failed);
    }
  }

  /** @param {{features: import("./store.js").Feature[], more: boolean}} found @param {boolean} single */
  show({ features, more }, single) {
    const seen = new Set();
    const fresh = features.filter(({ id }) => id === undefined || (!seen.has(id) && seen.add(id)));
    this.clearLayers();
    const marks = single ? fresh.map((feature) => this.makePin(feature)) : this.heaps(fresh).map((heap) => this.makeBubble(heap));
    for (const mark of marks) this.addLayer(mark);
    stateOf(/** @type {L.Map} */ (this.map)).labels.avoid("comments", this.spots());
    this.tell(more ? this.wish.texts.more : "");
  }

  /** @param {import("./store.js").Feature[]} features @returns {import("./gather.js").Heap[]} in pixels of the layer */
  heaps(features) {
    const map = /** @type {L.Map} */ (this.map);
    const found = features.map(({ geometry, properties }) => {
      const at = properties.at ? L.latLng(properties.at[1], properties.at[0]) : middle(geometry);
      const { x, y } = map.project(at);
      return { x, y, counts: /** @type {import("./bubbles.js").Counts} */ (properties) };
    });
    return gather(found, APART);
  }

  /** @returns {import("./labels.js").Obstacle[]} where bubbles and pins stand, for names to keep away */
  spots() {
    const markers = /** @type {(L.Marker & {half?: number})[]} */ (this.getLayers());
    return markers.map((marker) => ({ at: marker.getLatLng(), half: marker.half ?? 14, lift: marker.half ? 0 : 22 }));
  }

  /** @param {string|undefined} text */
  tell(text) {
    this.note.textContent = text ?? "";
    this.note.hidden = !text;
  }

  /** @param {import("./gather.js").Heap} heap */
  makeBubble({ x, y, counts }) {
    const size = bubbleSize(counts.n);
    const target = Math.max(size, TOUCH);
    const at = /** @type {L.Map} */ (this.map).unproject([x, y]);
    const marker = /** @type {L.Marker & {half?: number}} */ (
      L.marker(at, {
        icon: L.divIcon({ html: bubble(counts), className: "map-bubble", iconSize: [target, target] }),
        pane: "comment",
      })
    );
    marker.half = size / 2;
    const nearer = () => {
      const map = /** @type {L.Map} */ (this.map);
      if (stateOf(map).picking) return;
      map.setView(marker.getLatLng(), Math.min(this.wish.near, map.getZoom() + 1.5), { animate: !calm() });
    };
    return named(marker, "button", inWords(counts, this.wish.texts), nearer);
  }

  /** @param {import("./store.js").Feature} feature */
  makePin({ id, geometry, properties }) {
    const { texts } = this.wish;
    const marker = /** @type {L.Marker & {comment?: string}} */ (
      L.marker(middle(geometry), {
        icon: L.divIcon({ html: pin(properties.stance), className: "map-pin", iconSize: [34, 42], iconAnchor: [17, 40] }),
        pane: "comment",
        riseOnHover: true,
      })
    );
    marker.comment = String(id);
    const name = [texts[`stance_${properties.stance}`], properties.label].filter(Boolean).join(", ");
    const map = /** @type {L.Map} */ (this.map);
    named(marker, "link", name, () => {
      if (!stateOf(map).picking) open(`${stateOf(map).options.plan}/comments/${encodeURIComponent(String(id))}`);
    });
    marker.on("add", () => marker.getElement()?.classList.toggle("is-chosen", marker.comment === this.chosen));
    return marker;
  }
}

/**
 * @param {L.Marker} marker
 * @param {string} role
 * @param {string} name
 * @param {() => void} action
 */
function named(marker, role, name, action) {
  marker.on("click", action);
  marker.on("add", () => {
    const element = /** @type {HTMLElement} */ (marker.getElement());
    element.setAttribute("role", role);
    element.setAttribute("aria-label", name);
    element.title = name;
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      action();
    });
  });
  return marker;
}

/**
 * Squares of 12, 15 and 18 know their comments only by their middle; all others know where they weigh.
 * @param {number} zoom
 * @returns {number} level of the squares that are counted
 */
function cellLevel(zoom) {
  const level = Math.max(12, Math.min(17, Math.round(zoom) + 1));
  return level === 12 || level === 15 ? level + 1 : level;
}

/** @param {URLSearchParams} query @returns {URLSearchParams} what filters comments, without empty values */
function kept(query) {
  const known = ["topic", "stance", "phase", "measure", "segment", "q", "since", "until", "group"];
  return new URLSearchParams([...query].filter(([key, value]) => known.includes(key) && value !== ""));
}

/** @param {GeoJSON.Geometry} geometry @returns {L.LatLng} */
function middle(geometry) {
  if (geometry.type === "Point") return L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
  return L.geoJSON(/** @type {any} */ (geometry)).getBounds().getCenter();
}

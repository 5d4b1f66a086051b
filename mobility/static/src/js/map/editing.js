/**
 * Editing the draft of a measure on the map. The server keeps the draft and checks every act; the map asks for one act
 * at a time and shows the answer. So taking back works over days, and two planners never overwrite each other unseen.
 *
 * The page holds `[data-editor]` with the addresses and words, buttons `[data-edit]`, and the list `[data-stretches]`.
 */
import { L } from "./leaflet.js";
import { html, svg } from "./dom.js";
import { between, hold } from "./axes.js";
import { freeCentre, reveal, stateOf } from "./sheet.js";

/**
 * @typedef {import("./store.js").Feature} Feature
 * @typedef {"line"|"area"|"reshape"|"split"|"merge"|"side"|null} Tool
 */

const NEEDS_LINE = ["reshape", "split", "side", "turn"];
/** Pixels from which a line holds on to something: more for a finger than for a mouse. */
const SNAP = matchMedia("(pointer: coarse)").matches ? 26 : 14;
const ON_STREET = 3;

/** @param {L.Map} map */
export async function startEditing(map) {
  const place = /** @type {HTMLElement|null} */ (document.querySelector("[data-editor]"));
  if (!place) return;
  const leaflet = /** @type {any} */ (L);
  /** @type {any} */ (globalThis).L = leaflet;
  await import("@geoman-io/leaflet-geoman-free");
  const plain = /** @type {any} */ (map);
  plain.pm ??= new leaflet.PM.Map(map);
  const editor = new Editor(map, place);
  await editor.load();
}

class Editor {
  /** @param {L.Map} map @param {HTMLElement} place */
  constructor(map, place) {
    this.map = map;
    this.place = place;
    this.tools = /** @type {any} */ (map).pm;
    this.words = /** @type {Record<string, string>} */ (JSON.parse(place.dataset.words ?? "{}"));
    /** @type {Map<string, {feature: Feature, layer: any}>} */
    this.parts = new Map();
    this.group = L.featureGroup().addTo(map);
    this.arrows = L.layerGroup().addTo(map);
    this.axes = L.layerGroup().addTo(map);
    this.holding = true;
    this.chosen = "";
    /** @type {Tool} */
    this.tool = null;
    this.busy = false;
    stateOf(map).picking = true;
    place.addEventListener("click", (event) => this.pressed(event));
    document.addEventListener("click", (event) => this.listed(event));
    document.addEventListener("submit", (event) => this.sent(event));
    map.on("click", (/** @type {L.LeafletMouseEvent} */ { latlng }) => this.clicked(latlng));
    map.on("zoomend", () => this.drawArrows());
    map.on("moveend", () => this.showAxes());
    map.on("pm:drawstart", (/** @type {any} */ { workingLayer }) => workingLayer.on("pm:vertexadded", () => this.follow(workingLayer)));
    map.getContainer().addEventListener("keydown", (event) => this.typed(event));
    map.on("pm:create", (/** @type {any} */ { layer }) => this.drawn(layer));
  }

  async load(fit = true) {
    const answer = await fetch(this.place.dataset.shapes ?? "", { headers: { Accept: "application/geo+json, application/json" } });
    if (!answer.ok) return this.say("failed");
    const { features } = await answer.json();
    this.group.clearLayers();
    this.parts.clear();
    for (const feature of features) this.show(feature);
    const bounds = this.group.getBounds();
    if (fit && bounds.isValid()) this.map.fitBounds(bounds, { padding: [32, 32], maxZoom: 17, animate: false });
    if (!this.parts.has(this.chosen)) this.chosen = "";
    this.drawArrows();
    this.mark();
    this.showChoosers();
    this.place.dataset.ready = "true";
    return undefined;
  }

  /** @param {Feature} feature */
  show(feature) {
    const code = String(feature.id);
    const line = Boolean(feature.properties.line);
    const look = { pane: "chosen", className: `edit-shape${line ? "" : " is-area"}`, bubblingMouseEvents: false };
    const made = L.geoJSON(feature, /** @type {any} */ ({
      ...look,
      style: () => look,
      pointToLayer: (/** @type {any} */ _f, /** @type {L.LatLng} */ at) => L.circleMarker(at, { ...look, radius: 10 }),
    }));
    const layer = /** @type {any} */ (made.getLayers()[0]);
    layer.on("click", (/** @type {L.LeafletMouseEvent} */ { latlng }) => this.touched(code, latlng));
    this.group.addLayer(layer);
    layer.getElement?.()?.setAttribute("data-code", code);
    layer.bindTooltip(textNode(`${code} · ${feature.properties.label}`), { sticky: true });
    this.parts.set(code, { feature, layer });
  }

  /**
   * Where stretches begin and end; and arrows that turn the direction when they are clicked, with a dot on the side
   * that is meant. A stretch of both directions and sides shows its arrow only while it is chosen.
   */
  drawArrows() {
    this.arrows.clearLayers();
    for (const [code, { feature }] of this.parts) {
      if (!feature.properties.line) continue;
      for (const [lon, lat] of ends(/** @type {GeoJSON.LineString} */ (feature.geometry).coordinates))
        this.arrows.addLayer(L.circleMarker([lat, lon], { radius: 4, pane: "chosen", className: "edit-end", interactive: false }));
      const common = feature.properties.direction === "both" && feature.properties.side === "both";
      if (common && code !== this.chosen) continue;
      const points = /** @type {GeoJSON.LineString} */ (feature.geometry).coordinates.map(([lon, lat]) => this.map.latLngToLayerPoint([lat, lon]));
      const [at, turn] = middle(points);
      const { direction, side } = feature.properties;
      const back = direction === "backward" ? 180 : 0;
      const face = html("span", { class: `edit-arrow is-${direction} is-${side}` }, arrow(turn + back, direction, side, back));
      const marker = L.marker(this.map.layerPointToLatLng(at), { icon: L.divIcon({ html: face, className: "edit-arrow-icon", iconSize: [44, 44] }), pane: "spot", keyboard: false, bubblingMouseEvents: false });
      marker.on("click", () => {
        if (this.tool) return this.clicked(marker.getLatLng());
        this.choose(code);
        return this.act("turn");
      });
      this.arrows.addLayer(marker);
    }
  }

  /** @param {string} code @param {boolean} [go] */
  choose(code, go = false) {
    this.chosen = code;
    this.mark();
    this.drawArrows();
    const part = this.parts.get(code);
    if (!part) return;
    const { label } = part.feature.properties;
    this.tell((this.words.chosen ?? "").replace("{code}", code).replace("{label}", label));
    if (go) reveal(this.map, part.layer.getBounds?.() ?? L.latLngBounds([part.layer.getLatLng()]));
  }

  mark() {
    for (const [code, { layer }] of this.parts) layer.getElement?.()?.classList.toggle("is-chosen", code === this.chosen);
    for (const item of document.querySelectorAll("[data-stretch]")) item.classList.toggle("is-chosen", /** @type {HTMLElement} */ (item).dataset.stretch === this.chosen);
    const part = this.parts.get(this.chosen);
    const open = /** @type {HTMLAnchorElement|null} */ (this.place.querySelector("[data-edit-open]"));
    if (open) open.hidden = !part || this.tool !== null;
    if (open && part) open.href = part.feature.properties.url;
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.place.querySelectorAll("[data-edit]"))) {
      const name = button.dataset.edit ?? "";
      const running = this.tool !== null;
      if (name === "hold") button.setAttribute("aria-pressed", String(this.holding));
      else if (name === "finish") button.hidden = this.tool !== "reshape" && this.tool !== "line" && this.tool !== "area";
      else if (name === "cancel") button.hidden = !running;
      else {
        button.hidden = running;
        const fits = part && (part.feature.properties.line || !NEEDS_LINE.includes(name) || (name === "reshape" && part.layer.getLatLngs));
        button.disabled = this.busy || !(name === "line" || name === "area" || fits);
      }
    }
  }

  /** @param {Event} event a tool of the map */
  pressed(event) {
    const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-edit]"));
    const name = button?.dataset.edit;
    if (!name) return;
    if (name === "hold") this.toggleHolding();
    else if (name === "finish") this.finish();
    else if (name === "cancel") this.cancel();
    else if (name === "turn") this.act("turn");
    else if (name === "remove") this.remove();
    else this.start(/** @type {Tool} */ (name));
  }

  /** @param {Event} event a segment of the list is to be shown on the map */
  listed(event) {
    const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-edit-choose]"));
    if (!button) return;
    this.choose(button.dataset.editChoose ?? "", true);
    this.place.scrollIntoView({ block: "start" });
    this.map.getContainer().focus({ preventScroll: true });
  }

  /** @param {SubmitEvent} event taking back and doing again, without leaving the page */
  sent(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.matches("[data-edit-form]")) return;
    event.preventDefault();
    this.cancel();
    this.post(form.action, Object.fromEntries(/** @type {any} */ (new FormData(form))));
  }

  /** @param {Tool} tool */
  start(tool) {
    this.tool = tool;
    this.map.getContainer().classList.add("is-editing");
    this.map.getContainer().classList.toggle("is-drawing", tool === "line" || tool === "area");
    this.showAxes();
    const style = { className: "map-sketch" };
    const options = { snappable: true, snapDistance: SNAP, tooltips: false, continueDrawing: false, templineStyle: style, hintlineStyle: { className: "map-sketch map-sketch--next" }, pathOptions: style };
    if (tool === "line") this.tools.enableDraw("Line", options);
    else if (tool === "area") this.tools.enableDraw("Polygon", { ...options, allowSelfIntersection: false });
    else if (tool === "reshape") this.parts.get(this.chosen)?.layer.pm?.enable({ snappable: true, snapDistance: SNAP, allowSelfIntersection: true, draggable: false });
    this.say(tool ?? "choose");
    this.mark();
    this.map.getContainer().focus({ preventScroll: true });
  }

  stop() {
    if (this.tool === "line" || this.tool === "area") this.tools.disableDraw();
    if (this.tool === "reshape") this.parts.get(this.chosen)?.layer.pm?.disable();
    this.tool = null;
    this.showAxes();
    this.map.getContainer().classList.remove("is-editing", "is-drawing");
    this.mark();
  }

  cancel() {
    const changed = this.tool === "reshape";
    this.stop();
    this.say("choose");
    if (changed) this.load(false);
  }

  finish() {
    if (this.tool === "line" || this.tool === "area") {
      this.tools.Draw[this.tool === "line" ? "Line" : "Polygon"]._finishShape();
      return;
    }
    const layer = this.parts.get(this.chosen)?.layer;
    this.stop();
    if (layer) this.act("reshape", { geometry: JSON.stringify(layer.toGeoJSON(7).geometry) });
  }

  /** @param {any} layer what was drawn */
  drawn(layer) {
    const { geometry } = layer.toGeoJSON(7);
    layer.remove();
    this.stop();
    this.post(this.place.dataset.draw ?? "", { geometry: JSON.stringify(geometry), script: "1" });
  }

  /** @param {string} code @param {L.LatLng} at */
  touched(code, at) {
    if (this.tool === "merge") {
      this.stop();
      this.act("merge", { other: code });
    } else if (this.tool === "split" || this.tool === "side") this.clicked(at);
    else if (!this.tool) this.choose(code);
  }

  /** @param {L.LatLng} at */
  clicked(at) {
    if (this.tool !== "split" && this.tool !== "side") return;
    const act = this.tool;
    this.stop();
    const spot = act === "split" ? this.snapped(at, false) : at;
    this.act(act, { lon: spot.lng.toFixed(7), lat: spot.lat.toFixed(7) });
  }

  /**
   * @param {L.LatLng} at @param {boolean} [whole] whether the line of a street holds too, and not its corners alone
   * @returns {L.LatLng} the nearest end or corner of another stretch or street near by, else the place itself
   */
  snapped(at, whole = true) {
    const { x, y } = this.map.latLngToLayerPoint(at);
    const streets = this.streets().map((line) => this.pairs(line));
    const others = [...this.parts].filter(([code, { layer }]) => code !== this.chosen && layer.getLatLngs);
    const corners = others.flatMap(([, { layer }]) => this.pairs(layer.getLatLngs().flat(2))).map((corner) => [corner]);
    const loose = whole ? streets : streets.flatMap((line) => line.map((corner) => [corner]));
    const found = hold(/** @type {any} */ ([...corners, ...loose]), [x, y], SNAP);
    return found ? this.map.layerPointToLatLng(found) : at;
  }

  /** @returns {L.LatLng[][]} the axes of the base map that the map shows now; none while lines do not hold to them */
  streets() {
    /** @type {L.LatLng[][]} */
    const found = [];
    if (!this.holding) return found;
    const view = this.map.getBounds().pad(0.1);
    this.map.eachLayer((layer) => {
      if (!(layer instanceof L.Polyline) || layer.options.className !== "map-street" || !view.intersects(layer.getBounds())) return;
      const lines = /** @type {any[]} */ (layer.getLatLngs());
      found.push(...(Array.isArray(lines[0]) ? lines : [lines]));
    });
    return found;
  }

  /** @param {L.LatLng[]} line @returns {import("./axes.js").Pair[]} */
  pairs(line) {
    return line.map((at) => this.map.latLngToLayerPoint(at)).map(({ x, y }) => [x, y]);
  }

  /** While something is drawn, lines hold to streets, stretches and their ends, and to nothing else of the map. */
  showAxes() {
    this.axes.clearLayers();
    const drawing = this.tool === "line" || this.tool === "area" || this.tool === "reshape";
    if (!drawing) return;
    for (const line of this.streets()) this.axes.addLayer(L.polyline(line, { pane: "segment", className: "edit-axis", interactive: false }));
    this.map.eachLayer((layer) => {
      const { options } = /** @type {any} */ (layer);
      if (options) options.snapIgnore = !(this.axes.hasLayer(layer) || options.pane === "chosen" || options.pane === "segment");
    });
  }

  toggleHolding() {
    this.holding = !this.holding;
    this.showAxes();
    this.mark();
  }

  /** @param {any} layer the line being drawn: between two clicks on one street it takes the corners of that street */
  follow(layer) {
    const places = /** @type {L.LatLng[]} */ (layer.getLatLngs());
    if (this.tool !== "line" || places.length < 2) return;
    const [from, to] = this.pairs(places.slice(-2));
    const corners = between(this.streets().map((line) => this.pairs(line)), from, to, ON_STREET);
    if (!corners.length) return;
    const way = corners.map((corner) => this.map.layerPointToLatLng(corner));
    layer.setLatLngs([...places.slice(0, -1), ...way, places[places.length - 1]]);
  }

  /** @param {KeyboardEvent} event Enter is a click in the middle of the map */
  typed(event) {
    if (event.target !== this.map.getContainer()) return;
    if (event.key === "Escape" && this.tool) return void this.cancel();
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    const at = this.map.containerPointToLatLng(freeCentre(this.map));
    if (this.tool === "line" || this.tool === "area") this.tools.Draw[this.tool === "line" ? "Line" : "Polygon"]._createVertex({ latlng: this.snapped(at) });
    else if (this.tool === "merge" || !this.tool) {
      const code = this.nearest(at);
      if (code) this.touched(code, at);
    } else this.clicked(at);
  }

  /** @param {L.LatLng} at @returns {string} the stretch nearest to a place, not the chosen one while joining */
  nearest(at) {
    const here = this.map.latLngToLayerPoint(at);
    let best = { far: 60, code: "" };
    for (const [code, { layer }] of this.parts) {
      if (this.tool === "merge" && code === this.chosen) continue;
      const found = layer.closestLayerPoint?.(here);
      if (found && found.distance < best.far) best = { far: found.distance, code };
    }
    return best.code;
  }

  remove() {
    if (confirm((this.words.removed ?? "").replace("{code}", this.chosen))) this.act("remove");
  }

  /** @param {string} name @param {Record<string, string>} [values] */
  act(name, values = {}) {
    const mark = this.parts.get(this.chosen)?.feature.properties.mark ?? "";
    const url = (this.place.dataset.act ?? "").replace("CODE", encodeURIComponent(this.chosen)).replace("ACT", name);
    return this.post(url, { ...values, mark });
  }

  /** @param {string} url @param {Record<string, string>} values */
  async post(url, values) {
    if (this.busy) return;
    this.busy = true;
    this.say("loading");
    this.mark();
    let words = this.words.failed ?? "";
    try {
      const body = new URLSearchParams({ csrf_token: this.place.dataset.csrf ?? "", ...values });
      const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (answer.ok && said.code) this.chosen = said.code;
      words = said.said ?? said.detail ?? words;
    } catch {
      // what was on the map is loaded again below, so nothing looks saved that is not
    }
    this.busy = false;
    await Promise.all([this.load(false), this.renew()]);
    this.tell(words);
  }

  /** The list below the map and the steps above it, as the server tells them. */
  async renew() {
    const answer = await fetch(this.place.dataset.list ?? "", { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of ["[data-stretches]", "[data-steps]"]) {
      const fresh = page.querySelector(part);
      if (fresh) document.querySelector(part)?.replaceWith(document.adoptNode(fresh));
    }
    this.showChoosers();
    this.mark();
  }

  showChoosers() {
    for (const button of document.querySelectorAll("[data-edit-choose]")) /** @type {HTMLElement} */ (button).hidden = false;
  }

  /** @param {string} key */
  say(key) {
    this.tell(this.words[key] ?? "");
  }

  /** @param {string} words */
  tell(words) {
    const target = this.place.querySelector("[data-edit-say]");
    if (target) target.textContent = words;
  }
}

/** @param {GeoJSON.Position[]} line */
const ends = (line) => [line[0], line[line.length - 1]];

/** @param {string} words @returns {HTMLElement} */
const textNode = (words) => html("span", { text: words });

/**
 * @param {L.Point[]} points
 * @returns {[L.Point, number]} the middle of a line, and its course there in degrees
 */
function middle(points) {
  const lengths = points.slice(1).map((point, index) => point.distanceTo(points[index]));
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2;
  for (let index = 0; index < lengths.length; index += 1) {
    if (left <= lengths[index] || index === lengths.length - 1) {
      const [a, b] = [points[index], points[index + 1]];
      const share = lengths[index] ? Math.min(1, left / lengths[index]) : 0;
      return [a.add(b.subtract(a).multiplyBy(share)), (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI];
    }
    left -= lengths[index];
  }
  return [points[0], 0];
}

/**
 * @param {number} turn @param {string} direction @param {string} side @param {number} back
 * @returns {SVGElement}
 */
function arrow(turn, direction, side, back) {
  const shape = direction === "both" ? "M-7-4-11 0-7 4M7-4 11 0 7 4M-10 0H10" : "M-9 0H9M4-5 9 0 4 5";
  const down = (side === "right") === (back === 0) ? 1 : -1;
  const tick = side === "both" ? [] : [svg("circle", { cx: 0, cy: 12 * down, r: 3.5, class: "edit-arrow__side" })];
  return svg("svg", { width: 44, height: 44, viewBox: "-22 -22 44 44", "aria-hidden": "true" },
    svg("g", { transform: `rotate(${turn.toFixed(0)})` }, svg("path", { d: shape, class: "edit-arrow__halo" }), svg("path", { d: shape, class: "edit-arrow__shape" }), ...tick));
}

/**
 * Drawing a line or an area for a comment. The tools are loaded when somebody begins to draw, not before.
 *
 * The form holds `[data-draw]` with its buttons and words, and an input `drawing` that keeps the shape as GeoJSON.
 * Points are set by tap or click, or with Enter in the middle of the map, which the arrow keys move.
 */
import { L } from "./leaflet.js";
import { drawShape } from "./outline.js";
import { freeCentre, reveal, stateOf } from "./sheet.js";
import { sheet } from "../site/sheet.js";

const MOST = 200;
const LEAST = { Line: 2, Polygon: 3 };

/** @typedef {"Line"|"Polygon"} Shape */

/** @param {L.Map} map */
export function startDrawing(map) {
  const drawing = new Drawing(map);
  document.addEventListener("click", (event) => drawing.pressed(event));
  document.addEventListener("panel:changed", () => drawing.refresh());
  map.getContainer().addEventListener("keydown", (event) => drawing.typed(event));
  drawing.refresh();
}

class Drawing {
  /** @param {L.Map} map */
  constructor(map) {
    this.map = map;
    /** @type {any} */
    this.tools = undefined;
    /** @type {Shape|undefined} */
    this.shape = undefined;
    this.points = 0;
    /** @type {L.GeoJSON|undefined} */
    this.layer = undefined;
  }

  get place() {
    return /** @type {HTMLElement|null} */ (document.querySelector("[data-draw]"));
  }

  get input() {
    return /** @type {HTMLInputElement|null} */ (document.querySelector("form input[name=drawing]"));
  }

  /** Shows what the form holds; ends a drawing whose form is gone. */
  refresh() {
    if (this.shape && !this.place) this.stop();
    this.layer?.remove();
    this.layer = undefined;
    const kept = this.place && this.input?.value;
    this.map.getContainer().classList.toggle("has-drawing", Boolean(kept));
    if (!kept) return;
    try {
      this.layer = drawShape(JSON.parse(kept)).addTo(this.map);
      reveal(this.map, this.layer.getBounds());
    } catch {
      // the server says what is wrong with it
    }
  }

  /** @param {Event} event */
  pressed(event) {
    const target = /** @type {Element} */ (event.target);
    const start = /** @type {HTMLElement|null} */ (target.closest?.("[data-draw-start]"));
    if (start) this.start(/** @type {Shape} */ (start.dataset.drawStart));
    else if (target.closest?.("[data-draw-finish]")) this.finish();
    else if (target.closest?.("[data-draw-undo]")) this.undo();
    else if (target.closest?.("[data-draw-clear]")) this.clear();
  }

  /** @param {KeyboardEvent} event */
  typed(event) {
    if (!this.shape || event.target !== this.map.getContainer() || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    this.tools.Draw[this.shape]._createVertex({ latlng: this.map.containerPointToLatLng(freeCentre(this.map)) });
  }

  /** @param {Shape} shape */
  async start(shape) {
    try {
      await this.load();
    } catch {
      this.say("failed");
      return;
    }
    this.stop();
    this.keep("");
    const list = /** @type {HTMLSelectElement|null} */ (document.querySelector("form select[name=place]"));
    if (list) list.value = "";
    this.shape = shape;
    this.points = 0;
    stateOf(this.map).picking = true;
    this.map.getContainer().classList.add("is-drawing");
    const style = { className: "map-sketch" };
    this.tools.enableDraw(shape, {
      snappable: false,
      tooltips: false,
      cursorMarker: false,
      allowSelfIntersection: shape === "Line",
      templineStyle: style,
      hintlineStyle: { className: "map-sketch map-sketch--next" },
      pathOptions: style,
    });
    this.say(shape === "Line" ? "line" : "area");
    this.show();
    sheet.makeRoom();
  }

  async load() {
    if (this.tools) return;
    const leaflet = /** @type {any} */ (L);
    /** @type {any} */ (globalThis).L = leaflet;
    await import("@geoman-io/leaflet-geoman-free");
    const map = /** @type {any} */ (this.map);
    map.pm ??= new leaflet.PM.Map(map);
    this.tools = map.pm;
    map.on("pm:drawstart", (/** @type {any} */ { workingLayer }) => {
      workingLayer.on("pm:vertexadded", () => this.count(1));
    });
    map.on("pm:create", (/** @type {any} */ { layer }) => this.done(layer));
  }

  /** @param {number} change */
  count(change) {
    this.points = Math.max(0, this.points + change);
    const words = this.words.points ?? "";
    this.tell(words.replace("{count}", this.points.toLocaleString(document.documentElement.lang)));
    this.show();
    if (this.points < MOST) return;
    this.finish();
    this.say("full");
  }

  undo() {
    if (!this.shape || !this.points) return;
    if (this.points > 1) {
      this.tools.Draw[this.shape]._removeLastVertex();
      this.count(-1);
    } else this.start(this.shape);
  }

  finish() {
    if (this.shape && this.points >= LEAST[this.shape]) this.tools.Draw[this.shape]._finishShape();
  }

  /** @param {any} layer */
  done(layer) {
    const { geometry } = layer.toGeoJSON(6);
    layer.remove();
    this.stop();
    this.keep(JSON.stringify(geometry));
    this.say("done");
  }

  clear() {
    this.stop();
    this.keep("");
    this.say("cleared");
  }

  stop() {
    if (this.shape) this.tools?.disableDraw();
    this.shape = undefined;
    stateOf(this.map).picking = document.querySelector("form[data-pick]") !== null;
    this.map.getContainer().classList.remove("is-drawing");
    this.show();
  }

  /** @param {string} value */
  keep(value) {
    if (this.input) this.input.value = value;
    this.refresh();
    this.show();
  }

  /** Shows the buttons that make sense now. */
  show() {
    const drawing = this.shape !== undefined;
    const enough = this.shape !== undefined && this.points >= LEAST[this.shape];
    this.reveal("[data-draw-start]", !drawing);
    this.reveal("[data-draw-finish]", enough);
    this.reveal("[data-draw-undo]", drawing && this.points > 0);
    this.reveal("[data-draw-clear]", drawing || Boolean(this.input?.value));
  }

  /** @param {string} selector @param {boolean} visible */
  reveal(selector, visible) {
    for (const node of this.place?.querySelectorAll(selector) ?? []) /** @type {HTMLElement} */ (node).hidden = !visible;
  }

  /** @returns {Record<string, string>} */
  get words() {
    return JSON.parse(this.place?.dataset.words ?? "{}");
  }

  /** @param {string} key */
  say(key) {
    this.tell(this.words[key] ?? "");
  }

  /** @param {string} words */
  tell(words) {
    const target = this.place?.querySelector("[data-draw-say]");
    if (target) target.textContent = words;
  }
}

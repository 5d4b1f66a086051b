/**
 * Choosing a comment's place: the pin stands still over the free part of the map and the map moves beneath it. The
 * form says in words where that is, and keeps the coordinates for sending.
 *
 * The page marks the form with `data-pick`; inside it may stand inputs `lon`, `lat`, `segment`, an element
 * `data-pick-words` (told to screen readers), buttons `data-pick-near` and `data-pick-snap`, and the option of the list
 * that stands for the pin, with what it is called then in `data-pick-option`.
 */
import { L } from "./leaflet.js";
import { html, later, svg } from "./dom.js";
import { centreOn, findMe } from "./controls.js";
import { freeCentre, stateOf } from "./sheet.js";

/**
 * @typedef {{place: string, zoom: number, texts: Record<string, string>}} PickOptions
 * @typedef {{words?: string, inside?: boolean, segment?: string|null, snapped?: {lon: number, lat: number, words?: string}|null}} Place
 */

export class PickPin {
  /** @param {L.Map} map @param {PickOptions} options */
  constructor(map, options) {
    this.map = map;
    this.options = options;
    this.pin = drawPin();
    /** @type {HTMLFormElement|null} */
    this.form = null;
    /** @type {AbortController|undefined} */
    this.asking = undefined;
    /** @type {Place|null} */
    this.answer = null;
    this.ask = later(() => this.describe(), 300);
    this.follow = () => this.moved();
    this.stand = () => this.hold();
    document.addEventListener("click", (event) => this.pressed(event));
    map.getContainer().addEventListener("keydown", (event) => this.nudge(event), true);
  }

  /** Takes up or lays down the pin, as the page has a form for it or not. */
  refresh() {
    const form = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-pick]"));
    if (form && form !== this.form) this.start(form);
    else if (!form && this.form) this.stop();
  }

  /** @param {HTMLFormElement} form */
  start(form) {
    if (this.form) this.stop();
    this.form = form;
    stateOf(this.map).picking = true;
    const container = this.map.getContainer();
    container.classList.add("is-picking");
    container.append(this.pin);
    const option = /** @type {HTMLElement|null} */ (form.querySelector("[data-pick-option]"));
    if (option) option.textContent = option.dataset.pickOption ?? "";
    this.map.on("move zoom", this.stand);
    this.map.on("moveend", this.follow);
    this.map.on("resize", this.stand);
    const [lon, lat] = [this.read("lon"), this.read("lat")];
    const zoom = Math.max(this.map.getZoom(), this.options.zoom);
    if (Number.isFinite(lon) && Number.isFinite(lat)) centreOn(this.map, L.latLng(lat, lon), zoom);
    else centreOn(this.map, this.map.containerPointToLatLng(freeCentre(this.map)), zoom);
    this.hold();
    this.moved();
  }

  stop() {
    this.form = null;
    this.asking?.abort();
    stateOf(this.map).picking = false;
    this.map.off("move zoom", this.stand);
    this.map.off("moveend", this.follow);
    this.map.off("resize", this.stand);
    this.map.getContainer().classList.remove("is-picking");
    this.pin.remove();
  }

  hold() {
    const { x, y } = freeCentre(this.map);
    this.pin.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }

  moved() {
    if (!this.form) return;
    const { lng, lat } = this.map.containerPointToLatLng(freeCentre(this.map));
    this.write("lon", lng.toFixed(6));
    this.write("lat", lat.toFixed(6));
    this.hold();
    this.ask();
  }

  async describe() {
    if (!this.form) return;
    this.asking?.abort();
    this.asking = new AbortController();
    const query = new URLSearchParams({ lon: String(this.read("lon")), lat: String(this.read("lat")) });
    try {
      const answer = await fetch(`${this.options.place}?${query}`, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.tell(await answer.json());
    } catch {
      if (!this.asking.signal.aborted) this.say(this.options.texts.place_failed ?? "");
    }
  }

  /** @param {Place} place */
  tell(place) {
    this.answer = place;
    this.say(place.words ?? "");
    this.pin.classList.toggle("is-outside", place.inside === false);
    this.write("segment", place.segment ?? "");
    const snap = /** @type {HTMLElement|null|undefined} */ (this.form?.querySelector("[data-pick-snap]"));
    if (snap) snap.hidden = !place.snapped;
  }

  /** @param {string} words */
  say(words) {
    const target = this.form?.querySelector("[data-pick-words]");
    if (target && target.textContent !== words) target.textContent = words;
  }

  /** @param {Event} event */
  pressed(event) {
    const target = /** @type {Element} */ (event.target);
    if (!this.form || !target.closest) return;
    if (target.closest("[data-pick-near]")) {
      findMe(this.options.texts)
        .then(({ latlng }) => centreOn(this.map, latlng, Math.max(17, this.map.getZoom())))
        .catch((error) => this.say(error.message));
    }
    const snapped = this.answer?.snapped;
    if (target.closest("[data-pick-snap]") && snapped) centreOn(this.map, L.latLng(snapped.lat, snapped.lon), Math.max(17, this.map.getZoom()));
  }

  /** @param {KeyboardEvent} event small steps with the arrow keys, larger with Shift */
  nudge(event) {
    if (!this.form || event.target !== this.map.getContainer()) return;
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = /** @type {Record<string, number[]>} */ (ways)[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const reach = event.shiftKey ? 60 : 12;
    this.map.panBy([way[0] * reach, way[1] * reach], { animate: false });
  }

  /** @param {string} name */
  read(name) {
    const value = /** @type {HTMLInputElement|null|undefined} */ (this.form?.querySelector(`[name="${name}"]`))?.value;
    return value ? Number(value) : NaN;
  }

  /** @param {string} name @param {string} value */
  write(name, value) {
    const input = /** @type {HTMLInputElement|null|undefined} */ (this.form?.querySelector(`[name="${name}"]`));
    if (input) input.value = value;
  }
}

function drawPin() {
  return html(
    "div",
    { class: "map-aim", "aria-hidden": "true" },
    svg("svg", { width: 44, height: 60, viewBox: "0 0 44 60" },
      svg("ellipse", { cx: 22, cy: 55, rx: 7, ry: 2.6, class: "map-aim__shadow" }),
      svg("path", { d: "M22 54C17 44 5 34 5 20.5a17 17 0 0 1 34 0C39 34 27 44 22 54z", class: "map-aim__body" }),
      svg("circle", { cx: 22, cy: 20.5, r: 6.5, class: "map-aim__eye" })),
  );
}

/**
 * The buttons on the sheet: nearer, farther, where am I, layers, full screen; the scale bar and the sources.
 */
import { L } from "./leaflet.js";
import { calm, html, icon } from "./dom.js";
import { freeCentre } from "./sheet.js";

/**
 * @typedef {Record<string, string>} Texts
 */

/**
 * @param {string} name of the icon
 * @param {string} label
 * @param {() => void} action
 */
export function button(name, label, action) {
  const made = html("button", { type: "button", class: "map-button", "aria-label": label, title: label }, icon(name));
  made.addEventListener("click", action);
  return /** @type {HTMLButtonElement} */ (made);
}

/**
 * @param {L.Map} map
 * @param {string} className
 * @param {L.ControlPosition} position
 * @param {...Node} children
 */
export function place(map, className, position, ...children) {
  const box = html("div", { class: className }, ...children);
  L.DomEvent.disableClickPropagation(box);
  L.DomEvent.disableScrollPropagation(box);
  const control = new L.Control({ position });
  control.onAdd = () => box;
  control.addTo(map);
  return box;
}

/** @param {L.Map} map @param {{position: L.ControlPosition, texts: Texts}} options */
export function zoomControl(map, { position, texts }) {
  const about = () => map.containerPointToLatLng(freeCentre(map));
  const nearer = button("plus", texts.zoom_in ?? "", () => map.setZoomAround(about(), map.getZoom() + 1, { animate: !calm() }));
  const farther = button("minus", texts.zoom_out ?? "", () => map.setZoomAround(about(), map.getZoom() - 1, { animate: !calm() }));
  const mark = () => {
    nearer.setAttribute("aria-disabled", String(map.getZoom() >= map.getMaxZoom()));
    farther.setAttribute("aria-disabled", String(map.getZoom() <= map.getMinZoom()));
  };
  map.on("zoomend", mark);
  mark();
  place(map, "map-buttons map-buttons--zoom", position, nearer, farther);
}

/** @param {L.Map} map @param {{position: L.ControlPosition, texts: Texts}} options */
export function locateControl(map, { position, texts }) {
  const status = html("span", { class: "map-status", role: "status", hidden: true });
  /** @type {L.Layer[]} */
  let shown = [];
  const go = button("locate", texts.locate ?? "", () => {
    status.hidden = true;
    go.classList.add("is-busy");
    findMe(texts)
      .then(({ latlng, accuracy }) => {
        for (const layer of shown) layer.remove();
        const dot = L.divIcon({ html: html("span"), className: "map-me", iconSize: [20, 20] });
        shown = [
          L.circle(latlng, { radius: accuracy, className: "map-me-range", interactive: false }),
          L.marker(latlng, { icon: dot, interactive: false, keyboard: false }),
        ];
        for (const layer of shown) layer.addTo(map);
        centreOn(map, latlng, Math.max(map.getZoom(), 16.5));
      })
      .catch((error) => {
        status.textContent = error.message;
        status.hidden = false;
      })
      .finally(() => go.classList.remove("is-busy"));
  });
  place(map, "map-buttons map-buttons--locate", position, go, status);
}

/**
 * @param {Texts} texts
 * @returns {Promise<{latlng: L.LatLng, accuracy: number}>}
 * @throws an Error whose message can be shown
 */
export function findMe(texts) {
  return new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject(new Error(texts.locate_missing));
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latlng: L.latLng(coords.latitude, coords.longitude), accuracy: coords.accuracy }),
      ({ code }) => reject(new Error(code === 1 ? texts.locate_denied : code === 3 ? texts.locate_slow : texts.locate_failed)),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  });
}

/**
 * Moves a place into the middle of the free part of the map.
 * @param {L.Map} map
 * @param {L.LatLng} latlng
 * @param {number} zoom
 */
export function centreOn(map, latlng, zoom) {
  const shift = map.getSize().divideBy(2).subtract(freeCentre(map));
  const centre = map.unproject(map.project(latlng, zoom).add(shift), zoom);
  map.setView(centre, zoom, { animate: !calm() });
}

/** @param {L.Map} map @param {{position: L.ControlPosition, texts: Texts}} options */
export function fullScreenControl(map, { position, texts }) {
  const frame = /** @type {HTMLElement} */ (map.getContainer().closest("[data-map-frame]") ?? map.getContainer());
  if (!frame.requestFullscreen) return;
  const go = button("expand", texts.full_screen ?? "", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else frame.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    const large = document.fullscreenElement === frame;
    const label = (large ? texts.leave_full_screen : texts.full_screen) ?? "";
    go.replaceChildren(icon(large ? "shrink" : "expand"));
    go.setAttribute("aria-label", label);
    go.title = label;
  });
  place(map, "map-buttons map-buttons--screen", position, go);
}

/** @param {L.Map} map @param {{position: L.ControlPosition}} options */
export function scaleControl(map, { position }) {
  L.control.scale({ position, imperial: false, maxWidth: 110 }).addTo(map);
}

/**
 * The layers as a list of check boxes behind one button.
 * @param {L.Map} map
 * @param {{position: L.ControlPosition, texts: Texts}} options
 * @param {{layer: L.Layer, name: string}[]} layers
 */
export function layerControl(map, { position, texts }, layers) {
  const list = html("fieldset", { class: "map-layers__list" }, html("legend", { text: texts.layers ?? "" }));
  for (const { layer, name } of layers) {
    const box = /** @type {HTMLInputElement} */ (html("input", { type: "checkbox" }));
    box.checked = map.hasLayer(layer);
    box.addEventListener("change", () => (box.checked ? layer.addTo(map) : layer.remove()));
    list.append(html("label", {}, box, html("span", { text: name })));
  }
  const panel = html("div", { class: "map-layers__panel", hidden: true }, list);
  const opener = button("layers", texts.layers ?? "", () => turn(Boolean(panel.hidden)));
  opener.setAttribute("aria-expanded", "false");
  const turn = (/** @type {boolean} */ shown) => {
    panel.hidden = !shown;
    opener.setAttribute("aria-expanded", String(shown));
    if (shown) panel.querySelector("input")?.focus();
  };
  const box = place(map, "map-buttons map-layers", position, opener, panel);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.stopPropagation();
    turn(false);
    opener.focus();
  });
  map.on("click", () => turn(false));
}

/**
 * Sources of the data, as they came with it.
 * @param {L.Map} map
 * @param {{position: L.ControlPosition, texts: Texts}} options
 */
export function sourcesControl(map, { position, texts }) {
  const words = html("p");
  const details = html("details", { class: "map-sources", hidden: true }, html("summary", { text: texts.sources ?? "" }), words);
  map.on("sheet:attribution", (event) => {
    const { text } = /** @type {any} */ (event);
    if (!text) return;
    words.textContent = text;
    details.hidden = false;
  });
  place(map, "map-sources-box", position, details);
}

/**
 * @param {L.Map} map
 * @param {{url: string, attribution: string, maxZoom: number}} options picture tiles that the city chose
 */
export function rasterLayer(map, { url, attribution, maxZoom }) {
  const layer = L.tileLayer(url, { maxNativeZoom: maxZoom, maxZoom: 19, className: "map-raster" });
  layer.addTo(map);
  map.fire("sheet:attribution", { text: attribution });
  return layer;
}

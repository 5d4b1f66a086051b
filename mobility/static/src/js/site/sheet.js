/**
 * The bottom sheet of the map page on narrow screens: three stops, dragged by finger or moved by its button.
 * On wide screens the same element is the column beside the map and its stop has no effect.
 */
import { announce } from "./live.js";
import { text } from "./texts.js";

/** @typedef {"peek"|"half"|"full"} Stop */

/** @type {Stop[]} */
const STOPS = ["peek", "half", "full"];
const FLICK = 0.5; // pixels a millisecond

const element = () => /** @type {HTMLElement|null} */ (document.querySelector("[data-sheet]"));

export const sheet = {
  /** @returns {Stop} */
  get stop() {
    return /** @type {Stop} */ (element()?.dataset.stop ?? "half");
  },

  /** True when the sheet lies over the map, false when it is the column beside it. */
  get floating() {
    const node = element();
    return node !== null && getComputedStyle(node).position === "fixed";
  },

  /** How many pixels of the map the sheet covers at its lower edge. */
  get covered() {
    return sheet.floating ? (element()?.offsetHeight ?? 0) : 0;
  },

  /**
   * Moves the sheet and tells the map by a `sheet:moved` event.
   *
   * @param {Stop} stop
   * @param {{quiet?: boolean}} [options] quiet: not said aloud
   */
  set(stop, { quiet = true } = {}) {
    const node = element();
    if (!node || !STOPS.includes(stop)) return;
    node.style.blockSize = "";
    node.dataset.stop = stop;
    const label = node.querySelector("[data-sheet-label]");
    if (label) label.textContent = text(stop === "full" ? "sheet_shrink" : "sheet_grow");
    if (!quiet) announce(text(`sheet_stop_${stop}`));
    document.dispatchEvent(new CustomEvent("sheet:moved", { detail: { stop } }));
  },

  /** At least half: what was just chosen must be seen. */
  show() {
    if (sheet.stop === "peek") sheet.set("half");
  },

  /** At most half: the map must be seen. */
  makeRoom() {
    if (sheet.stop === "full") sheet.set("half");
  },
};

/** Makes the handle work. */
export function startSheet() {
  const node = element();
  const handle = /** @type {HTMLElement|null} */ (node?.querySelector("[data-sheet-handle]") ?? null);
  if (!node || !handle) return;
  let dragged = false;
  handle.addEventListener("click", () => {
    if (!dragged) sheet.set(next(sheet.stop), { quiet: false });
    dragged = false;
  });
  handle.addEventListener("keydown", (event) => {
    const stop = byKey(event.key, sheet.stop);
    if (!stop) return;
    event.preventDefault();
    sheet.set(stop, { quiet: false });
  });
  handle.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = false;
    follow(node, handle, event, () => (dragged = true));
  });
}

/**
 * The stop the button leads to: peek → half → full → peek.
 *
 * @param {Stop} stop
 * @returns {Stop}
 */
export function next(stop) {
  return STOPS[(STOPS.indexOf(stop) + 1) % STOPS.length];
}

/**
 * The stop an arrow key leads to, undefined for other keys.
 *
 * @param {string} key
 * @param {Stop} stop
 * @returns {Stop|undefined}
 */
export function byKey(key, stop) {
  const at = STOPS.indexOf(stop);
  if (key === "ArrowUp") return STOPS[Math.min(at + 1, 2)];
  if (key === "ArrowDown") return STOPS[Math.max(at - 1, 0)];
  if (key === "Home") return "full";
  if (key === "End") return "peek";
  return undefined;
}

/**
 * Where a released sheet comes to rest: a flick goes one stop its way, otherwise the nearest stop.
 *
 * @param {number} height of the sheet as released, in pixels
 * @param {number} speed upwards positive, in pixels a millisecond
 * @param {Record<Stop, number>} heights of the stops
 * @returns {Stop}
 */
export function rest(height, speed, heights) {
  if (speed > FLICK) return STOPS.find((stop) => heights[stop] > height) ?? "full";
  if (speed < -FLICK) return STOPS.findLast((stop) => heights[stop] < height) ?? "peek";
  return STOPS.reduce((best, stop) =>
    Math.abs(heights[stop] - height) < Math.abs(heights[best] - height) ? stop : best,
  );
}

/**
 * @param {HTMLElement} node
 * @param {HTMLElement} handle
 * @param {PointerEvent} down
 * @param {() => void} onDrag
 */
function follow(node, handle, down, onDrag) {
  const start = node.offsetHeight;
  const full = innerHeight - 76;
  const heights = { peek: 104, half: innerHeight * 0.52, full };
  let height = start;
  let last = { y: down.clientY, at: down.timeStamp };
  let speed = 0;
  const end = new AbortController();
  const { signal } = end;
  handle.setPointerCapture(down.pointerId);
  handle.addEventListener(
    "pointermove",
    (event) => {
      if (Math.abs(event.clientY - down.clientY) < 6 && !("dragging" in node.dataset)) return;
      onDrag();
      node.dataset.dragging = "";
      height = Math.max(64, Math.min(full, start + down.clientY - event.clientY));
      node.style.blockSize = `${height}px`;
      const elapsed = event.timeStamp - last.at;
      if (elapsed > 0) speed = (last.y - event.clientY) / elapsed;
      last = { y: event.clientY, at: event.timeStamp };
    },
    { signal },
  );
  const release = () => {
    end.abort();
    if (!("dragging" in node.dataset)) return;
    delete node.dataset.dragging;
    sheet.set(rest(height, speed, heights));
  };
  handle.addEventListener("pointerup", release, { signal });
  handle.addEventListener("pointercancel", release, { signal });
}

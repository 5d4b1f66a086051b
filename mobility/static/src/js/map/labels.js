/**
 * All names on the sheet, drawn in one SVG so that none covers another: places with their signs, quarters and water,
 * and street names that run along their street.
 */
import { L } from "./leaflet.js";
import { iconPath, svg } from "./dom.js";
import { bend, boxesAlong, cut, lengthOf, smooth, visibleRuns } from "./runs.js";

/**
 * @typedef {object} Label
 * @property {string} text
 * @property {string} style     class suffix: quarter, water, green, street, place, sign …
 * @property {number} rank      lower is placed first
 * @property {L.LatLng} [at]    a point label
 * @property {L.LatLng[]} [along] a street
 * @property {string} [sign]    icon drawn at the point
 * @property {number} [from]    smallest zoom of the name
 * @property {number} [signFrom] smallest zoom of the sign
 * @property {number} [to]      largest zoom
 * @property {number} [gap]     distance of the name from the middle of the street, pixels
 *
 * @typedef {object} Obstacle
 * @property {L.LatLng} at
 * @property {number} half    half its width, pixels
 * @property {number} [lift]  pixels that its middle stands above its place
 *
 * @typedef {[number, number, number, number]} Box left, top, right, bottom
 */

/** Height of a line of text, pixels. */
const LINE = 17;
const SIDES = /** @type {const} */ (["end", "start", "below", "above", "below-end", "below-start", "above-end", "above-start"]);
/** From here on a place keeps its name even where it touches a count: there is room to look beside it. */
const CLOSE = 16;

export class Labels {
  /**
   * @param {L.Map} map
   * @param {(map: L.Map) => {top: number, right: number, bottom: number, left: number}} covered pixels under other things
   */
  constructor(map, covered) {
    this.map = map;
    this.covered = covered;
    /** @type {Map<string, Obstacle[]>} */
    this.obstacles = new Map();
    /** @type {Map<string, Label[]>} */
    this.byOwner = new Map();
    /** @type {Map<string, number>} */
    this.widths = new Map();
    this.pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    this.renderer = new LabelRenderer({ pane: "label", padding: 0.15 });
    this.renderer.owner = this;
    this.renderer.addTo(map);
    document.fonts?.ready.then(() => {
      this.widths.clear();
      this.draw();
    });
  }

  /**
   * @param {string} owner
   * @param {Label[]} labels an empty list takes the owner's names away
   */
  set(owner, labels) {
    this.byOwner.set(owner, labels);
    this.draw();
  }

  /**
   * Keeps names away from things that stand above them.
   * @param {string} owner
   * @param {Obstacle[]} obstacles
   */
  avoid(owner, obstacles) {
    this.obstacles.set(owner, obstacles);
    this.draw();
  }

  /** @returns {{signs: Box[], controls: Box[]}} what stands above the names, in layer pixels */
  above() {
    const signs = [...this.obstacles.values()].flat().map(({ at, half, lift = 0 }) => {
      const { x, y } = this.map.latLngToLayerPoint(at).subtract([0, lift]);
      return /** @type {Box} */ ([x - half, y - half, x + half, y + half]);
    });
    const area = this.map.getContainer().getBoundingClientRect();
    const corner = this.map.containerPointToLayerPoint([0, 0]);
    const over = [...this.map.getContainer().querySelectorAll(".leaflet-control"), ...document.querySelectorAll(".map-add")];
    const controls = over.map((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      const [x, y] = [corner.x - area.left, corner.y - area.top];
      return /** @type {Box} */ ([left + x, top + y, right + x, bottom + y]);
    });
    return { signs, controls };
  }

  /** @returns {Box} the part of the screen where a name can be read, in layer pixels */
  free() {
    const { top, right, bottom, left } = this.covered(this.map);
    const corner = this.map.containerPointToLayerPoint([0, 0]);
    const size = this.map.getSize();
    return [corner.x + left + 4, corner.y + top + 4, corner.x + size.x - right - 4, corner.y + size.y - bottom - 4];
  }

  draw() {
    const drawing = this.renderer;
    const root = /** @type {SVGElement|undefined} */ (drawing._rootGroup);
    if (!root || !drawing._bounds) return;
    const view = drawing._bounds;
    const zoom = this.map.getZoom();
    const free = this.free();
    const { signs, controls } = this.above();
    const taken = [...signs, ...controls];
    /** @type {Element[]} */
    const made = [];
    const labels = [...this.byOwner.values()].flat().sort((a, b) => a.rank - b.rank);
    const standing = labels.filter((label) => label.at);
    for (const label of standing) this.sign(label, zoom, view, taken, made);
    for (const label of labels) {
      if (zoom < (label.from ?? 0) || zoom > (label.to ?? 30)) continue;
      if (label.at) {
        const placed = this.standing(label, free, taken, made);
        if (!placed && label.style === "place" && zoom >= CLOSE) this.standing(label, free, taken, made, signs.length);
      } else if (label.along) this.running(label, L.bounds([free[0], free[1]], [free[2], free[3]]), taken, made);
    }
    root.replaceChildren(...made);
  }

  /**
   * Draws the sign of a place and keeps its box free.
   * @param {Label} label @param {number} zoom @param {any} view @param {Box[]} taken @param {Element[]} made
   */
  sign(label, zoom, view, taken, made) {
    if (!label.sign || zoom < (label.signFrom ?? 0)) return;
    const point = this.map.latLngToLayerPoint(/** @type {L.LatLng} */ (label.at));
    if (!view.contains(point)) return;
    const half = label.style === "place" ? 12 : 9;
    taken.push([point.x - half, point.y - half, point.x + half, point.y + half]);
    made.push(drawSign(label, point));
  }

  /**
   * @param {Label} label @param {Box} free @param {Box[]} taken @param {Element[]} made
   * @param {number} [bearable] how many of the first boxes it may touch
   * @returns {boolean} whether there was room
   */
  standing(label, free, taken, made, bearable = 0) {
    const point = this.map.latLngToLayerPoint(/** @type {L.LatLng} */ (label.at));
    if (point.x < free[0] || point.x > free[2] || point.y < free[1] || point.y > free[3]) return true;
    const lines = label.style === "place" ? inTwo(label.text) : [label.text];
    const width = Math.max(...lines.map((text) => this.width({ ...label, text })));
    const choices = label.sign ? SIDES : /** @type {const} */ (["middle"]);
    for (const side of choices) {
      const box = placeBox(point, width, side, label.style === "place" ? 17 : 13, lines.length * LINE);
      if (!isWithin(box, free) || !isFree(box, taken.slice(bearable))) continue;
      taken.push(box);
      made.push(...drawStanding(label, lines, box, side));
      return true;
    }
    return false;
  }

  /**
   * @param {Label} label @param {any} view @param {Box[]} taken @param {Element[]} made
   */
  running(label, view, taken, made) {
    const points = /** @type {L.LatLng[]} */ (label.along).map((place) => this.map.latLngToLayerPoint(place));
    const width = this.width(label);
    const gap = label.gap ?? 10;
    for (const run of visibleRuns(points, view)) {
      const length = lengthOf(run);
      if (length < width + 16) continue;
      const places = [0.5, 0.35, 0.65, 0.2, 0.8, 0.08, 0.92];
      for (const [share, side] of places.flatMap((place) => [[place, -1], [place, 1]])) {
        const start = Math.max(6, Math.min(length - width - 6, length * share - width / 2));
        let piece = smooth(cut(run, start, start + width));
        if (bend(piece) > 0.6) continue;
        if (piece[piece.length - 1].x < piece[0].x) piece = piece.reverse();
        const boxes = boxesAlong(piece, side * gap);
        if (!boxes.every((box) => isFree(box, taken))) continue;
        taken.push(...boxes);
        made.push(...drawRunning(label, piece, side, gap, made.length));
        return;
      }
    }
  }

  /** @param {Label} label */
  width({ text, style }) {
    const key = `${style}|${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      const face = FACES[style] ?? FACES.sign;
      const words = face.capitals ? text.toLocaleUpperCase() : text;
      this.pen.font = face.font;
      width = this.pen.measureText(words).width + words.length * (face.spacing ?? 0);
      this.widths.set(key, width);
    }
    return width;
  }
}

const FAMILY = '"Atkinson Hyperlegible", system-ui, sans-serif';

/** @type {Record<string, {font: string, spacing?: number, capitals?: boolean}>} as in the style sheet */
const FACES = {
  quarter: { font: `700 14px ${FAMILY}`, spacing: 4.2, capitals: true },
  water: { font: `italic 400 14px ${FAMILY}`, spacing: 0.5 },
  green: { font: `italic 400 12.5px ${FAMILY}` },
  square: { font: `400 12.5px ${FAMILY}` },
  street: { font: `400 13px ${FAMILY}`, spacing: 0.2 },
  place: { font: `700 14px ${FAMILY}` },
  sign: { font: `400 12.5px ${FAMILY}` },
};

/** @type {any} a Leaflet renderer that only redraws names: it takes part in pans and animated zooms */
const LabelRenderer = /** @type {any} */ (L.SVG).extend({
  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    /** @type {any} */ (L.SVG.prototype)._update.call(this);
    this.owner.draw();
  },
});

/** @param {Label} label @param {L.Point} point */
function drawSign(label, point) {
  if (label.style === "place") {
    return svg(
      "g",
      { class: "map-sign map-sign--heritage", transform: `translate(${point.x} ${point.y})` },
      svg("rect", { x: -8.5, y: -8.5, width: 17, height: 17, rx: 1.5, transform: "rotate(45)" }),
      svg("path", { d: iconPath(label.sign ?? "arch"), transform: "translate(-6.6 -6.8) scale(.55)" }),
    );
  }
  return svg(
    "g",
    { class: `map-sign map-sign--${label.sign}`, transform: `translate(${point.x} ${point.y})` },
    svg("circle", { r: 8.5 }),
    svg("path", { d: iconPath(label.sign ?? "column"), transform: "translate(-6 -6) scale(.5)" }),
  );
}

/** @param {Label} label @param {L.Point[]} piece @param {number} side @param {number} gap @param {number} number */
function drawRunning(label, piece, side, gap, number) {
  const id = `map-run-${number}`;
  const path = svg("path", { id, d: `M${piece.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`, fill: "none" });
  const words = svg("textPath", { href: `#${id}`, startOffset: "50%", text: label.text });
  const dy = side < 0 ? -(gap - 4.5) : gap + 4.5;
  return [path, svg("text", { class: `map-name map-name--${label.style}`, dy }, words)];
}

/**
 * One line of text per element, centred in the box or set against the sign.
 * @param {Label} label @param {string[]} lines @param {Box} box @param {string} side
 */
function drawStanding(label, lines, box, side) {
  const anchor = side.endsWith("end") ? "start" : side.endsWith("start") ? "end" : "middle";
  const x = anchor === "start" ? box[0] + 2 : anchor === "end" ? box[2] - 2 : (box[0] + box[2]) / 2;
  const top = (box[1] + box[3] - lines.length * LINE) / 2;
  return lines.map((text, index) =>
    svg("text", { x, y: top + index * LINE + 13, class: `map-name map-name--${label.style} is-${anchor}`, text }),
  );
}

/** @param {string} text @returns {string[]} a long name in two lines of about the same length, without its second name */
function inTwo(text) {
  const name = text.replace(/\s*\(.*\)$/, "");
  if (name.length < 21) return [name];
  const gaps = [...name.matchAll(/ /g)].map(({ index }) => index);
  const [middle] = gaps.sort((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2));
  return middle === undefined ? [name] : [name.slice(0, middle), name.slice(middle + 1)];
}

/**
 * @param {L.Point} point
 * @param {number} width
 * @param {"middle"|typeof SIDES[number]} side
 * @param {number} gap
 * @param {number} height
 * @returns {Box}
 */
function placeBox({ x, y }, width, side, gap, height) {
  if (side === "end") return [x + gap - 2, y - height / 2, x + gap + width, y + height / 2];
  if (side === "start") return [x - gap - width, y - height / 2, x - gap + 2, y + height / 2];
  const top = side === "middle" ? y - height / 2 : side.startsWith("below") ? y + gap - 3 : y - gap + 3 - height;
  const left = side.endsWith("-end") ? x - 4 : side.endsWith("-start") ? x + 4 - width : x - width / 2;
  return [left, top, left + width, top + height];
}

/** @param {Box} box @param {Box} frame */
const isWithin = (box, frame) => box[0] >= frame[0] && box[1] >= frame[1] && box[2] <= frame[2] && box[3] <= frame[3];

/** @param {Box} box @param {Box[]} taken */
const isFree = (box, taken) =>
  taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);

/**
 * All names on the sheet, drawn in one SVG so that none covers another: places with their signs, quarters and water,
 * and street names that run along their street.
 */
import { L } from "./leaflet.js";
import { iconPath, svg } from "./dom.js";

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
 * @typedef {[number, number, number, number]} Box left, top, right, bottom
 */

const SIDES = /** @type {const} */ (["end", "start", "below", "above"]);

export class Labels {
  /** @param {L.Map} map */
  constructor(map) {
    this.map = map;
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

  draw() {
    const drawing = this.renderer;
    const root = /** @type {SVGElement|undefined} */ (drawing._rootGroup);
    if (!root || !drawing._bounds) return;
    const view = drawing._bounds;
    const zoom = this.map.getZoom();
    /** @type {Box[]} */
    const taken = [];
    /** @type {Element[]} */
    const made = [];
    const labels = [...this.byOwner.values()].flat().sort((a, b) => a.rank - b.rank);
    const standing = labels.filter((label) => label.at);
    for (const label of standing) this.sign(label, zoom, view, taken, made);
    for (const label of labels) {
      if (zoom < (label.from ?? 0) || zoom > (label.to ?? 30)) continue;
      if (label.at) this.standing(label, view, taken, made);
      else if (label.along) this.running(label, view, taken, made);
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
   * @param {Label} label @param {any} view @param {Box[]} taken @param {Element[]} made
   */
  standing(label, view, taken, made) {
    const point = this.map.latLngToLayerPoint(/** @type {L.LatLng} */ (label.at));
    if (!view.contains(point)) return;
    const width = this.width(label);
    const choices = label.sign ? SIDES : /** @type {const} */ (["middle"]);
    for (const side of choices) {
      const box = placeBox(point, width, side, label.style === "place" ? 17 : 13);
      if (!isFree(box, taken)) continue;
      taken.push(box);
      const x = (box[0] + box[2]) / 2;
      made.push(
        svg("text", { x, y: point.y + shift(side), class: `map-name map-name--${label.style}`, text: label.text }),
      );
      return;
    }
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
      const places = [0.5, 0.3, 0.7, 0.15, 0.85];
      for (const [share, side] of places.flatMap((place) => [[place, -1], [place, 1]])) {
        const start = Math.max(6, Math.min(length - width - 6, length * share - width / 2));
        let piece = cut(run, start, start + width);
        if (bend(piece) > 0.75) continue;
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

/** @param {L.Point} point @param {number} width @param {"middle"|"end"|"start"|"below"|"above"} side @param {number} gap @returns {Box} */
function placeBox({ x, y }, width, side, gap) {
  if (side === "end") return [x + gap - 2, y - 9, x + gap + width, y + 9];
  if (side === "start") return [x - gap - width, y - 9, x - gap + 2, y + 9];
  const top = side === "middle" ? y - 9 : side === "below" ? y + gap - 3 : y - gap - 14;
  return [x - width / 2, top, x + width / 2, top + 18];
}

/** @param {string} side */
const shift = (side) => (side === "below" ? 24 : side === "above" ? -17 : 4.5);

/** @param {Box} box @param {Box[]} taken */
const isFree = (box, taken) =>
  taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);

/** @param {L.Point[]} points @param {any} view @returns {L.Point[][]} the parts inside the view, longest first */
function visibleRuns(points, view) {
  /** @type {L.Point[][]} */
  const runs = [];
  for (let index = 1; index < points.length; index += 1) {
    const clipped = L.LineUtil.clipSegment(points[index - 1], points[index], view);
    if (!clipped) continue;
    const [from, to] = clipped;
    const last = runs[runs.length - 1];
    if (last && last[last.length - 1].distanceTo(from) < 0.5) last.push(to);
    else runs.push([from, to]);
  }
  return runs.sort((a, b) => lengthOf(b) - lengthOf(a));
}

/** @param {L.Point[]} points */
export const lengthOf = (points) =>
  points.slice(1).reduce((sum, point, index) => sum + point.distanceTo(points[index]), 0);

/** @param {L.Point[]} points @param {number} start @param {number} end @returns {L.Point[]} */
export function cut(points, start, end) {
  const piece = [];
  let walked = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    const length = a.distanceTo(b);
    const at = (/** @type {number} */ distance) => a.add(b.subtract(a).multiplyBy((distance - walked) / (length || 1)));
    if (walked + length >= start && walked <= end) {
      if (piece.length === 0) piece.push(at(Math.max(start, walked)));
      piece.push(at(Math.min(end, walked + length)));
    }
    walked += length;
  }
  return piece.length > 1 ? piece : points;
}

/** @param {L.Point[]} points @returns {number} the sharpest turn against the chord, radians */
function bend(points) {
  const heading = (/** @type {L.Point} */ a, /** @type {L.Point} */ b) => Math.atan2(b.y - a.y, b.x - a.x);
  const chord = heading(points[0], points[points.length - 1]);
  let most = 0;
  for (let index = 1; index < points.length; index += 1) {
    if (points[index].distanceTo(points[index - 1]) < 2) continue;
    const turn = Math.abs(heading(points[index - 1], points[index]) - chord);
    most = Math.max(most, Math.min(turn, Math.abs(2 * Math.PI - turn)));
  }
  return most;
}

/** @param {L.Point[]} piece left to right @param {number} away signed distance, down is positive @returns {Box[]} */
function boxesAlong(piece, away) {
  const [first, last] = [piece[0], piece[piece.length - 1]];
  const length = first.distanceTo(last) || 1;
  const normal = [(-(last.y - first.y) / length) * away, ((last.x - first.x) / length) * away];
  const total = lengthOf(piece);
  const count = Math.max(2, Math.ceil(total / 9));
  return Array.from({ length: count }, (_, index) => {
    const [point] = cut(piece, (total * index) / count, (total * (index + 1)) / count);
    const [x, y] = [point.x + normal[0], point.y + normal[1]];
    return /** @type {Box} */ ([x - 6, y - 6, x + 6, y + 6]);
  });
}

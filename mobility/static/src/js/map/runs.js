/**
 * Lines on the screen, in pixels: parts in view, pieces, bends, and the room that words along them take.
 */
import { L } from "./leaflet.js";

/** @typedef {import("./labels.js").Box} Box */

/** @param {L.Point[]} points @param {any} view @returns {L.Point[][]} the parts inside the view, longest first */
export function visibleRuns(points, view) {
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
export function bend(points) {
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
export function boxesAlong(piece, away) {
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

/**
 * The same way without sharp corners, so that letters along it neither collide nor gape.
 * @param {L.Point[]} points
 * @returns {L.Point[]}
 */
export function smooth(points) {
  let way = L.LineUtil.simplify(points, 4);
  for (let round = 0; round < 3 && way.length > 2; round += 1) {
    const between = way.slice(1).flatMap((point, index) => {
      const before = way[index];
      const step = point.subtract(before);
      return [before.add(step.multiplyBy(0.25)), before.add(step.multiplyBy(0.75))];
    });
    way = [way[0], ...between, way[way.length - 1]];
  }
  return way;
}

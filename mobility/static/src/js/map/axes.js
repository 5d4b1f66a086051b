/**
 * Axes of streets to which a line can hold, and the way along one between two places. Positions are pairs of
 * numbers in one plane, such as pixels; nothing here knows the map.
 *
 * @typedef {[number, number]} Pair
 * @typedef {{at: Pair, far: number, index: number, share: number}} Spot  nearest place: behind which corner, how far to the next
 */

/** A way along the street is not taken when it is longer than this many times the straight line. */
const DETOUR = 2.5;

/** @param {Pair} a @param {Pair} b */
const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** @param {Pair[]} line @param {Pair} place @returns {Spot} */
export function nearest(line, place) {
  /** @type {Spot} */
  let best = { at: line[0], far: far(line[0], place), index: 0, share: 0 };
  for (let index = 0; index + 1 < line.length; index += 1) {
    const [a, b] = [line[index], line[index + 1]];
    const [x, y] = [b[0] - a[0], b[1] - a[1]];
    const square = x * x + y * y;
    const share = square ? Math.max(0, Math.min(1, ((place[0] - a[0]) * x + (place[1] - a[1]) * y) / square)) : 0;
    /** @type {Pair} */
    const at = [a[0] + share * x, a[1] + share * y];
    if (far(at, place) < best.far) best = { at, far: far(at, place), index, share };
  }
  return best;
}

/**
 * The place to which one near axes holds: a corner or an end before the line between them.
 * @param {Pair[][]} lines @param {Pair} place @param {number} reach @returns {Pair|null}
 */
export function hold(lines, place, reach) {
  const corners = lines.flat().filter((corner) => far(corner, place) <= reach);
  if (corners.length) return corners.reduce((one, other) => (far(other, place) < far(one, place) ? other : one));
  const spots = lines.map((line) => nearest(line, place)).filter((spot) => spot.far <= reach);
  return spots.length ? spots.reduce((one, other) => (other.far < one.far ? other : one)).at : null;
}

/**
 * Corners of the street between two places on it, in the order of walking; empty when no street leads from one to the other.
 * @param {Pair[][]} lines @param {Pair} from @param {Pair} to @param {number} reach @returns {Pair[]}
 */
export function between(lines, from, to, reach) {
  /** @type {{length: number, corners: Pair[]}|null} */
  let best = null;
  for (const line of lines) {
    const [start, end] = [nearest(line, from), nearest(line, to)];
    if (start.far > reach || end.far > reach) continue;
    const forward = start.index + start.share <= end.index + end.share;
    const [first, last] = forward ? [start, end] : [end, start];
    const corners = line.slice(first.index + 1, last.index + 1).filter((corner) => far(corner, from) > 0.5 && far(corner, to) > 0.5);
    if (!forward) corners.reverse();
    const way = [from, ...corners, to];
    const length = way.slice(1).reduce((sum, place, index) => sum + far(place, way[index]), 0);
    if (length <= DETOUR * far(from, to) && (!best || length < best.length)) best = { length, corners };
  }
  return best?.corners ?? [];
}

/**
 * Measures that share a street are drawn side by side: each segment gets a lane, 0 in the middle, positive to the
 * right of its direction.
 */

/** Nearer than this, two segments run along the same street (metres). */
const NEAR = 14;

/**
 * @param {{code: string, measure: string, line: [number, number][]}[]} segments lines as lon, lat
 * @returns {Map<string, number>} lane by code
 */
export function lanesOf(segments) {
  const flat = segments.map((segment) => ({ ...segment, metres: metric(segment.line) }));
  /** @type {Map<string, number>} */
  const lanes = new Map();
  /** @type {typeof flat} */
  const placed = [];
  for (const segment of flat) {
    const used = new Set(
      placed
        .filter((other) => other.measure !== segment.measure && together(segment.metres, other.metres))
        .map((other) => (lanes.get(other.code) ?? 0) * sameWay(segment.metres, other.metres)),
    );
    const lane = [0, 1, -1, 2, -2, 3, -3].find((free) => !used.has(free)) ?? 0;
    lanes.set(segment.code, lane);
    placed.push(segment);
  }
  return lanes;
}

/** @param {[number, number][]} line @returns {[number, number][]} metres from the equator and Greenwich, good for short distances */
function metric(line) {
  const narrow = Math.cos((line[0][1] * Math.PI) / 180);
  return line.map(([lon, lat]) => [lon * 111320 * narrow, lat * 110950]);
}

/** @param {[number, number][]} a @param {[number, number][]} b */
function together(a, b) {
  if (Math.abs(a[0][0] - b[0][0]) > 3000 || Math.abs(a[0][1] - b[0][1]) > 3000) return false;
  const shared = (/** @type {[number, number][]} */ one, /** @type {[number, number][]} */ other) =>
    [0.2, 0.5, 0.8].filter((share) => distance(along(one, share), other) < NEAR).length;
  return shared(a, b) >= 2 || shared(b, a) >= 2;
}

/** @param {[number, number][]} a @param {[number, number][]} b @returns {1|-1} whether they are drawn the same way */
function sameWay(a, b) {
  const [ax, ay] = [a[a.length - 1][0] - a[0][0], a[a.length - 1][1] - a[0][1]];
  const [bx, by] = [b[b.length - 1][0] - b[0][0], b[b.length - 1][1] - b[0][1]];
  return ax * bx + ay * by >= 0 ? 1 : -1;
}

/** @param {[number, number][]} line @param {number} share @returns {[number, number]} */
function along(line, share) {
  const lengths = line.slice(1).map((point, index) => Math.hypot(point[0] - line[index][0], point[1] - line[index][1]));
  let left = lengths.reduce((sum, length) => sum + length, 0) * share;
  for (let index = 0; index < lengths.length; index += 1) {
    if (left <= lengths[index]) {
      const part = left / (lengths[index] || 1);
      return [
        line[index][0] + (line[index + 1][0] - line[index][0]) * part,
        line[index][1] + (line[index + 1][1] - line[index][1]) * part,
      ];
    }
    left -= lengths[index];
  }
  return line[line.length - 1];
}

/** @param {[number, number]} point @param {[number, number][]} line */
function distance([x, y], line) {
  let least = Infinity;
  for (let index = 1; index < line.length; index += 1) {
    const [ax, ay] = line[index - 1];
    const [bx, by] = line[index];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const part = length ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
    least = Math.min(least, Math.hypot(x - ax - part * (bx - ax), y - ay - part * (by - ay)));
  }
  return least;
}

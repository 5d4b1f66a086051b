/**
 * Counts that would lie on each other become one, where its comments weigh.
 *
 * @typedef {import("./bubbles.js").Counts} Counts
 * @typedef {{x: number, y: number, counts: Counts}} Heap pixels, and what is counted there
 */

const STANCES = /** @type {const} */ (["for", "against", "idea", "question"]);

/**
 * @param {Heap[]} heaps
 * @param {number} reach pixels within which a smaller heap joins a larger one
 * @returns {Heap[]} the largest first
 */
export function gather(heaps, reach) {
  const order = [...heaps].sort((a, b) => b.counts.n - a.counts.n || a.x - b.x || a.y - b.y);
  /** @type {Heap[]} */
  const kept = [];
  for (const heap of order) {
    const near = kept.find(({ x, y }) => Math.hypot(x - heap.x, y - heap.y) < reach);
    if (near) join(near, heap);
    else kept.push({ ...heap, counts: { ...heap.counts } });
  }
  return kept;
}

/** @param {Heap} heap @param {Heap} other */
function join(heap, other) {
  const all = heap.counts.n + other.counts.n;
  heap.x = (heap.x * heap.counts.n + other.x * other.counts.n) / all;
  heap.y = (heap.y * heap.counts.n + other.y * other.counts.n) / all;
  heap.counts.n = all;
  for (const stance of STANCES) heap.counts[stance] += other.counts[stance];
}

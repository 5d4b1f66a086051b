/** A line holds to the axes of streets, and follows one between two places on it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { between, hold, nearest } from "../../mobility/static/src/js/map/axes.js";

const bent = [[0, 0], [100, 0], [100, 100], [200, 100]];
const crossing = [[50, -50], [50, 50]];

test("the nearest place of a line lies on it", () => {
  assert.deepEqual(nearest(bent, [40, 8]).at, [40, 0]);
  assert.deepEqual(nearest(bent, [130, 60]).at, [100, 60]);
  assert.deepEqual(nearest([[5, 5], [5, 5]], [8, 9]).at, [5, 5]);
});

test("corners and ends come before the line between them", () => {
  assert.deepEqual(hold([bent, crossing], [95, 6], 14), [100, 0]);
  assert.deepEqual(hold([bent, crossing], [52, 30], 14), [50, 30]);
  assert.equal(hold([bent, crossing], [150, 40], 14), null);
  assert.equal(hold([], [0, 0], 14), null);
});

test("between two places on a street its corners are walked, in either direction", () => {
  assert.deepEqual(between([crossing, bent], [20, 1], [150, 99], 4), [[100, 0], [100, 100]]);
  assert.deepEqual(between([crossing, bent], [150, 99], [20, 1], 4), [[100, 100], [100, 0]]);
  assert.deepEqual(between([bent], [20, 0], [80, 0], 4), []);
  assert.deepEqual(between([bent], [0, 0], [100, 0], 4), []);
});

test("no street leads between places that are not both on it, and no detour is taken", () => {
  assert.deepEqual(between([bent], [20, 30], [150, 99], 4), []);
  const loop = [[0, 0], [0, 300], [20, 300], [20, 0]];
  assert.deepEqual(between([loop], [0, 10], [20, 10], 4), []);
});

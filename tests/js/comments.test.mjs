/** Comments on the map without a connection are cut out of what was kept of the plan. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answer, wanted } from "../../mobility/static/src/js/worker/comments.js";

const at = (path) => new URL(path, "https://city.example/plans/p/features/");
const pin = (id, lon, lat, stance = "for", topic = "walking") => ({
  type: "Feature", id, properties: { stance, topic, label: topic }, geometry: { type: "Point", coordinates: [lon, lat] },
});
const square = (id, counts, where) => ({
  type: "Feature", id, geometry: { type: "Polygon", coordinates: [] },
  properties: { n: 0, for: 0, against: 0, idea: 0, question: 0, ...counts, ...(where && { at: where }) },
});
const list = (...features) => ({ type: "FeatureCollection", features });

test("single comments are those in the box, with the stance and topic asked for", () => {
  const kept = list(pin(1, 13.1, 38.1), pin(2, 13.2, 38.1, "against"), pin(3, 14, 38.1));
  const ids = (query) => answer(kept, at(`comments.json?${query}`))?.features.map(({ id }) => id);
  assert.deepEqual(ids("bbox=13,38,13.5,38.5"), [1, 2]);
  assert.deepEqual(ids("bbox=13,38,13.5,38.5&stance=against&lang=it"), [2]);
  assert.deepEqual(ids("bbox=13,38,13.5,38.5&topic=cycling"), []);
});

test("what copies cannot know is not answered", () => {
  for (const query of ["comments.json?bbox=1,2,3,4&q=trees", "cells.json?bbox=1,2,3,4&stance=for", "cells.json?bbox=1,2,3,4&shape=hex", "comments.json", "segments.json?bbox=1,2,3,4"]) {
    assert.equal(wanted(at(query)), undefined, query);
  }
});

test("squares are put together without losing or doubling a comment", () => {
  const kept = list(
    square("17/70396/50498", { n: 3, for: 2, idea: 1 }, [13.355, 38.12]),
    square("17/70397/50499", { n: 1, against: 1 }, [13.357, 38.119]),
    square("17/70500/50498", { n: 5, question: 5 }, [13.64, 38.12]),
  );
  const wide = answer(kept, at("cells.json?bbox=13.3,38.1,13.4,38.2&z=16")).features;
  assert.deepEqual(wide.map(({ id, properties }) => [id, properties.n, properties.for, properties.against]), [["16/35198/25249", 4, 2, 1]]);
  assert.ok(Math.abs(wide[0].geometry.coordinates[0] - 13.3555) < 1e-9);
  const all = answer(kept, at("cells.json?bbox=13,38,14,39&z=12")).features;
  assert.equal(all.reduce((sum, { properties }) => sum + properties.n, 0), 9);
  assert.equal(answer(kept, at("cells.json?bbox=13,38,14,39&z=18")).features.length, 3);
});

/** What was typed and never sent: given back, forgotten in time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { KEPT, dropDraft, dropDrafts, keepDraft, readDraft, sweepDrafts } from "../../mobility/static/src/js/site/drafts.js";

function shelf() {
  const kept = new Map([["language", "it"]]);
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}

test("a draft is given back to its own form only", () => {
  const here = shelf();
  keepDraft(here, "/a", { text: "half a sentence", topic: "walking" }, 5);
  assert.deepEqual(readDraft(here, "/a", 6), { text: "half a sentence", topic: "walking" });
  assert.equal(readDraft(here, "/b", 6), null);
});

test("an emptied form leaves nothing behind", () => {
  const here = shelf();
  keepDraft(here, "/a", { text: "x" }, 1);
  keepDraft(here, "/a", { text: "  " }, 2);
  assert.equal(here.length, 1);
});

test("after thirty days a draft is gone", () => {
  const here = shelf();
  keepDraft(here, "/a", { text: "x" }, 0);
  assert.ok(readDraft(here, "/a", KEPT));
  assert.equal(readDraft(here, "/a", KEPT + 1), null);
  sweepDrafts(here, KEPT + 1);
  assert.deepEqual([here.length, here.getItem("language")], [1, "it"]);
});

test("what cannot be read is dropped, nothing else", () => {
  const here = shelf();
  here.setItem("draft:/broken", "{");
  keepDraft(here, "/a", { text: "x" }, 1);
  sweepDrafts(here, 2);
  assert.equal(here.length, 2);
});

test("signing out forgets all drafts; sending one forgets that one", () => {
  const here = shelf();
  for (const form of ["/a", "/b", "/c"]) keepDraft(here, form, { text: form }, 1);
  dropDraft(here, "/a");
  assert.ok(readDraft(here, "/b", 1));
  dropDrafts(here);
  assert.equal(here.length, 1);
});

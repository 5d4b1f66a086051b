/** What waits on the device: one vote a subject, sent in order, once, and never dropped without a word. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { age, chosenPairs, judge, keep, look, run, supersede, sweep, voteSubject } from "../../mobility/static/src/js/outbox/queue.js";

function memory() {
  const items = new Map();
  return {
    all: async () => [...items.values()].map((item) => structuredClone(item)),
    put: async (item) => items.set(item.id, structuredClone(item)),
    remove: async (id) => items.delete(id),
  };
}

const vote = (id, made, more = {}) => ({
  id, kind: "vote", subject: "/plans/p/segments/A/vote|", action: "/plans/p/segments/A/vote", page: "/", pairs: [["position", "1"]],
  title: "A", words: "Support", speaker: "", made, state: "waiting", tries: 0, ...more,
});
const comment = (id, made) => vote(id, made, { kind: "comment", subject: id, action: "/plans/p/comments", pairs: [["text", id]] });
const ids = async (store) => (await store.all()).map(({ id }) => id);
const taken = async () => ({ status: 303, location: "/receipts/X" });

test("the newest vote about a subject takes the place of those that wait", async () => {
  const store = memory();
  await keep(store, vote("first", 1));
  await keep(store, comment("said", 2));
  await keep(store, vote("second", 3));
  assert.deepEqual((await ids(store)).sort(), ["said", "second"]);
});

test("a vote sent at once drops older ones about the same subject, and no others", async () => {
  const store = memory();
  await keep(store, vote("here", 1));
  await keep(store, vote("there", 2, { subject: "/plans/p/segments/B/vote|" }));
  await supersede(store, "/plans/p/segments/A/vote|");
  assert.deepEqual(await ids(store), ["there"]);
});

test("withdrawing is about the same as voting; each voice is its own subject", () => {
  const own = voteSubject("http://x/plans/p/segments/A/vote#panel", [["position", "1"]]);
  assert.equal(own, voteSubject("/plans/p/segments/A/vote/withdraw", []));
  assert.notEqual(own, voteSubject("/plans/p/segments/A/vote", [["voice", "group"]]));
});

test("items are sent in the order in which they were written", async () => {
  const store = memory();
  for (const [id, made] of [["late", 30], ["early", 10], ["between", 20]]) await keep(store, comment(id, made));
  const seen = [];
  await run(store, async (item) => (seen.push(item.id), taken()));
  assert.deepEqual(seen, ["early", "between", "late"]);
});

test("a vote that arrived is gone; a comment stays with its receipt until it was seen, and is not sent again", async () => {
  const store = memory();
  await keep(store, vote("voted", 1));
  await keep(store, comment("said", 2));
  const found = await run(store, taken);
  assert.equal(found.sent.length, 2);
  assert.equal(found.left, 0);
  const [kept] = await store.all();
  assert.deepEqual([kept.id, kept.state, kept.receipt], ["said", "sent", "/receipts/X"]);
  const again = await run(store, () => assert.fail("sent twice"));
  assert.equal(again.sent.length, 0);
});

test("when nobody answers everything stays, and nothing later overtakes", async () => {
  const store = memory();
  await keep(store, comment("one", 1));
  await keep(store, comment("two", 2));
  let asked = 0;
  const found = await run(store, async () => {
    asked += 1;
    throw new TypeError("no network");
  });
  assert.equal(asked, 1);
  assert.equal(found.left, 2);
});

test("how long an item has waited is counted by the device, over every look at it", async () => {
  const store = memory();
  await keep(store, vote("slow", 1_000));
  await keep(store, vote("behind", 2_000, { subject: "/plans/p/segments/B/vote|" }));
  const lost = () => Promise.reject(new TypeError("no network"));
  await run(store, lost, () => 61_000);
  await run(store, lost, () => 181_500);
  assert.deepEqual((await store.all()).map(age), ["181", "180"]);
});

test("a clock that is put back never makes an item younger: its age is unknown from then on", async () => {
  const store = memory();
  await keep(store, vote("odd", 3_600_000));
  const said = [];
  const post = async (item) => (said.push(age(item)), Promise.reject(new TypeError("no network")));
  for (const now of [3_610_000, 1_000_000, 4_000_000]) await run(store, post, () => now);
  assert.deepEqual(said, ["10", "unknown", "unknown"]);
});

test("looking at an item adds the time that has passed", () => {
  const item = vote("new", 500);
  look(item, 500);
  assert.equal(age(item), "0");
  look(item, 501);
  assert.equal(age(item), "1");
});

test("a refusal is kept with its reason and lets the others go on", async () => {
  const store = memory();
  await keep(store, comment("closed", 1));
  await keep(store, comment("fine", 2));
  const found = await run(store, async ({ id }) => (id === "closed" ? { status: 409, body: "<p>why</p>" } : taken()));
  assert.deepEqual([found.refused.length, found.sent.length], [1, 1]);
  const refused = (await store.all()).find(({ id }) => id === "closed");
  assert.deepEqual([refused.state, refused.answer, refused.pairs], ["refused", "<p>why</p>", [["text", "closed"]]]);
});

test("what was written by somebody signed in waits until that person signs in again", async () => {
  const store = memory();
  await keep(store, vote("mine", 1, { speaker: "me" }));
  assert.equal((await run(store, async () => "sign-in")).left, 1);
  assert.equal((await store.all())[0].state, "sign-in");
  assert.equal((await run(store, taken)).left, 0);
});

test("an item that was discarded or changed while it was being sent is left as it is", async () => {
  const store = memory();
  await keep(store, comment("gone", 1));
  await run(store, async (item) => (await store.remove(item.id), { status: 409 }));
  assert.deepEqual(await ids(store), []);
});

test("answers mean what they say", () => {
  assert.equal(judge({ status: 303, location: "/" }, 1), "sent");
  for (const status of [408, 429, 502, 503, 504]) assert.equal(judge({ status }, 99), "later");
  for (const status of [200, 400, 403, 404, 409, 422]) assert.equal(judge({ status }, 1), "refused");
  assert.deepEqual([judge({ status: 500 }, 1), judge({ status: 500 }, 5)], ["later", "refused"]);
});

test("tokens are not kept, nor files that were not chosen; photos are", () => {
  const photo = new Blob(["x"]);
  const pairs = [["csrf_token", "t"], ["step", "edit"], ["text", ""], ["photo", new Blob([])], ["photo", photo]];
  assert.deepEqual(chosenPairs(pairs), [["text", ""], ["photo", photo]]);
});

test("receipts leave the list after a week", async () => {
  const store = memory();
  await store.put({ ...comment("old", 0), state: "sent" });
  await store.put({ ...comment("waits", 0) });
  await sweep(store, 8 * 86_400_000);
  assert.deepEqual(await ids(store), ["waits"]);
});

/**
 * What waits on this device to be sent: kept in order, one vote a subject, each sent once. Knows no browser: the
 * store and the way to post are given.
 */

/**
 * @typedef {"waiting"|"refused"|"sent"|"sign-in"} State
 * @typedef {object} Item
 * @property {string} id       the form's own key where it has one, so that sending twice makes one
 * @property {string} kind     vote, comment, or what the form says it is
 * @property {string} subject  a newer item about the same subject takes the place of an older one
 * @property {string} action   address that takes it
 * @property {string} page     address where it was written
 * @property {[string, string|Blob][]} pairs  the fields of the form, without its token
 * @property {string} title    what it is about, in words
 * @property {string} words    what it says, in words
 * @property {string} speaker  who was signed in when it was written; empty for nobody
 * @property {number} made     when it was written, in milliseconds
 * @property {State} state
 * @property {number} tries
 * @property {number} [waited]   milliseconds that have passed since it was written, as this device counted them
 * @property {number} [seen]     when this device last looked at it
 * @property {boolean} [unsure]  the clock was put back meanwhile: nobody knows how long it has waited
 * @property {string} [answer]   why it was refused, as the page that said so
 * @property {string} [receipt]  where its receipt can be read
 *
 * @typedef {{all: () => Promise<Item[]>, put: (item: Item) => Promise<unknown>, remove: (id: string) => Promise<unknown>}} Store
 * @typedef {{status: number, location?: string, body?: string}} Answer
 * @typedef {(item: Item) => Promise<Answer|"sign-in">} Post  throws when nobody answered
 */

/** Times that an answer "broken on our side" is taken for a passing fault. */
const PATIENCE = 5;
const DAY = 86_400_000;

/** Fields that belong to the page, not to what was written. */
const OF_THE_PAGE = new Set(["csrf_token", "step"]);

/**
 * @param {Iterable<[string, string|Blob]>} pairs every field of a form
 * @returns {[string, string|Blob][]} those to keep; files that were not chosen are left out
 */
export function chosenPairs(pairs) {
  return [...pairs].filter(([name, value]) => !OF_THE_PAGE.has(name) && (typeof value === "string" || value.size > 0));
}

/**
 * What a vote is about: the address that takes it, and in whose name; withdrawing is about the same.
 *
 * @param {string} action
 * @param {[string, string|Blob][]} pairs
 */
export function voteSubject(action, pairs) {
  const voice = pairs.find(([name]) => name === "voice")?.[1] ?? "";
  return `${new URL(action, "http://here").pathname.replace(/\/withdraw$/, "")}|${voice}`;
}

/**
 * Counts on how long an item has waited. The device's clock may be wrong, but it mostly runs evenly.
 *
 * @param {Item} item
 * @param {number} now
 */
export function look(item, now) {
  const since = now - (item.seen ?? item.made);
  if (since < 0) item.unsure = true;
  item.waited = (item.waited ?? 0) + Math.max(0, since);
  item.seen = now;
}

/**
 * Whole seconds since it was said, so that a newer vote sent from elsewhere stays.
 *
 * @param {Item} item
 */
export const age = ({ unsure, waited = 0 }) => (unsure ? "unknown" : String(Math.ceil(waited / 1000)));

/**
 * Keeps an item; what waits about the same subject, or under the same key, makes place for it.
 *
 * @param {Store} store
 * @param {Item} item
 */
export async function keep(store, item) {
  await supersede(store, item.subject, item.id);
  await store.put(item);
}

/**
 * Drops what waits about a subject, because something newer was said about it.
 *
 * @param {Store} store
 * @param {string} subject
 * @param {string} [except] id of the newer item
 */
export async function supersede(store, subject, except) {
  for (const { id, state, subject: about } of await store.all()) {
    if (about === subject && id !== except && state !== "sent") await store.remove(id);
  }
}

/**
 * What an answer means for the item that it answers.
 *
 * @param {Answer} answer
 * @param {number} tries times it was sent, this one included
 * @returns {"sent"|"later"|"refused"}
 */
export function judge({ status, location }, tries) {
  if (location !== undefined) return "sent";
  if ([408, 425, 429, 502, 503, 504].includes(status)) return "later";
  if (status >= 500) return tries < PATIENCE ? "later" : "refused";
  return "refused";
}

/**
 * Sends what waits, the oldest first, until nobody answers. An item that was changed or dropped meanwhile is left
 * as it is.
 *
 * @param {Store} store
 * @param {Post} post
 * @param {() => number} [clock]
 * @returns {Promise<{sent: Item[], refused: Item[], left: number}>} left: how many still wait
 */
export async function run(store, post, clock = Date.now) {
  /** @type {{sent: Item[], refused: Item[], left: number}} */
  const found = { sent: [], refused: [], left: 0 };
  for (const item of await waiting(store)) {
    look(item, clock());
    await update(store, item);
  }
  for (const item of await waiting(store)) {
    const verdict = await send(store, item, post);
    if (verdict === "sent") found.sent.push(item);
    else if (verdict === "refused") found.refused.push(item);
    else if (verdict === "later") break;
  }
  found.left = (await waiting(store)).length;
  return found;
}

/**
 * @param {Store} store
 * @param {Item} item
 * @param {Post} post
 * @returns {Promise<"sent"|"refused"|"later"|"sign-in">}
 */
async function send(store, item, post) {
  item.tries += 1;
  /** @type {Answer|"sign-in"} */
  let answer;
  try {
    answer = await post(item);
  } catch {
    await update(store, item);
    return "later";
  }
  if (answer === "sign-in") {
    await update(store, Object.assign(item, { state: "sign-in" }));
    return "sign-in";
  }
  const verdict = judge(answer, item.tries);
  if (verdict === "later") await update(store, item);
  else if (verdict === "refused") await update(store, Object.assign(item, { state: "refused", answer: answer.body ?? "" }));
  else if (item.kind === "comment") await update(store, Object.assign(item, { state: "sent", receipt: answer.location, pairs: [] }));
  else await removeSame(store, item);
  return verdict;
}

/** @param {Store} store @param {Item} item the one in the store that is the same, if it is still there */
const same = async (store, item) => (await store.all()).some(({ id, made }) => id === item.id && made === item.made);

/** @param {Store} store @param {Item} item */
async function update(store, item) {
  if (await same(store, item)) await store.put(item);
}

/** @param {Store} store @param {Item} item */
async function removeSame(store, item) {
  if (await same(store, item)) await store.remove(item.id);
}

/** @param {Store} store @returns {Promise<Item[]>} what is to be sent, the oldest first */
export async function waiting(store) {
  const items = await store.all();
  return items.filter(({ state }) => state === "waiting" || state === "sign-in").sort((a, b) => a.made - b.made);
}

/**
 * Forgets receipts of what was sent a week ago; they are in the list so that nobody misses them.
 *
 * @param {Store} store
 * @param {number} now
 */
export async function sweep(store, now) {
  for (const { id, state, made } of await store.all()) if (state === "sent" && now - made > 7 * DAY) await store.remove(id);
}

/**
 * The outbox of a page: keeps forms that nobody answered, sends them when somebody does, and tells about both.
 */
import { dropDraftOf } from "../site/drafting.js";
import { announce, showToast } from "../site/live.js";
import { loadPanel } from "../site/panel.js";
import { remember, tokenAddress } from "../site/outgoing.js";
import { text } from "../site/texts.js";
import { poster } from "./post.js";
import { wordsField } from "./fields.js";
import { chosenPairs, keep, run, supersede, sweep, voteSubject, waiting } from "./queue.js";
import { openStore } from "./store.js";
import { askToKeep, showKept, showWaiting } from "./view.js";

/** @typedef {import("./queue.js").Item} Item */

/** What the page it was written on shows once it has arrived, or was refused. */
const SHOWN = new Set(["vote", "reply", "endorse"]);
const PAUSES = [5, 15, 60, 300];
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("outbox") : undefined;
const store = openStore();
let failures = 0;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;

/** Shows what waits, and sends it. */
export async function open() {
  await sweep(await store, Date.now());
  await tell();
  await sendAll();
}

addEventListener("online", () => sendAll());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
document.addEventListener("panel:loaded", () => tell());
tabs?.addEventListener("message", () => tell());
navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.type === "outbox" && arrived(data));

/**
 * One at a time, whichever tab or worker it is.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
const alone = (work) => (navigator.locks ? navigator.locks.request("outbox", work) : work());

/**
 * Keeps a form that could not be sent. One that still awaits its preview asks first.
 *
 * @param {HTMLFormElement} form
 * @param {string} action
 * @param {FormData} body
 */
export async function keepForm(form, action, body) {
  const item = describe(form, action, body);
  if (!complete(form, body)) return showToast(text("kept_missing"), "warning");
  if (form.dataset.outboxSend && !(await askToKeep(form, item))) return;
  if (await takeBack(item)) return;
  await alone(async () => keep(await store, item));
  dropDraftOf(form);
  showKept(form, item);
  announce(`${text("kept_title")}. ${text("kept_later")}`);
  await tell();
  document.querySelector("[data-vote-kept], .outbox-kept")?.scrollIntoView({ block: "nearest" });
  tabs?.postMessage("changed");
  await askForSync();
  again();
}

/**
 * A button that is pressed a second time while its first press waits is as it was before.
 *
 * @param {Item} item
 * @returns {Promise<boolean>} true when there is nothing to keep any more
 */
async function takeBack(item) {
  const before = (await (await store).all()).find(({ kind, action, state }) => kind === "endorse" && state === "waiting" && action === item.action);
  if (item.kind !== "endorse" || !before) return false;
  await discard(before);
  return true;
}

/**
 * A newer vote is on its way: what waits about the same subject is dropped, after it was sent if it was being sent.
 *
 * @param {HTMLFormElement} form
 * @param {string} action
 * @param {FormData} body
 */
export async function makeWay(form, action, body) {
  const { subject } = describe(form, action, body);
  const items = await (await store).all();
  if (items.some((item) => item.subject === subject)) await alone(async () => supersede(await store, subject));
  await tell();
}

/**
 * @param {HTMLFormElement} form
 * @param {string} action
 * @param {FormData} body
 * @returns {Item}
 */
function describe(form, action, body) {
  const pairs = chosenPairs(body.entries());
  const key = String(body.get("key") ?? body.get("idempotency_key") ?? "") || crypto.randomUUID();
  const kind = form.dataset.outbox ?? "vote";
  const address = path(form.dataset.outboxSend ?? action);
  return {
    id: key,
    kind,
    subject: { vote: voteSubject(action, pairs), endorse: voteSubject(action, []), report: address }[kind] ?? key,
    action: address,
    page: location.pathname + location.search,
    pairs,
    title: title(form),
    words: words(form, body),
    speaker: localStorage.getItem("speaker") ?? "",
    made: Date.now(),
    state: "waiting",
    tries: 0,
  };
}

/** @param {HTMLFormElement} form @param {FormData} body whether it has what it needs, so that it is not refused later */
const complete = (form, body) => (form.dataset.outboxNeeds ?? "").split(" ").every((name) => !name || String(body.get(name) ?? "").trim());

/** @param {HTMLFormElement} form what it is about: the place of a comment, else the heading of the card */
function title(form) {
  const comment = form.closest("[data-comment]")?.querySelector(".comment__text")?.textContent?.trim();
  if (form.dataset.outbox === "endorse" && comment) return comment.length > 90 ? `${comment.slice(0, 90)} …` : comment;
  const list = /** @type {HTMLSelectElement|null} */ (form.querySelector("select[name=place]"));
  const listed = list?.value ? list.selectedOptions[0]?.textContent : undefined;
  const said = document.querySelector(form.dataset.outboxSend ? "[data-pick-words]" : "#panel .comment__place");
  const heading = document.querySelector("#panel h2")?.textContent;
  const found = form.dataset.outboxTitle ?? listed ?? (form.dataset.outbox === "comment" ? said?.textContent : undefined) ?? heading;
  return found?.trim().replace(/\s+/g, " ") || document.title;
}

/** @param {string} address without what belongs to the page it leads to */
const path = (address) => {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
};

/** @param {HTMLFormElement} form @param {FormData} body what it says, in the words of the page */
function words(form, body) {
  if (form.dataset.outboxWords) return form.dataset.outboxWords;
  const chosen = form.querySelector("input:is([name=position], [name=reason]):checked")?.closest("label")?.textContent?.trim();
  const typed = [...form.querySelectorAll("textarea")].map(({ name }) => String(body.get(name) ?? "").trim());
  const pressed = form.querySelector("button[type=submit]")?.textContent?.trim();
  return [chosen, ...typed].filter(Boolean).join("\n") || pressed || "";
}

/** Sends what waits, if somebody answers; else tries again after a while. */
export async function sendAll() {
  clearTimeout(timer);
  if (!(await waiting(await store)).length) return tell();
  const found = await alone(async () => run(await store, poster(tokenAddress())));
  await arrived({ sent: found.sent, refused: found.refused });
  tabs?.postMessage("changed");
  failures = found.sent.length ? 0 : failures + 1;
  if (found.left) again();
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(() => sendAll(), PAUSES[Math.min(failures, PAUSES.length - 1)] * 1000);
}

/**
 * Tells what became of items: here, or as the worker reports it.
 *
 * @param {{sent: Item[], refused: Item[]}} found
 */
async function arrived({ sent, refused }) {
  if (refused.length) showToast(text("kept_not_taken"), "warning");
  else if (sent.some(({ kind }) => kind === "vote")) showToast(text("kept_sent"), "success");
  else if (sent.length) announce(text("kept_sent"));
  if ([...sent, ...refused].some(({ kind, page }) => SHOWN.has(kind) && page === location.pathname + location.search)) {
    await loadPanel(location.href, { push: false, focus: false, fresh: true });
  } else if (sent.length) document.dispatchEvent(new CustomEvent("outbox:sent", { detail: sent }));
  await tell();
}

/** Shows how many wait, with the way to each; remembers the number for the next page. */
async function tell() {
  const items = await (await store).all();
  remember("outbox", String(items.length));
  showWaiting(items, { change, discard, sendAll });
}

/** @param {Item} item @param {string} typed the new words */
async function change(item, typed) {
  await alone(async () => {
    const field = wordsField(item.kind);
    const pairs = /** @type {[string, string|Blob][]} */ (item.pairs.map(([name, value]) => [name, name === field ? typed : value]));
    const anew = { made: Date.now(), waited: 0, seen: undefined, unsure: false, tries: 0, answer: undefined };
    await keep(await store, { ...item, ...anew, pairs, words: typed, state: "waiting" });
  });
  await sendAll();
}

/** @param {Item} item */
async function discard(item) {
  await alone(async () => (await store).remove(item.id));
  tabs?.postMessage("changed");
  await tell();
}

/** Where the browser can, the worker sends even when this page is closed. */
async function askForSync() {
  try {
    const registration = /** @type {any} */ (await navigator.serviceWorker?.getRegistration());
    await registration?.sync?.register("outbox");
  } catch {
    // not allowed here: the page sends when it is open
  }
}

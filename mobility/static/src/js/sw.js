/**
 * The service worker. Pages come from the network; when nobody answers, the copy that was kept on this device is
 * given with the time it was made. Copies are fetched without cookies: they are what strangers see, never what
 * belongs to one person. `self.OFFLINE` stands before this script: what was built, and where.
 */
import { poster } from "./outbox/post.js";
import { run } from "./outbox/queue.js";
import { openStore } from "./outbox/store.js";
import { answerPage, forgetPages, keepPlan, keepVisited, remember, setUp } from "./worker/pages.js";
import { answerFile, fetchFiles, forgetOld } from "./worker/files.js";
import { isFile, isKeptData, isPage } from "./worker/addresses.js";

const worker = /** @type {any} */ (self);
const { root, files, languages, page, token, version } = worker.OFFLINE;

setUp({ root, page, version });

/** What is kept after a sign-out is not taken for what was there before. */
let forgotten = Promise.resolve();

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(Promise.all([fetchFiles(files, version), remember(page, languages)]).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(forgetOld().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (isFile(url, root)) event.respondWith(answerFile(request, version));
  else if (isPage(url, request, root) || isKeptData(url, root)) event.respondWith(answerPage(event));
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const { type, list, language } = event.data ?? {};
  if (type === "keep") event.waitUntil(forgotten.then(() => keepPlan(list, language)));
  else if (type === "visited") event.waitUntil(forgotten.then(() => keepVisited(event.data.url, language)));
  else if (type === "forget") event.waitUntil((forgotten = forgotten.then(forgetPages)));
});

worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "outbox") event.waitUntil(sendOutbox());
});

async function sendOutbox() {
  const store = await openStore();
  const found = await worker.navigator.locks.request("outbox", () => run(store, poster(token)));
  for (const client of await worker.clients.matchAll()) {
    client.postMessage({ type: "outbox", sent: found.sent, refused: found.refused });
  }
  if (found.left) throw new Error("something waits still"); // the browser asks again later
}

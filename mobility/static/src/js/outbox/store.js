/**
 * The outbox in the browser's own database. Pages and the service worker open the same one.
 */
import { openDB } from "idb";

/** @typedef {import("./queue.js").Item} Item */

const TABLE = "items";

/** @returns {Promise<import("./queue.js").Store & {clear: () => Promise<unknown>}>} */
export async function openStore() {
  const base = await openDB("outbox", 1, {
    upgrade: (fresh) => void fresh.createObjectStore(TABLE, { keyPath: "id" }),
    blocking: (_now, _next, event) => /** @type {IDBDatabase} */ (event.target).close(),
  });
  return {
    all: () => base.getAll(TABLE),
    put: (item) => base.put(TABLE, item),
    remove: (id) => base.delete(TABLE, id),
    clear: () => base.clear(TABLE),
  };
}

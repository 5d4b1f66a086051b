/**
 * What changes without a page load is said aloud for screen readers, and shown as a short note when it matters.
 */
import { text } from "./texts.js";

/**
 * Says `message` through the page's live region.
 *
 * @param {string} message
 */
export function announce(message) {
  const region = document.querySelector("[data-live]");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = message), 60);
}

/**
 * A note at the bottom of the window; a new one takes the place of the old.
 *
 * @param {string} message
 * @param {"info"|"success"|"warning"|"offline"|"error"} [kind]
 */
export function showToast(message, kind = "info") {
  document.querySelector("[data-toast]")?.remove();
  const note = document.createElement("div");
  note.className = `toast notice notice--${kind}`;
  note.dataset.toast = kind;
  const body = document.createElement("p");
  body.className = "notice__body";
  body.textContent = message;
  note.append(body);
  document.body.append(note);
  announce(message);
  setTimeout(() => note.remove(), kind === "offline" ? 10_000 : 6000);
}

/** Tells when the connection is lost and when it is back. */
export function watchConnection() {
  addEventListener("offline", () => showToast(text("offline"), "offline"));
  addEventListener("online", () => showToast(text("online"), "success"));
}

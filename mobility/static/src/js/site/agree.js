/**
 * "I agree" without leaving one's place in a list: the button is sent by itself and comes back in its new state.
 * Without this script, or when anything goes wrong, the form is sent as any other.
 */
import { announce } from "./live.js";

const HEADERS = { "X-Fragment": "agree", Accept: "text/html" };

export function startAgreeing() {
  document.addEventListener("submit", onSubmit);
}

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || !form.matches("[data-agree-form]")) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  if (!(await replace(form))) {
    form.removeAttribute("aria-busy");
    form.submit();
  }
}

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<boolean>} false when the answer was not the button
 */
async function replace(form) {
  const place = form.closest("[data-agree]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: HEADERS });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.querySelector("[data-said]");
    const fresh = page.querySelector("[data-agree]");
    if (!answer.ok || !place || !fresh) return false;
    place.replaceWith(document.adoptNode(fresh));
    /** @type {HTMLElement|null} */ (fresh.querySelector("button"))?.focus();
    announce(said?.getAttribute("data-said") ?? "");
    return true;
  } catch {
    return false;
  }
}

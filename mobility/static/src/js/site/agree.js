/**
 * "I agree" without leaving one's place in a list: the button is sent by itself and comes back in its new state.
 * When nobody answers the click waits on this device. Without this script, or when anything else goes wrong, the
 * form is sent as any other.
 */
import { postForm, Unreachable } from "../outbox/post.js";
import { announce } from "./live.js";
import { outbox, tokenAddress, waits } from "./outgoing.js";

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
  const body = new FormData(form);
  try {
    if (!(await replace(form, body))) form.submit();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    await (await outbox()).keepForm(form, form.action, body);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {FormData} body
 * @returns {Promise<boolean>} false when the answer was not the button
 * @throws {Unreachable}
 */
async function replace(form, body) {
  const place = form.closest("[data-agree]");
  const { status, body: markup = "" } = await postForm(form.action, body, tokenAddress(), HEADERS);
  const page = new DOMParser().parseFromString(markup, "text/html");
  const said = page.querySelector("[data-said]");
  const fresh = page.querySelector("[data-agree]");
  if (status !== 200 || !place || !fresh) return false;
  if (waits() > 0) await (await outbox()).makeWay(form, form.action, body);
  place.replaceWith(document.adoptNode(fresh));
  /** @type {HTMLElement|null} */ (fresh.querySelector("button"))?.focus();
  announce(said?.getAttribute("data-said") ?? "");
  return true;
}

/**
 * Forms of the panel that must not be lost: they are posted by script; when nobody answers, they are kept on this
 * device and sent later. Without script they are sent as any form.
 */
import { postForm, Unreachable } from "../outbox/post.js";
import { dropDraftOf, dropEveryDraft } from "./drafting.js";
import { release } from "./forms.js";
import { showToast } from "./live.js";
import { isOutgoing, loadPanel, onMapPage, showAnswer } from "./panel.js";
import { text } from "./texts.js";

const COUNT = "outbox";

/** The part that keeps and shows what waits; loaded when there is something, or may be soon. */
export const outbox = () => import("../outbox/desk.js");

export const tokenAddress = () => document.body.dataset.token ?? "";

export function startOutgoing() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("submit", onSignOut, true);
  if (waits() > 0) outbox().then(({ open }) => open());
  else if (onMapPage()) (globalThis.requestIdleCallback ?? setTimeout)(() => void outbox());
  const { speaker } = document.body.dataset;
  const live = !("kept" in document.documentElement.dataset);
  if (live && speaker !== undefined) remember("speaker", speaker);
}

/** How many items waited when this device last looked; known without opening the outbox. */
export function waits() {
  try {
    return Number(localStorage.getItem(COUNT) ?? 0);
  } catch {
    return 0;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing keeps no outbox either
  }
}

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || !isOutgoing(form)) return;
  event.preventDefault();
  const button = /** @type {HTMLButtonElement|null} */ (event.submitter);
  const action = button?.hasAttribute("formaction") ? button.formAction : form.action;
  const body = new FormData(form, button);
  const panel = document.getElementById("panel");
  panel?.setAttribute("aria-busy", "true");
  try {
    await send(form, action, body);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    if (body.has("step")) showToast(text("load_failed"), "offline");
    else await (await outbox()).keepForm(form, action, body);
  } finally {
    panel?.removeAttribute("aria-busy");
    release();
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {string} action
 * @param {FormData} body
 * @throws {Unreachable}
 */
async function send(form, action, body) {
  if (waits() > 0) await (await outbox()).makeWay(form, action, body);
  const { status, location: next, body: page } = await postForm(action, body, tokenAddress());
  const further = status === 200 && !body.has("step");
  if (next !== undefined) {
    dropDraftOf(form);
    await arrive(next);
  } else if (status >= 500 || !page || !showAnswer(page, { further })) showToast(text("failed_here"), "error");
}

/** @param {string} next where the form leads: beside the map, or to a page of its own */
async function arrive(next) {
  const url = new URL(next, location.href);
  const tab = /** @type {HTMLAnchorElement|null} */ (document.querySelector("a.tabs__tab"));
  const beside = tab !== null && `${url.pathname}/`.startsWith(`${new URL(tab.href).pathname}/`);
  if (!beside) location.assign(url);
  else if (!(await loadPanel(url, { push: url.pathname !== location.pathname, fresh: true }))) showToast(text("kept_sent"), "success");
}

/** @param {SubmitEvent} event whoever signs out leaves nothing on a shared device */
function onSignOut(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-sign-out]")) return;
  if (waits() > 0 && !confirm(text("kept_leave"))) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  dropEveryDraft();
  remember(COUNT, "0");
  remember("speaker", "");
  navigator.serviceWorker?.controller?.postMessage({ type: "forget" });
  if ("indexedDB" in globalThis) indexedDB.deleteDatabase("outbox");
}

/**
 * Moving between the addresses of the map page without losing the map: only the panel is fetched and replaced.
 * Every link and form works without this; when anything goes wrong the browser just follows the link.
 */
import { announce, showToast } from "./live.js";
import { sheet } from "./sheet.js";
import { text } from "./texts.js";

const HEADERS = { "X-Fragment": "panel", Accept: "text/html" };

/** @type {AbortController|undefined} */
let running;

/** @typedef {{nodes: Node[], title: string, view: string, kept?: string}} Content kept: when it was kept on this device */

const panel = () => /** @type {HTMLElement|null} */ (document.getElementById("panel"));

/**
 * A form of the panel that is sent by script, and kept on this device when nobody answers.
 *
 * @param {HTMLFormElement} form
 */
export const isOutgoing = (form) => form.matches("[data-vote], [data-outbox]") && onMapPage() && Boolean(panel()?.contains(form));

/** True on pages that have a map beside their panel. */
export const onMapPage = () => document.querySelector("[data-sheet]") !== null;

/**
 * Fetches `url` and shows its panel. Then tells the map by `panel:changed` what is shown (the panel's
 * `data-map-shown`, the filters of the address, and whether something was sent), and the forms by `panel:loaded`.
 *
 * @param {string|URL} url
 * @param {{push?: boolean, focus?: boolean, fresh?: boolean}} [options]
 *   push: a new entry in the history; focus: move the focus to the new title; fresh: something was sent just now
 * @returns {Promise<boolean>} false when the panel was not replaced
 */
export async function loadPanel(url, { push = true, focus = true, fresh = false } = {}) {
  const target = panel();
  if (!target) return false;
  running?.abort();
  const mine = (running = new AbortController());
  target.setAttribute("aria-busy", "true");
  announce(text("loading"));
  try {
    const answer = await fetch(url, { headers: HEADERS, signal: mine.signal });
    if (!isPage(answer)) throw new Error(`unexpected answer ${answer.status}`);
    const content = read(await answer.text());
    if (!content) throw new Error("no panel in the answer");
    show(target, content, { url: answer.url || String(url), push, focus, fresh });
    return true;
  } catch (error) {
    if (mine.signal.aborted) return false;
    showToast(text("load_failed"), navigator.onLine ? "warning" : "offline");
    return false;
  } finally {
    if (running === mine) target.removeAttribute("aria-busy");
  }
}

/**
 * Shows a page that answered a form in place of the panel; the address stays that of the form.
 *
 * @param {string} markup
 * @param {{further?: boolean}} [options] further: a step on, from which going back leads to the form
 * @returns {boolean} false when there is no panel in it
 */
export function showAnswer(markup, { further = false } = {}) {
  const [target, content] = [panel(), read(markup)];
  if (!target || !content) return false;
  if (further) history.pushState({ panel: true }, "", location.href);
  show(target, content, { url: location.href, push: false, focus: true, fresh: false });
  return true;
}

/** @param {Response} answer */
const isPage = (answer) => (answer.headers.get("Content-Type") ?? "").startsWith("text/html");

/**
 * What an answer holds: a panel alone, or a whole page with a panel or a main part in it.
 *
 * @param {string} markup
 * @returns {Content|undefined}
 */
export function read(markup) {
  const page = new DOMParser().parseFromString(markup, "text/html");
  const fragment = page.querySelector("[data-fragment]");
  const source = fragment ?? page.getElementById("panel") ?? page.querySelector("main");
  if (!source) return undefined;
  const title = fragment?.getAttribute("data-title") ?? page.title;
  const view = source.getAttribute("data-view") ?? "list";
  return { nodes: [...source.childNodes], title, view, kept: fragment?.getAttribute("data-kept") ?? undefined };
}

/**
 * @param {HTMLElement} target
 * @param {Content} content
 * @param {{url: string, push: boolean, focus: boolean, fresh: boolean}} how
 */
function show(target, { nodes, title, view, kept }, { url, push, focus, fresh }) {
  target.replaceChildren(...nodes.map((node) => document.adoptNode(node)));
  target.dataset.view = view;
  if (kept) target.dataset.kept = kept;
  else delete target.dataset.kept;
  if (title) document.title = title;
  document.querySelector("[data-notices]")?.replaceChildren();
  if (push && url !== location.href) history.pushState({ panel: true }, "", url);
  else history.replaceState({ panel: true }, "", url);
  pointLinks(url);
  sheet.show();
  bringIntoView(target, view);
  if (focus) focusTitle(target);
  announce(text("loaded", { title }));
  document.dispatchEvent(new CustomEvent("panel:loaded", { detail: { url, view } }));
  document.dispatchEvent(new CustomEvent("panel:changed", { detail: { ...shown(target), query: new URL(url).search, fresh } }));
}

/**
 * What the panel says the map should show; nothing when it says nothing readable.
 *
 * @param {HTMLElement} target
 * @returns {Record<string, unknown>}
 */
function shown(target) {
  const node = /** @type {HTMLElement|null} */ (target.querySelector("[data-map-shown]"));
  try {
    return JSON.parse(node?.dataset.mapShown ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} url tabs and languages are those of this address */
export function pointLinks(url) {
  pointTabs(new URL(url));
  pointLanguages(url);
}

/**
 * The tab whose address begins the shown one most closely is the current one.
 *
 * @param {URL} url
 */
function pointTabs(url) {
  const tabs = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("a.tabs__tab")]);
  const fits = tabs.filter((tab) => `${url.pathname}/`.startsWith(`${new URL(tab.href).pathname}/`));
  const current = fits.sort((a, b) => b.pathname.length - a.pathname.length)[0];
  if (!current) return;
  for (const tab of tabs) tab.removeAttribute("aria-current");
  current.setAttribute("aria-current", "page");
}

/**
 * The language links lead to the page that is shown now, not to the one that was loaded first.
 *
 * @param {string} url
 */
function pointLanguages(url) {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".languages a"))) {
    const there = new URL(url);
    there.searchParams.set("lang", link.hreflang);
    link.href = there.href;
  }
}

/**
 * @param {HTMLElement} target
 * @param {string} view
 */
function bringIntoView(target, view) {
  const scroller = document.querySelector("[data-sheet-scroll]");
  if (!scroller) return;
  const above = target.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  if (view === "card" || above < 0) scroller.scrollTop += above;
}

/** @param {HTMLElement} target */
function focusTitle(target) {
  const title =
    /** @type {HTMLElement|null} */ (target.querySelector("[data-error-summary], [role=alert], h1, h2")) ?? target;
  if (!title.hasAttribute("tabindex")) title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

/** Takes over links and forms that stay on the map page, unless its map shows what that page alone is about. */
export function startPanel() {
  if (!onMapPage() || !panel() || document.querySelector("[data-panel-alone]")) return;
  history.replaceState({ panel: true }, "", location.href);
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("panel:load", (event) => {
    event.preventDefault();
    follow(/** @type {CustomEvent<{url: string}>} */ (event).detail.url);
  });
  addEventListener("popstate", () => loadPanel(location.href, { push: false }));
}

/** @param {MouseEvent} event */
function onClick(event) {
  const link = /** @type {Element} */ (event.target).closest?.("a[data-panel-link]");
  if (!(link instanceof HTMLAnchorElement) || !isPlain(event) || link.origin !== location.origin) return;
  event.preventDefault();
  follow(link.href);
}

/** @param {string} url */
async function follow(url) {
  if (!(await loadPanel(url)) && navigator.onLine && !running?.signal.aborted) location.assign(url);
}

/** @param {MouseEvent} event */
const isPlain = (event) =>
  !event.defaultPrevented && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented) return;
  if (form.matches("[data-panel-form]")) {
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(/** @type {any} */ (new FormData(form, event.submitter))).toString();
    await loadPanel(url);
  }
}

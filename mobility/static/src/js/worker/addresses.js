/**
 * Which addresses are kept, and under which name. Knows no browser.
 */

const WHOLE = ["/", "/help", "/privacy", "/accessibility", "/imprint"];
const PLAN = /^\/plans\/[^/]+$/;
const PANEL = /^\/plans\/[^/]+(?:\/(?:comments|comments\/new|comments\/\d+|results|heritage|measures\/[^/]+|segments\/[^/]+))?$/;
const DATA = /^\/(?:plans\/[^/]+\/features\/(?:context|heritage|segments|comments|cells)\.json|maps\/[^/]+\/plan\.\w+\.js)$/;

/** @param {URL} url @param {string} root */
const below = (url, root) => (url.pathname.startsWith(root) ? url.pathname.slice(root.length) || "/" : "");

/** @param {URL} url @param {string} root a built file, whose name changes with its content */
export const isFile = (url, root) => below(url, root).startsWith("/static/dist/");

/** @param {URL} url @param {string} root what the map of a plan draws, and its script */
export const isKeptData = (url, root) => DATA.test(below(url, root));

/** @param {URL} url which plan an address belongs to; empty for none */
export const planOf = ({ pathname }) => /\/(?:plans|maps)\/([^/]+)/.exec(pathname)?.[1] ?? "";

/** @param {URL} url @param {string} root */
export const isPanel = (url, root) => PANEL.test(below(url, root));

/** @param {URL} url @param {string} root */
export const isKeptWhole = (url, root) => WHOLE.includes(below(url, root)) || PLAN.test(below(url, root));

/** @param {URL} url @param {string} root may be kept: public, and the same for everybody */
export const isPublic = (url, root) => isPanel(url, root) || isKeptWhole(url, root);

/**
 * A page a person goes to, or a panel our own script asks for.
 *
 * @param {URL} url
 * @param {Request} request
 * @param {string} root
 */
export function isPage(url, request, root) {
  if (request.mode === "navigate") return true;
  return request.headers.get("X-Fragment") === "panel" && isPanel(url, root);
}

/**
 * The name of a copy: the address without its language, which stands beside. Forms are the same for every place.
 *
 * @param {URL} url
 * @param {string} language
 * @param {"whole"|"panel"} part
 */
export function keptName(url, language, part) {
  const name = new URL(url.pathname.endsWith("/comments/new") ? url.pathname : url.pathname + url.search, url.origin);
  name.searchParams.delete("lang");
  name.searchParams.sort();
  name.searchParams.set("kept", `${language}.${part}`);
  return name.href;
}

/**
 * The page of a plan with another panel in it: the address's own, as our script would have put it there.
 *
 * @param {string} shell
 * @param {string} panel answer to a request for the panel alone
 */
export function compose(shell, panel) {
  const inner = /<div data-fragment data-title="([^"]*)" data-view="([^"]*)"[^>]*>([\s\S]*)<\/div>\s*$/.exec(panel);
  const parts = /^([\s\S]*<!--panel-->)[\s\S]*?(<!--\/panel-->[\s\S]*)$/.exec(shell);
  if (!inner || !parts) return undefined;
  const [, title, view, content] = inner;
  const head = parts[1]
    .replace(/<title>[\s\S]*?<\/title>/, () => `<title>${title}</title>`)
    .replace(/(<div class="panel" id="panel"[^>]*data-view=")[^"]*/, (_all, before) => before + view);
  return head + content + parts[2];
}

/**
 * The markup with the moment it was kept written on it, for the page's own script.
 *
 * @param {string} markup
 * @param {string} since
 */
export function stamp(markup, since) {
  return markup.replace(/<html |<div data-fragment /, (tag) => `${tag}data-kept="${since}" `);
}

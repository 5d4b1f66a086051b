/**
 * Pages and map data: from the network, else the copy that was kept. Every copy was fetched without cookies.
 */
import { compose, isKeptData, isPanel, isPublic, keptName, stamp } from "./addresses.js";

const SINCE = "X-Kept-Since";
const REST = 6 * 3_600_000;
const VISITED_REST = 600_000;
/** Milliseconds after which a copy is shown in place of an answer that does not come. */
const PATIENCE = 12_000;
const GATEWAY = [502, 503, 504];
const AT_ONCE = 2;

let facts = { root: "", page: "", version: "" };

/** @param {{root: string, page: string, version: string}} given */
export const setUp = (given) => void (facts = given);

const pages = () => caches.open(`pages-${facts.version}`);
const absolute = (/** @type {string} */ address) => new URL(address, self.location.origin);
const languageName = () => absolute("/?kept=language").href;

/** The language in which pages were read last. */
async function lastLanguage() {
  const found = await (await pages()).match(languageName());
  return found ? found.text() : "";
}

/**
 * Fetches a copy as a stranger, and keeps it; one that is no longer there, or not for everybody, is forgotten.
 *
 * @param {URL} url
 * @param {string} language
 * @param {"whole"|"panel"|"data"} part
 * @param {number} rest milliseconds for which a copy is good enough
 */
async function copy(url, language, part, rest) {
  const cache = await pages();
  const name = part === "data" ? url.href : keptName(url, language, part);
  const kept = await cache.match(name);
  if (kept && Date.now() - Date.parse(kept.headers.get(SINCE) ?? "") < rest) return;
  const headers = new Headers({ "Accept-Language": language, Accept: part === "data" ? "*/*" : "text/html" });
  if (part === "panel") headers.set("X-Fragment", "panel");
  const answer = await fetch(url, { credentials: "omit", headers, cache: "no-cache", redirect: "manual" });
  if ([404, 410].includes(answer.status)) await cache.delete(name);
  if (answer.status !== 200 || /no-store/.test(answer.headers.get("Cache-Control") ?? "")) return;
  const type = answer.headers.get("Content-Type") ?? "text/html";
  const body = await answer.blob();
  await cache.put(name, new Response(body, { headers: { "Content-Type": type, [SINCE]: new Date().toISOString() } }));
}

/**
 * The page that stands for all that was never opened, in each language.
 *
 * @param {string} page
 * @param {string[]} languages
 */
export async function remember(page, languages) {
  await Promise.all(languages.flatMap((each) => [copy(absolute(page), each, "whole", 0), copy(absolute(page), each, "panel", 0)]));
}

/**
 * Keeps everything of a plan that people read, in one language, without haste.
 *
 * @param {string} list address of the list; empty to keep the language only
 * @param {string} language
 */
export async function keepPlan(list, language) {
  const cache = await pages();
  await cache.put(languageName(), new Response(language));
  if (!list) return;
  const answer = await fetch(list, { credentials: "omit", headers: { "Accept-Language": language } }).catch(() => undefined);
  if (!answer?.ok) return;
  const { whole, data, panels } = await answer.json();
  const work = [
    ...data.map((/** @type {string} */ each) => [each, "data"]),
    ...whole.map((/** @type {string} */ each) => [each, "whole"]),
    ...panels.map((/** @type {string} */ each) => [each, "panel"]),
  ];
  const worker = async () => {
    for (let next = work.shift(); next; next = work.shift()) await copy(absolute(next[0]), language, next[1], REST);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker)).catch(() => undefined); // offline meanwhile: what is kept is kept
}

/**
 * Keeps a copy of what was just read, if it is public.
 *
 * @param {string} address
 * @param {string} language
 */
export async function keepVisited(address, language) {
  const url = absolute(address);
  if (!isPublic(url, facts.root)) return;
  await copy(url, language, isPanel(url, facts.root) ? "panel" : "whole", VISITED_REST).catch(() => undefined);
}

/**
 * @param {any} event
 * @returns {Promise<Response>}
 */
export async function answerPage({ request }) {
  const url = new URL(request.url);
  const data = isKeptData(url, facts.root);
  const fallback = (/** @type {string} */ why) => (data ? keptData(url) : keptPage(url, request, why));
  const late = new Promise((settle) => setTimeout(settle, PATIENCE)).then(() => fallback("slow"));
  try {
    const network = fetch(request);
    const first = await Promise.race([network, late.then((found) => found ?? network)]);
    if (!GATEWAY.includes(first.status)) return first;
    return (await fallback("slow")) ?? first;
  } catch (error) {
    const found = (await fallback("offline")) ?? (data ? undefined : await neverKept(url, request));
    if (found) return found;
    throw error;
  }
}

/** @param {URL} url */
const keptData = async (url) => (await pages()).match(url.href);

/**
 * The copy of a page in the language asked for, else in any that is kept.
 *
 * @param {URL} url
 * @param {Request} request
 * @param {string} why
 */
async function keptPage(url, request, why) {
  if (!isPublic(url, facts.root)) return undefined;
  const wanted = url.searchParams.get("lang") ?? (await lastLanguage());
  for (const language of [wanted, ...(await keptLanguages(url, wanted))]) {
    const found = await keptIn(url, request, language, why);
    if (found) return found;
  }
  return undefined;
}

/** @param {URL} url @param {string} but other languages in which there is a copy of this page */
async function keptLanguages(url, but) {
  const cache = await pages();
  const names = await cache.keys(url.href, { ignoreSearch: true });
  const found = names.map(({ url: name }) => new URL(name).searchParams.get("kept")?.split(".")[0] ?? "");
  return [...new Set(found)].filter((language) => language && language !== but);
}

/**
 * @param {URL} url
 * @param {Request} request
 * @param {string} language
 * @param {string} why
 */
async function keptIn(url, request, language, why) {
  const cache = await pages();
  const panel = await cache.match(keptName(url, language, "panel"));
  if (request.headers.get("X-Fragment") === "panel") return panel && markup(await panel.text(), panel, why);
  const whole = await cache.match(keptName(url, language, "whole"));
  if (whole) return markup(await whole.text(), whole, why);
  const [, plan] = /^(.*\/plans\/[^/]+)\//.exec(url.pathname) ?? [];
  const shell = plan && (await cache.match(keptName(absolute(plan), language, "whole")));
  if (!panel || !shell) return undefined;
  const page = compose(await shell.text(), await panel.text());
  return page && markup(page, panel, why);
}

/** @param {string} text @param {Response} kept @param {string} why */
function markup(text, kept, why) {
  const since = `${kept.headers.get(SINCE) ?? ""} ${why}`;
  return new Response(stamp(text, since), { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** @param {URL} url @param {Request} request the page that says that there is none */
async function neverKept(url, request) {
  const language = url.searchParams.get("lang") ?? (await lastLanguage());
  const there = absolute(facts.page);
  const part = request.headers.get("X-Fragment") === "panel" ? "panel" : "whole";
  const cache = await pages();
  const names = await cache.keys(there.href, { ignoreSearch: true });
  const found = (await cache.match(keptName(there, language, part))) ?? (names[0] && (await cache.match(names[0])));
  return found && new Response(stamp(await found.text(), ""), { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/**
 * Pages and map data: from the network, else the copy that was kept. Every copy was fetched without cookies.
 */
import { compose, isKeptData, isPanel, isPublic, keptName, planOf, stamp } from "./addresses.js";
import { answer as cut, wanted } from "./comments.js";

const SINCE = "X-Kept-Since";
/** Why a copy is kept: it is on the list of its plan, or was only opened once. */
const WHY = "X-Kept-Why";
/** Plans of which everything is kept, and pages besides that were opened: the oldest make place. */
const PLANS = 3;
const VISITED = 120;
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
const plansName = () => absolute("/?kept=plans").href;
const languageName = () => absolute("/?kept=language").href;

/** The language in which pages were read last. */
async function lastLanguage() {
  const found = await (await pages()).match(languageName());
  return found ? found.text() : "";
}

/**
 * @param {URL} url
 * @param {string} language
 * @param {"whole"|"panel"|"data"} part
 */
const nameOf = (url, language, part) => (part === "data" ? url.href : keptName(url, language, part));

/**
 * Fetches a copy as a stranger, and keeps it; one that is no longer there, or not for everybody, is forgotten.
 *
 * @param {URL} url
 * @param {string} language
 * @param {"whole"|"panel"|"data"} part
 * @param {number} rest milliseconds for which a copy is good enough
 * @param {"listed"|"visited"} [why]
 */
async function copy(url, language, part, rest, why = "listed") {
  const cache = await pages();
  const name = nameOf(url, language, part);
  const kept = await cache.match(name);
  if (kept && Date.now() - Date.parse(kept.headers.get(SINCE) ?? "") < rest) return;
  const headers = new Headers({ "Accept-Language": language, Accept: part === "data" ? "*/*" : "text/html" });
  if (part === "panel") headers.set("X-Fragment", "panel");
  const answer = await fetch(url, { credentials: "omit", headers, cache: "no-cache", redirect: "manual" });
  if ([404, 410].includes(answer.status)) await cache.delete(name);
  if (answer.status !== 200 || /no-store/.test(answer.headers.get("Cache-Control") ?? "")) return;
  const type = answer.headers.get("Content-Type") ?? "text/html";
  const body = await answer.blob();
  const reason = kept?.headers.get(WHY) === "listed" ? "listed" : why;
  await cache.put(name, new Response(body, { headers: { "Content-Type": type, [SINCE]: new Date().toISOString(), [WHY]: reason } }));
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
    for (let next = work.shift(); next; next = work.shift()) {
      const url = absolute(next[0]);
      await copy(url, language, next[1], wanted(url) ? VISITED_REST : REST);
    }
  };
  await forgetPlans(planOf(absolute(list)));
  await forgetUnlisted(planOf(absolute(list)), language, new Set(work.map(([each, part]) => nameOf(absolute(each), language, part))));
  await Promise.all(Array.from({ length: AT_ONCE }, worker)).catch(() => undefined); // offline meanwhile: what is kept is kept
}

/**
 * Forgets all copies of plans that were not opened for longest, so that at most a few are kept.
 *
 * @param {string} plan that is opened now
 */
async function forgetPlans(plan) {
  const cache = await pages();
  const known = /** @type {string[]} */ (await (await cache.match(plansName()))?.json().catch(() => [])) ?? [];
  const kept = [plan, ...known.filter((each) => each !== plan)].slice(0, PLANS);
  await cache.put(plansName(), new Response(JSON.stringify(kept)));
  for (const request of await cache.keys()) {
    const whose = planOf(new URL(request.url));
    if (whose && !kept.includes(whose)) await cache.delete(request);
  }
}

/**
 * Forgets what has left the list of a plan: comments that are no longer the newest, map data of an older version.
 *
 * @param {string} plan
 * @param {string} language
 * @param {Set<string>} names
 */
async function forgetUnlisted(plan, language, names) {
  const cache = await pages();
  for (const request of await cache.keys()) {
    const url = new URL(request.url);
    const spoken = url.searchParams.get("lang") ?? url.searchParams.get("kept")?.split(".")[0];
    if (planOf(url) !== plan || spoken !== language || names.has(url.href)) continue;
    if ((await cache.match(request))?.headers.get(WHY) === "listed") await cache.delete(request);
  }
}

/** Forgets every copy but of the page that stands for all the others, and in which language people read. */
export async function forgetPages() {
  for (const name of await caches.keys()) {
    if (name.startsWith("pages-") && name !== `pages-${facts.version}`) await caches.delete(name);
  }
  const cache = await pages();
  const stays = absolute(facts.page).pathname;
  for (const request of await cache.keys()) {
    if (request.url !== languageName() && new URL(request.url).pathname !== stays) await cache.delete(request);
  }
}

/** Forgets the oldest of the pages that are on no list. */
async function forgetVisited() {
  const cache = await pages();
  /** @type {[string, Request][]} */
  const visited = [];
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    if (kept?.headers.get(WHY) === "visited") visited.push([kept.headers.get(SINCE) ?? "", request]);
  }
  visited.sort(([one], [other]) => other.localeCompare(one));
  for (const [, request] of visited.slice(VISITED)) await cache.delete(request);
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
  await copy(url, language, isPanel(url, facts.root) ? "panel" : "whole", VISITED_REST, "visited").catch(() => undefined);
  await forgetVisited();
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
async function keptData(url) {
  const cache = await pages();
  const asked = wanted(url);
  if (!asked) return cache.match(url.href);
  const language = url.searchParams.get("lang") ?? (await lastLanguage());
  const copies = await cache.keys(url.href, { ignoreSearch: true });
  const mine = copies.find((each) => new URL(each.url).searchParams.get("lang") === language) ?? copies[0];
  const kept = mine && (await cache.match(mine));
  const part = kept && cut(await kept.json(), url);
  return part && new Response(JSON.stringify(part), { headers: { "Content-Type": "application/geo+json" } });
}

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

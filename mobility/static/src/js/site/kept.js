/**
 * A page that the service worker gave from this device says so, and since when it is like this. Its tabs, languages
 * and forms are made to fit the address again.
 */
import { loadPanel, onMapPage, pointLinks } from "./panel.js";
import { text } from "./texts.js";

const PLACED = ["segment", "measure"];

export function startKept() {
  addEventListener("online", renew);
  document.addEventListener("panel:loaded", () => mend(document.getElementById("panel")?.dataset.kept));
  const { kept } = document.documentElement.dataset;
  if (!kept) return;
  if (document.querySelector("a.tabs__tab")) pointLinks(location.href);
  mend(kept);
}

/** Somebody answers again: the page as it is now, unless something is being written into this one. */
function renew() {
  const note = document.querySelector("[data-kept-note]");
  if (!note) return;
  note.remove();
  const busy = document.querySelector("#panel form[data-outbox], #panel .outbox-kept, [data-vote-kept]");
  if (onMapPage() && !busy) loadPanel(location.href, { push: false, focus: false, fresh: true });
}

/** @param {string|undefined} kept when the page was kept, and "slow" when a server is there that does not answer */
function mend(kept) {
  document.querySelector("[data-kept-note]")?.remove();
  if (!kept) return;
  const [since, why] = kept.split(" ");
  tell(since, why);
  for (const key of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("form input[name=key]"))) {
    key.value = crypto.randomUUID();
  }
  choosePlace();
}

/** @param {string} since @param {string} [why] */
function tell(since, why) {
  if (!since) return;
  const note = document.createElement("div");
  note.className = "notice notice--offline kept-note";
  note.dataset.keptNote = "";
  const words = document.createElement("p");
  words.className = "notice__body";
  words.textContent = text(why === "slow" ? "copy_slow" : "copy_offline", { time: inWords(since) });
  note.append(words);
  const panel = document.getElementById("panel") ?? document.querySelector("main");
  if (panel?.matches(".panel")) panel.before(note);
  else panel?.prepend(note);
}

/** @param {string} since an instant, told in the language of the page and the zone of the city */
function inWords(since) {
  const { lang } = document.documentElement;
  const timeZone = document.body.dataset.zone || undefined;
  return new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short", timeZone }).format(new Date(since));
}

/** The form was kept without a place: the address says which was meant. */
function choosePlace() {
  const list = /** @type {HTMLSelectElement|null} */ (document.querySelector("form select[name=place]"));
  const query = new URLSearchParams(location.search);
  const kind = PLACED.find((name) => query.has(name));
  const wanted = kind ? `${kind}:${query.get(kind)}` : query.get("place");
  if (list && wanted && [...list.options].some(({ value }) => value === wanted)) list.value = wanted;
  for (const name of ["lon", "lat"]) {
    const input = /** @type {HTMLInputElement|null} */ (document.querySelector(`form input[name=${name}]`));
    if (input && query.has(name)) input.value = query.get(name) ?? "";
  }
}

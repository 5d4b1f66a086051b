/**
 * A page on which long work is waited for: asks how far it is, until it is over.
 */
const EVERY = 2000;

/** Renews the part of the page that says how far the work is. The page works without this. */
export function startProgress() {
  const part = /** @type {HTMLElement|null} */ (document.querySelector("[data-progress]"));
  if (part) setTimeout(() => renew(part), EVERY);
}

/** @param {HTMLElement} part */
async function renew(part) {
  try {
    const answer = await fetch(String(part.dataset.progress), { headers: { Accept: "text/html" } });
    if (answer.ok) show(part, await answer.text());
  } catch {
    // The connection comes back; the next time asks again.
  }
  startProgress();
}

/**
 * Takes over what changed; the focus stays where it is while the work goes on.
 *
 * @param {HTMLElement} part
 * @param {string} html
 */
function show(part, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = /** @type {HTMLElement|null} */ (page.getElementById(part.id));
  if (!fresh) return;
  if (!fresh.dataset.progress) {
    part.replaceWith(fresh);
    return;
  }
  for (const selector of ["[role=status]", ".progress"]) {
    const [old, next] = [part.querySelector(selector), fresh.querySelector(selector)];
    if (old && next && old.outerHTML !== next.outerHTML) old.innerHTML = next.innerHTML;
  }
}

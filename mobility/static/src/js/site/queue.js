/**
 * Keys of the moderation queue. Everything they do can also be done with the buttons of the page.
 */
const OFF = "queue:keys-off";

export function startQueue() {
  const form = /** @type {HTMLFormElement|null} */ (document.querySelector("form[data-queue]"));
  if (!form) return;
  const help = /** @type {HTMLDetailsElement|null} */ (document.querySelector("[data-shortcuts]"));
  const keys = /** @type {HTMLInputElement|null} */ (document.querySelector("[data-shortcuts-on]"));
  if (keys) {
    keys.checked = !isOff();
    keys.addEventListener("change", () => remember(!keys.checked));
  }
  form.addEventListener("change", () => showTicked(form));
  showTicked(form);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (keys && !keys.checked) return;
    if (press(event.key, form, help)) event.preventDefault();
  });
}

/**
 * @param {string} key
 * @param {HTMLFormElement} form
 * @param {HTMLDetailsElement|null} help
 * @returns {boolean} whether the key means something here
 */
function press(key, form, help) {
  if (key === "?" && help) {
    help.open = !help.open;
    if (help.open) help.querySelector("summary")?.focus();
  } else if (key === "j" || key === "k") step(form, key === "j" ? 1 : -1);
  else if (key === "x") tick(here());
  else if (key === "a") approve(form);
  else if (key === "h") hide(form);
  else return false;
  return true;
}

/** @param {HTMLFormElement} form */
const items = (form) => /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-queue-item]")]);

/** The item that has the focus. */
const here = () => /** @type {HTMLElement|null} */ (document.activeElement?.closest?.("[data-queue-item]")) ?? null;

/** @param {HTMLElement|null} item */
const box = (item) => /** @type {HTMLInputElement|null} */ (item?.querySelector("input[name=item]") ?? null);

/** @param {HTMLFormElement} form */
const ticked = (form) => form.querySelectorAll("input[name=item]:checked").length;

/**
 * @param {HTMLFormElement} form
 * @param {number} by
 */
function step(form, by) {
  const all = items(form);
  const at = all.indexOf(/** @type {HTMLElement} */ (here()));
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
}

/** @param {HTMLElement|null} item */
function tick(item) {
  const field = box(item);
  if (!field) return;
  field.checked = !field.checked;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** @param {HTMLFormElement} form */
function approve(form) {
  const all = /** @type {HTMLButtonElement|null} */ (form.querySelector("[data-queue-good]"));
  const own = /** @type {HTMLButtonElement|null} */ (here()?.querySelector("[data-item-good]") ?? null);
  if (ticked(form)) all?.click();
  else own?.click();
}

/** @param {HTMLFormElement} form */
function hide(form) {
  if (!ticked(form)) tick(here());
  if (!ticked(form)) return;
  const reason = /** @type {HTMLSelectElement|null} */ (form.querySelector("[data-queue-reason]"));
  reason?.focus();
}

/** @param {HTMLFormElement} form */
function showTicked(form) {
  const place = form.querySelector("[data-ticked]");
  const count = ticked(form);
  if (place) place.textContent = count ? `(${count})` : "";
}

/** @param {EventTarget|null} target */
function isTyping(target) {
  const field = /** @type {HTMLElement} */ (target);
  if (field.matches?.("input[type=checkbox], input[type=radio]")) return false;
  return Boolean(field.isContentEditable || field.matches?.("input, textarea, select"));
}

function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

/** @param {boolean} off */
function remember(off) {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // a browser that keeps nothing: the choice holds for this page
  }
}

/**
 * Buttons that open and close the content they control: menus, and anything else that may wait.
 */

export function startDisclosures() {
  for (const button of document.querySelectorAll("[data-disclosure] > button")) {
    if (button instanceof HTMLElement) button.hidden = false;
  }
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeAll(null, true);
  });
}

/** @param {MouseEvent} event */
function onClick(event) {
  const target = /** @type {Element} */ (event.target);
  const button = target.closest?.("[data-disclosure] > button");
  const root = target.closest?.("[data-disclosure]") ?? null;
  closeAll(root, false);
  if (button && root) setOpen(root, !root.hasAttribute("data-open"));
}

/**
 * @param {Element|null} except
 * @param {boolean} giveFocusBack
 */
function closeAll(except, giveFocusBack) {
  for (const root of document.querySelectorAll("[data-disclosure][data-open]")) {
    if (root === except) continue;
    setOpen(root, false);
    if (giveFocusBack) /** @type {HTMLElement|null} */ (root.querySelector("button"))?.focus();
  }
}

/**
 * @param {Element} root
 * @param {boolean} open
 */
function setOpen(root, open) {
  root.toggleAttribute("data-open", open);
  root.querySelector("button")?.setAttribute("aria-expanded", String(open));
}

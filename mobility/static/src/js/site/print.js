/** Buttons that print the page. */
export function startPrinting() {
  document.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest("[data-print]")) print();
  });
}

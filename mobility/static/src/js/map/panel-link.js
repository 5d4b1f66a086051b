/**
 * How the map asks for a page of the column beside it. Where nobody answers, the browser simply goes there.
 */

/**
 * @param {string} url
 */
export function open(url) {
  const asked = new CustomEvent("panel:load", { detail: { url }, cancelable: true });
  if (document.dispatchEvent(asked)) location.assign(url);
}

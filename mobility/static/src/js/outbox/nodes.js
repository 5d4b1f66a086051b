/**
 * Small pieces of a page.
 */

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node|string)} children
 */
export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {string} words @param {string} look @param {() => void} onPress */
export function button(words, look, onPress) {
  const node = make("button", { type: "button", class: `button ${look}`.trim() }, words);
  node.addEventListener("click", onPress);
  return node;
}

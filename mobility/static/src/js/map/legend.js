/**
 * The legend: always there; a pill that opens on a phone. One set of lines for measures, and one for each view of
 * the results.
 */
import { L } from "./leaflet.js";
import { html, iconPath, svg } from "./dom.js";
import { place } from "./controls.js";
import { stateOf } from "./sheet.js";
import { STEPS } from "./styles.js";

/**
 * @typedef {{symbol: "line"|"area"|"limit"|"spot"|"contested"|"few"|"accord"|"place"|"buffer"|"bubble", kind?: string, text: string}} Line
 * @typedef {object} LegendOptions
 * @property {L.ControlPosition} position
 * @property {Record<string, string>} texts
 * @property {{measures: Line[], results: Line[], agreement: Line[]}} lines
 */

/** @param {L.Map} map @param {LegendOptions} options */
export function legendControl(map, { position, texts, lines }) {
  const summary = html("summary", { class: "map-legend__title" });
  const body = html("div", { class: "map-legend__body" });
  const details = /** @type {HTMLDetailsElement} */ (html("details", { class: "map-legend" }, summary, body));
  const wide = window.matchMedia("(min-width: 900px)");
  details.open = wide.matches;
  const write = () => {
    const { mode } = stateOf(map);
    const results = mode === "results";
    const pill = { measures: strokes, results: () => scale("map-legend__pill"), agreement: () => frame(...hatched()) }[mode];
    summary.replaceChildren(
      pill(),
      html("span", { class: "map-legend__name", text: texts[`legend_${mode}`] ?? "" }),
      html("span", { class: "map-legend__short", text: (results ? texts.legend_scale : texts.legend) ?? "" }),
    );
    body.replaceChildren(...(results ? [bar(texts)] : []), list(lines[mode]));
  };
  map.on("sheet:mode", write);
  write();
  place(map, "map-legend-box", position, details);
}

/** @param {Line[]} lines */
function list(lines) {
  const items = lines.map(({ symbol, kind, text }) => html("li", {}, draw(symbol, kind), html("span", { text })));
  return html("ul", { class: "map-legend__list" }, ...items);
}

/** @param {Record<string, string>} texts */
function bar(texts) {
  const ends = html("span", { class: "map-legend__ends" }, html("span", { text: texts.oppose ?? "" }), html("span", { text: texts.support ?? "" }));
  return html("div", { class: "map-legend__bar" }, scale("map-legend__scale"), ends);
}

/** @param {string} className */
function scale(className) {
  const steps = STEPS.map((value, index) => svg("rect", { x: index * 20 + 0.5, width: 19, height: 8, class: `legend-step segment--support${value}` }));
  return svg("svg", { class: className, viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, ...steps);
}

const strokes = () => frame(svg("path", { d: "M3 12 13 4 21 10 33 3", class: "segment segment-line segment--pedestrian_street legend-line" }));

/** @param {...Node} children */
const frame = (...children) => svg("svg", { class: "map-legend__symbol", viewBox: "0 0 36 16", width: 36, height: 16, "aria-hidden": "true" }, ...children);

/** @param {Line["symbol"]} symbol @param {string} [kind] */
function draw(symbol, kind = "") {
  const line = (/** @type {string} */ className) => svg("path", { d: "M2 8H34", class: className });
  if (symbol === "line") return frame(line(`segment segment-line segment--${kind} legend-line`), line(`segment segment-inner segment--${kind} legend-inner`));
  if (symbol === "limit") return frame(line(`segment-area segment segment--${kind} legend-limit`));
  if (symbol === "area") return frame(svg("rect", { x: 4, y: 2, width: 28, height: 12, rx: 2, class: `segment-area segment segment--${kind}` }));
  if (symbol === "few") return frame(line("segment segment-line segment--support1 segment--few legend-few"));
  if (symbol === "contested") return frame(...hatched());
  if (symbol === "accord") return frame(line(`segment segment-line segment--accord-${kind} legend-accord`));
  if (symbol === "buffer") return frame(svg("circle", { cx: 18, cy: 8, r: 7, class: "legend-buffer" }));
  if (symbol === "bubble") return frame(svg("circle", { cx: 18, cy: 8, r: 6, class: "bubble__arc bubble__arc--against" }), svg("path", { d: "M18 2A6 6 0 1 1 12 8", class: "bubble__arc bubble__arc--for" }));
  if (symbol === "spot") {
    const sign = { coach_bay: "bus", parking: "parking", crossing: "crossing" }[kind] ?? "column";
    return frame(svg("circle", { cx: 18, cy: 8, r: 8, class: `legend-spot segment segment--${kind}` }), svg("path", { d: iconPath(sign), transform: "translate(12.6 2.6) scale(.45)", class: "legend-sign" }));
  }
  return frame(
    svg("rect", { x: 12.5, y: 2.5, width: 11, height: 11, rx: 1, transform: "rotate(45 18 8)", class: "legend-diamond" }),
    svg("path", { d: iconPath("arch"), transform: "translate(13.6 3.4) scale(.37)", class: "legend-sign" }),
  );
}

function hatched() {
  const stripes = Array.from({ length: 6 }, (_, index) => svg("path", { d: `M${index * 7 - 2} 13 ${index * 7 + 3} 3h3.4l-5 10z`, class: "map-contested__for" }));
  const clip = svg("clipPath", { id: "legend-clip" }, svg("rect", { x: 2, y: 4.5, width: 32, height: 7 }));
  return [svg("defs", {}, clip), svg("g", { "clip-path": "url(#legend-clip)" }, svg("rect", { x: 2, y: 4, width: 32, height: 8, class: "map-contested__against" }), ...stripes)];
}

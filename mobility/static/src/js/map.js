/**
 * What a scene may call: `/maps/<plan>/<scene>.<language>.js` imports these names from this bundle.
 */
import { CellsLayer } from "./map/hexagons.js";
import { CommentsLayer } from "./map/comments.js";
import { ContextLayer } from "./map/context.js";
import { startDrawing } from "./map/drawing.js";
import { HeritageLayer } from "./map/heritage.js";
import { ImportLayer } from "./map/imported.js";
import { PickPin } from "./map/pick.js";
import { SegmentsLayer } from "./map/segments.js";
import { ShapesLayer } from "./map/shapes.js";

export { compareVersions } from "./map/swipe.js";
export { follow } from "./map/follow.js";
export { fullScreenControl, layerControl, locateControl, rasterLayer, scaleControl, sourcesControl, zoomControl } from "./map/controls.js";
export { legendControl } from "./map/legend.js";
export { sheet } from "./map/sheet.js";

/** @param {ConstructorParameters<typeof ContextLayer>[0]} options */
export const contextLayer = (options) => new ContextLayer(options);

/** @param {ConstructorParameters<typeof HeritageLayer>[0]} options */
export const heritageLayer = (options) => new HeritageLayer(options);

/** @param {{url: string, texts: Record<string, string>}} options areas: squares and limited traffic zones */
export const measuresLayer = (options) => new SegmentsLayer({ ...options, part: "areas" });

/** @param {{url: string, texts: Record<string, string>}} options stretches of street and single places */
export const segmentsLayer = (options) => new SegmentsLayer({ ...options, part: "lines" });

/** @param {ConstructorParameters<typeof CommentsLayer>[0]} options */
export const commentsLayer = (options) => new CommentsLayer(options);

/** @param {ConstructorParameters<typeof ImportLayer>[0]} options */
export const importLayer = (options) => new ImportLayer(options);

/** @param {ConstructorParameters<typeof CellsLayer>[0]} options */
export const cellsLayer = (options) => new CellsLayer(options);

/** Points and areas of a desk page, from the address that the page names. */
export const shapesLayer = () => new ShapesLayer();

/**
 * @param {import("leaflet").Map} map
 * @param {ConstructorParameters<typeof PickPin>[1]} options
 */
export const pickPin = (map, options) => {
  startDrawing(map);
  return new PickPin(map, options);
};

/**
 * The tools of the desk are loaded where a draft is edited, not before.
 * @param {import("leaflet").Map} map
 */
export const editDraft = (map) => {
  import("./map/editing.js").then(({ startEditing }) => startEditing(map));
};

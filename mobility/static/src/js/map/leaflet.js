/**
 * Leaflet and its one plugin, loaded in the right order: the plugin patches the Leaflet it is given.
 */
import L from "leaflet";
import "leaflet-polylineoffset";

export { L };

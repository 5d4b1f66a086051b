"""What is drawn: folium layers whose script calls the function of the same name in the map bundle."""

from __future__ import annotations

from typing import Any, ClassVar

import folium
from jinja2 import Template

from mobility.maps.sheet import SceneElement, script_json


class SheetLayer(SceneElement, folium.map.Layer):
    """One layer: `function` makes it from the options; shown at once unless `show` is off."""

    title: ClassVar[str]
    function: ClassVar[str]
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "const {{ this.get_name() }} = {{ this.function }}({{ this.wish }});"
        "{% if this.show %}\n{{ this.get_name() }}.addTo({{ this._parent.get_name() }});{% endif %}"
        "{% endmacro %}"
    )

    def __init__(self, *, name: str, show: bool = True, **options: Any) -> None:
        folium.map.Layer.__init__(self, name=name, overlay=True, control=True, show=show)
        self._name, self._id = self.title, "layer"
        self.options = options

    @property
    def entry(self) -> str:
        """The layer as an entry of the layer control."""
        return f"{{layer: {self.get_name()}, name: {script_json(self.layer_name)}}}"


class ContextLayer(SheetLayer):
    """The offline base map."""

    title = "Context"
    function = "contextLayer"


class HeritageLayer(SheetLayer):
    """Component parts and protected zones."""

    title = "Heritage"
    function = "heritageLayer"


class MeasuresLayer(SheetLayer):
    """Areas of measures: squares and limited traffic zones."""

    title = "Areas"
    function = "measuresLayer"


class SegmentsLayer(SheetLayer):
    """Stretches of street and single places; in results mode coloured by support."""

    title = "Segments"
    function = "segmentsLayer"


class CommentsLayer(SheetLayer):
    """Counts per square when far, single pins when near."""

    title = "Comments"
    function = "commentsLayer"


class CellsLayer(SheetLayer):
    """Comments counted per hexagon."""

    title = "Cells"
    function = "cellsLayer"


class ShapesLayer(SheetLayer):
    """Cases of the inbox, areas of offices, gaps: from the address that the page of the desk names."""

    title = "Shapes"
    function = "shapesLayer"


class ImportLayer(SheetLayer):
    """What an import would change; the page says which."""

    title = "Import"
    function = "importLayer"


class RasterLayer(SceneElement):
    """Picture tiles that the city chose in its settings."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "rasterLayer({{ this._parent.get_name() }}, {{ this.wish }});{% endmacro %}"
    )

    def __init__(self, *, url: str, attribution: str) -> None:
        super().__init__()
        self._name, self._id = "Raster", "layer"
        self.options = {"url": url, "attribution": attribution, "maxZoom": 19}

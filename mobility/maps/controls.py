"""What stands on the map: buttons, scale, legend, sources, the list of layers, and what follows the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Template

from mobility.maps.layers import SheetLayer
from mobility.maps.sheet import SceneElement


class Control(SceneElement):
    """A control made by the bundle's function `function(map, options)`."""

    _template = Template(
        "{% macro script(this, kwargs) %}{{ this.function }}({{ this._parent.get_name() }}, {{ this.wish }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, **options: Any) -> None:
        super().__init__()
        self._name, self._id = function, "control"
        self.function = function
        self.options = options


class LayerControl(SceneElement):
    """The list of layers; added last, when all layers exist."""

    _template = Template(
        "{% macro script(this, kwargs) %}layerControl({{ this._parent.get_name() }}, {{ this.wish }}, "
        "[{{ this.entries }}]);{% endmacro %}"
    )

    def __init__(self, layers: Sequence[SheetLayer], **options: Any) -> None:
        super().__init__()
        self._name, self._id = "LayerControl", "control"
        self.entries = ", ".join(layer.entry for layer in layers if layer.control)
        self.options = options


class Follow(SceneElement):
    """Ties the map to the column beside it: what is chosen there is shown here, and a place can be picked."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "follow({{ this._parent.get_name() }}, { {{ this.parts }} });{% endmacro %}"
    )

    def __init__(
        self, *, segments: Sequence[SheetLayer], comments: SheetLayer | None = None, pick: str | None = None
    ) -> None:
        super().__init__()
        self._name, self._id = "Follow", "control"
        parts = [f"segments: [{', '.join(layer.get_name() for layer in segments)}]"]
        if comments is not None:
            parts.append(f"comments: {comments.get_name()}")
        if pick is not None:
            parts.append(f"pick: {pick}")
        self.parts = ", ".join(parts)


class PickPin(SceneElement):
    """The fixed pin over the moving map, for choosing a comment's place."""

    _template = Template(
        "{% macro script(this, kwargs) %}const {{ this.get_name() }} = "
        "pickPin({{ this._parent.get_name() }}, {{ this.wish }});{% endmacro %}"
    )

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._name, self._id = "PickPin", "pin"
        self.options = options

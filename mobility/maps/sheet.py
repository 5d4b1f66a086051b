"""The figure and the map that folium composes: text is made once and carries no person's words.

branca renders what its elements produced a second time as a template, unsandboxed. Here each element's
script text is collected as plain text, so that braces in a name stay braces.
"""

from __future__ import annotations

import json
from typing import Any

import folium
from branca.element import Figure, MacroElement
from jinja2 import Template

SCRIPT_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def script_json(value: Any) -> str:
    """`value` as JSON that may stand in a script: no tag, no line separator; keys keep their spelling."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(SCRIPT_SAFE)


class SceneFigure(Figure):
    """A folium figure whose output is one script text."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._id = "scene"
        self.texts = texts
        self.lines: list[str] = []

    def script_text(self) -> str:
        """The script of all children, in order, each rendered exactly once."""
        self.lines = [f"const texts = {script_json(self.texts)};"]
        for child in self._children.values():
            child.render()
        return "\n".join(self.lines)


class SceneElement(MacroElement):
    """An element of a scene: its template's `script` macro, rendered once, appended to the figure as text."""

    default_js: tuple[tuple[str, str], ...] = ()
    default_css: tuple[tuple[str, str], ...] = ()
    options: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    @property
    def wish(self) -> str:
        """The options as an object of the script; the words stand once, at the top of the scene."""
        own = {key: value for key, value in self.options.items() if key != "texts"}
        text = script_json(own)
        if "texts" not in self.options:
            return text
        return "{texts}" if not own else f"{text[:-1]},texts}}"

    def render(self, **kwargs: Any) -> str:
        figure: Any = self.get_root()
        script = getattr(self._template.module, "script", None)
        if script is not None:
            figure.lines.append(str(script(self, kwargs)).strip())
        for child in self._children.values():
            child.render(**kwargs)
        return ""


class SheetMap(SceneElement, folium.Map):  # type: ignore[misc]
    """The map: view, zoom limits and mode. Everything that is drawn is a child of it."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "const {{ this.get_name() }} = sheet({{ this.target }}, {{ this.wish }});{% endmacro %}"
    )

    def __init__(self, *, element_id: str, options: dict[str, Any]) -> None:
        west, south, east, north = options["view"]
        folium.Map.__init__(self, location=((south + north) / 2, (west + east) / 2), tiles=None)
        self._children.clear()
        self._id = "sheet"
        self.target = script_json(element_id)
        self.options = options

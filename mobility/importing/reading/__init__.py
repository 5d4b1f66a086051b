"""Reading the files that planners bring: any of a few formats, in a process of its own, within limits.

`inspect_file` says what is in a file, `sketch` draws a layer under a guess of its coordinate system,
`read_layer` gives its features in lon, lat. All three raise `Unreadable`, which says in words why.

The names that need the web framework are loaded at first use: the process that opens a file is made of the
modules beside this one, and shall hold neither the framework nor a driver for the database.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mobility.importing.reading.model import (
    Columns,
    CrsFinding,
    CrsGuess,
    Fault,
    Feature,
    FieldInfo,
    Inspection,
    LayerInfo,
    Limits,
    Operation,
    Reading,
)

if TYPE_CHECKING:
    from mobility.importing.reading.services import inspect_file, read_layer, sketch
    from mobility.importing.reading.wording import Unreadable, words

_LATER = {
    "Unreadable": "wording",
    "words": "wording",
    "inspect_file": "services",
    "read_layer": "services",
    "sketch": "services",
}

__all__ = [
    "Columns",
    "CrsFinding",
    "CrsGuess",
    "Fault",
    "Feature",
    "FieldInfo",
    "Inspection",
    "LayerInfo",
    "Limits",
    "Operation",
    "Reading",
    "Unreadable",
    "inspect_file",
    "read_layer",
    "sketch",
    "words",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)

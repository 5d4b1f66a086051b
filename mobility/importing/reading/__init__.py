"""Reading the files that planners bring: any of a few formats, in a process of its own, within limits.

`inspect_file` says what is in a file, `sketch` draws a layer under a guess of its coordinate system,
`read_layer` gives its features in lon, lat. All three raise `Unreadable`, which says in words why.
"""

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
from mobility.importing.reading.services import inspect_file, read_layer, sketch
from mobility.importing.reading.words import Unreadable, words

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

"""One layer as it lies in a file: geometries in its own numbers, columns, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mobility.importing.reading.model import Columns, Fault, FieldInfo, FieldKind, Limits, Refusal

SAMPLES = 5
SAMPLE_CHARS = 80
TRIED_POINTS = 500


@dataclass
class Column:
    """One column: values are text, numbers, booleans, lists of these or None."""

    name: str
    kind: FieldKind
    values: list[Any]


@dataclass
class Raw:
    """A layer. `shapes` has a geometry or None a row; `torn` the rows whose geometry cannot be understood."""

    name: str
    shapes: NDArray[Any]
    fids: list[str]
    columns: list[Column]
    system: str
    """The code or definition the file gives, empty when it gives none."""
    encoding: str
    torn: set[int] = field(default_factory=set)
    notes: list[Fault] = field(default_factory=list)
    guessed: Columns | None = None

    @property
    def types(self) -> tuple[str, ...]:
        """The kinds of geometry met, sorted."""
        kinds = {shape.geom_type for shape in self.shapes if shape is not None}
        return tuple(sorted(kinds))

    @property
    def has_z(self) -> bool:
        return bool(shapely.has_z(self.shapes).any())

    def points(self) -> NDArray[np.float64]:
        """Up to 500 of the layer's finite coordinates, evenly taken."""
        pairs = shapely.get_coordinates(self.shapes)
        pairs = pairs[np.isfinite(pairs).all(axis=1)]
        return pairs[:: max(len(pairs) // TRIED_POINTS, 1)]

    def bounds(self) -> tuple[float, float, float, float] | None:
        """The extent in the layer's own numbers."""
        pairs = shapely.get_coordinates(self.shapes)
        pairs = pairs[np.isfinite(pairs).all(axis=1)]
        if not len(pairs):
            return None
        (west, south), (east, north) = pairs.min(axis=0), pairs.max(axis=0)
        return float(west), float(south), float(east), float(north)

    def fields(self) -> tuple[FieldInfo, ...]:
        """Every column with some of its values."""
        return tuple(FieldInfo(one.name, one.kind, _samples(one.values)) for one in self.columns)


def counted(raw: Raw, limits: Limits) -> Raw:
    """The layer itself when it keeps to the limits. Raises Refusal."""
    if len(raw.shapes) > limits.features:
        raise Refusal("too_many_features", most=limits.features)
    if len(raw.columns) > limits.fields:
        raise Refusal("too_many_fields", most=limits.fields)
    if int(shapely.get_num_coordinates(raw.shapes).sum()) > limits.vertices:
        raise Refusal("too_many_vertices", most=limits.vertices)
    return raw


def _samples(values: list[Any]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for value in values:
        if value not in (None, "", []):
            seen[str(value)[:SAMPLE_CHARS]] = None
        if len(seen) == SAMPLES:
            break
    return tuple(seen)

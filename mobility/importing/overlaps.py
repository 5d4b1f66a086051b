"""Stretches that lie on the same piece of street. Pure; shapes are in a metric coordinate system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

BESIDE_M = 4.0
LEAST_M = 25.0
"""Shorter ones meet at a crossing only."""
LEAST_M2 = 25.0


@dataclass(frozen=True)
class Overlap:
    """Two shapes by their index, the smaller first, and how much they have in common (metres or m²)."""

    one: int
    other: int
    common: float


def overlaps(shapes: Sequence[BaseGeometry]) -> list[Overlap]:
    """Lines that run along each other, and areas that share ground, once for each pair."""
    tree = shapely.STRtree(shapes)
    found = []
    for index, shape in enumerate(shapes):
        dimension = int(shapely.get_dimensions(shape))
        if dimension == 0:
            continue
        for other in sorted(tree.query(shape, "dwithin", distance=BESIDE_M).tolist()):
            if other <= index or int(shapely.get_dimensions(shapes[other])) != dimension:
                continue
            common = _common(shape, shapes[other], dimension)
            if common >= (LEAST_M2 if dimension == 2 else LEAST_M):
                found.append(Overlap(index, other, round(common, 1)))
    return found


def _common(one: BaseGeometry, other: BaseGeometry, dimension: int) -> float:
    if dimension == 2:
        return float(one.intersection(other).area)
    return float(one.intersection(other.buffer(BESIDE_M)).length)

"""How alike two shapes are, in a metric coordinate system. Pure."""

from __future__ import annotations

import shapely
from shapely.geometry.base import BaseGeometry

TOLERANCE_M = 12.0
"""How far apart two drawings of the same street may lie: the width of its carriageway."""
SAME_M = 0.05
"""Below this a shape has not moved: coordinates are kept to about one centimetre."""
ROUGH = 6
"""A tolerance above this part of a short line's length would find it in whatever it crosses."""


def cover(one: BaseGeometry, other: BaseGeometry) -> float:
    """The part of `one`, 0 to 1, that lies on or beside `other`; 0 for shapes of another dimension."""
    dimension = int(shapely.get_dimensions(one))
    if dimension != int(shapely.get_dimensions(other)) or one.is_empty or other.is_empty:
        return 0.0
    if dimension == 0:
        return 1.0 if one.distance(other) <= TOLERANCE_M else 0.0
    if dimension == 2:
        return float(one.intersection(other).area / one.area) if one.area else 0.0
    reach = min(TOLERANCE_M, one.length / ROUGH, other.length / ROUGH)
    if one.distance(other) > reach:
        return 0.0
    return (
        min(1.0, float(one.intersection(other.buffer(reach, cap_style="flat")).length / one.length))
        if one.length
        else 0.0
    )


def apart(one: BaseGeometry, other: BaseGeometry) -> float:
    """The Hausdorff distance in metres: how far the farthest place of one is from the other."""
    return float(shapely.hausdorff_distance(one, other))


def unchanged(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether both are the same drawing, lines running the same way."""
    if int(shapely.get_dimensions(one)) != int(shapely.get_dimensions(other)) or apart(one, other) > SAME_M:
        return False
    if int(shapely.get_dimensions(one)) != 1:
        return True
    starts = [shapely.get_coordinates(each)[0] for each in (one, other)]
    return bool(abs(starts[0] - starts[1]).max() <= SAME_M)

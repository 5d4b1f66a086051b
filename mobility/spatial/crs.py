"""Coordinate reference systems: the only module that knows pyproj."""

import re
from functools import cache
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

WGS84 = 4326

G = TypeVar("G", bound=BaseGeometry)
Pairs = NDArray[np.float64]


class UnknownCRSError(ValueError):
    """The code names no coordinate reference system, or none measured in metres."""


@cache
def transformer(source: int, target: int) -> Transformer:
    """The transformer between two EPSG codes, always in x, y (lon, lat) order.

    The best operation for the place is chosen by PROJ for each point, which matters for old national
    datums whose regional shifts differ by several metres.
    """
    return Transformer.from_crs(source, target, always_xy=True)


class Metric:
    """A metric CRS of one city: projects from lon, lat to metres and back.

    Raises UnknownCRSError when ``srid`` is not a projected system in metres.
    """

    def __init__(self, srid: int) -> None:
        if not is_metric(srid):
            raise UnknownCRSError(srid)
        self.srid = srid
        self._forth = transformer(WGS84, srid)
        self._back = transformer(srid, WGS84)

    def project(self, geometry: G) -> G:
        """The geometry in metres."""
        return _moved(geometry, self._forth)

    def unproject(self, geometry: G) -> G:
        """The geometry in lon, lat."""
        return _moved(geometry, self._back)

    def length(self, geometry: BaseGeometry) -> float:
        """Length in metres of a lon, lat geometry."""
        return float(self.project(geometry).length)

    def area(self, geometry: BaseGeometry) -> float:
        """Area in square metres of a lon, lat geometry."""
        return float(self.project(geometry).area)

    def distance(self, one: BaseGeometry, other: BaseGeometry) -> float:
        """Distance in metres between two lon, lat geometries."""
        return float(self.project(one).distance(self.project(other)))


@cache
def metric(srid: int) -> Metric:
    """The metric CRS with this EPSG code, made once for the process."""
    return Metric(srid)


@cache
def is_metric(srid: int) -> bool:
    """Whether the EPSG code is a projected system whose axes are metres."""
    try:
        system = CRS.from_epsg(srid)
    except CRSError:
        return False
    return system.is_projected and all(axis.unit_conversion_factor == 1.0 for axis in system.axis_info)


def _moved(geometry: G, by: Transformer) -> G:
    def step(pairs: Pairs) -> Pairs:
        x, y = by.transform(pairs[:, 0], pairs[:, 1])
        return np.column_stack([x, y])

    return shapely.transform(geometry, step)


@cache
def area_of_use(srid: int) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees of where a CRS is meant to be used; None when not stated."""
    use = CRS.from_epsg(srid).area_of_use
    if use is None or use.west > use.east:
        return None
    return use.west, use.south, use.east, use.north


@cache
def shifted(srid: int, lon: float, lat: float) -> str | None:
    """The CRS as a PROJ string with the datum shift that PROJ chooses at a position.

    None when no shift of seven parameters is needed. For programs that would choose it by the code alone,
    as PostGIS does: in Sicily that of EPSG:3004 is 7.7 m off.
    """
    chosen = Transformer.from_crs(WGS84, srid, always_xy=True)
    chosen.transform(lon, lat, errcheck=True)
    definition = str(chosen.get_last_used_operation().definition)
    found = re.search(r"step inv proj=helmert (.*?) convention=position_vector", definition)
    if found is None:
        return None
    given = dict(pair.split("=") for pair in found[1].split() if "=" in pair)
    shift = ",".join(given.get(name, "0") for name in ("x", "y", "z", "rx", "ry", "rz", "s"))
    projection = " ".join(f"+{pair}" for pair in definition.rpartition("step ")[2].split())
    return f"{projection} +towgs84={shift} +no_defs"

"""Coordinate reference systems on offer: their addresses, the order of their axes, how SQL gets there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shapely.geometry.base import BaseGeometry

from mobility.spatial.crs import WGS84, area_of_use, is_metric, shifted

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
WEB_MERCATOR = 3857
OFFERED = (WGS84, WEB_MERCATOR, 32633, 25833, 3004)
"""EPSG codes offered where the plan lies in their area of use; the city's own metric one comes besides."""
_LONGLAT = "+proj=longlat +datum=WGS84 +no_defs"
_WRITTEN = re.compile(r"(?:\[EPSG:(\d+)\]|EPSG:(\d+)|urn:ogc:def:crs:EPSG::(\d+))", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """A CRS on offer. `flipped`: latitude comes first. `proj`: with the datum shift of the place."""

    uri: str
    srid: int
    flipped: bool = False
    proj: str | None = None

    @property
    def metric(self) -> bool:
        return self.srid != WGS84

    @property
    def digits(self) -> int:
        """Decimals that keep a millimetre, or a centimetre for degrees."""
        return 3 if self.metric else 7

    def placed(self, geometry: str) -> str:
        """SQL of a geometry of EPSG:4326 in this CRS, x before y."""
        if not self.metric:
            return geometry
        if self.proj:
            return f"ST_SetSRID(ST_Transform({geometry}, '{_LONGLAT}', '{self.proj}'), {self.srid})"
        return f"ST_Transform({geometry}, {self.srid})"

    def drawn(self, geometry: str, *, rings: bool = True) -> str:
        """SQL of a geometry of EPSG:4326 as GeoJSON in this CRS, in the order of its axes."""
        shape = self.placed(geometry)
        # Forcing rings turns every line around as well: turned before, it stands as it was.
        shape = f"ST_ForcePolygonCCW(ST_Reverse({shape}))" if rings else shape
        shape = f"ST_FlipCoordinates({shape})" if self.flipped else shape
        return f"ST_AsGeoJSON({shape}, {self.digits}, 0)"

    def box(self, numbers: Sequence[float]) -> tuple[float, float, float, float]:
        """Least and largest x and y from four numbers in the order of the axes."""
        a, b, c, d = numbers
        return (b, a, d, c) if self.flipped else (a, b, c, d)


@lru_cache(maxsize=64)
def references(lon: float, lat: float, metric: int) -> tuple[Reference, ...]:
    """The systems offered for a plan that lies at a position; CRS84, in which all is kept, is the first."""
    found = [Reference(CRS84, WGS84), Reference(f"{EPSG}{WGS84}", WGS84, flipped=True)]
    for srid in dict.fromkeys((*OFFERED, metric)):
        if srid == WGS84 or not (srid in (WEB_MERCATOR, metric) or _meant(srid, lon, lat)):
            continue
        if is_metric(srid):
            found.append(Reference(f"{EPSG}{srid}", srid, proj=shifted(srid, lon, lat)))
    return tuple(found)


def named(known: Sequence[Reference], wanted: str) -> Reference | None:
    """The system with this address; the short forms that programs write are understood as well."""
    short = _WRITTEN.fullmatch(wanted)
    uri = f"{EPSG}{next(code for code in short.groups() if code)}" if short else wanted
    uri = CRS84 if uri in ("OGC:CRS84", "[OGC:CRS84]", "urn:ogc:def:crs:OGC:1.3:CRS84") else uri
    return next((each for each in known if each.uri == uri.replace("https://", "http://", 1)), None)


def centre(shape: BaseGeometry) -> tuple[float, float]:
    """Longitude and latitude inside a plan, to a hundredth of a degree: shifts are chosen for it."""
    point = shape.representative_point()
    return round(point.x, 2), round(point.y, 2)


def _meant(srid: int, lon: float, lat: float) -> bool:
    use = area_of_use(srid)
    return use is not None and use[0] <= lon <= use[2] and use[1] <= lat <= use[3]

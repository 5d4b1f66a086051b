"""The files in `sources/` with their shapes in EPSG:32633, and GeoJSON features made from such shapes."""

import tomllib
from pathlib import Path
from typing import Any

import shapely
from pyproj import Transformer
from shapely.geometry import LineString, MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

HERE = Path(__file__).resolve().parent
TO_METRIC = Transformer.from_crs(4326, 32633, always_xy=True)
TO_LONLAT = Transformer.from_crs(32633, 4326, always_xy=True)
DECIMALS = 6  # about 0.1 m

Table = dict[str, Any]
Feature = dict[str, Any]


def source(name: str) -> Table:
    """The table of `sources/<name>.toml`."""
    with (HERE / "sources" / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def metric_points(text: str) -> list[tuple[float, float]]:
    """Points in EPSG:32633 of a text such as "13.36,38.11 13.37,38.12" (lon,lat)."""
    pairs = (pair.split(",") for pair in text.split())
    return [TO_METRIC.transform(float(lon), float(lat)) for lon, lat in pairs]


def both_languages(value: str | Table) -> Table:
    """A text given once serves Italian and English alike: most names are not translated."""
    return {"it": value, "en": value} if isinstance(value, str) else {"it": value["it"], "en": value["en"]}


class Sources:
    """The sources with their shapes in EPSG:32633."""

    def __init__(self) -> None:
        self.axes_file = source("axes")
        self.areas_file = source("areas")
        self.heritage = source("heritage")
        self.points: list[Table] = source("points")["point"]
        self.segments = source("segments")
        self.axes = {code: LineString(metric_points(axis["line"])) for code, axis in self.axis.items()}
        rings = {**self.areas_file["quarter"]["ring"], **self.areas_file["green"]["ring"]}
        self.areas = {code: Polygon(metric_points(ring["line"])) for code, ring in rings.items()}
        self.areas["ztl"] = Polygon(metric_points(self.areas_file["ztl"]["line"]))
        shore = self.areas_file["shore"]
        self.shore = LineString(metric_points(shore["line"]))
        self.sea = Polygon([*self.shore.coords, *metric_points(shore["seaward"])])

    @property
    def axis(self) -> Table:
        """The described street axes by code."""
        return dict(self.axes_file["axis"])

    def point(self, code: str) -> Table:
        """The described point of that code."""
        return next(point for point in self.points if point["code"] == code)


def lonlat(geometry: BaseGeometry) -> Table:
    """GeoJSON geometry in EPSG:4326, rounded, right-hand rings, from a geometry in EPSG:32633."""
    moved = shapely.transform(geometry, _rounded)
    moved = shapely.remove_repeated_points(moved)
    if isinstance(moved, Polygon):
        moved = orient(moved)
    elif isinstance(moved, MultiPolygon):
        moved = MultiPolygon([orient(part) for part in moved.geoms])
    if not moved.is_valid or moved.is_empty:
        raise ValueError(f"not valid after rounding: {shapely.is_valid_reason(moved)}")
    return dict(mapping(moved))


def _rounded(xy: Any) -> Any:
    lon, lat = TO_LONLAT.transform(xy[:, 0], xy[:, 1])
    return shapely.get_coordinates(shapely.points(lon.round(DECIMALS), lat.round(DECIMALS)))


def feature(geometry: BaseGeometry, code: str, **properties: Any) -> Feature:
    """A GeoJSON feature whose id is its code."""
    return {
        "type": "Feature",
        "id": code,
        "properties": {"code": code, **properties},
        "geometry": lonlat(geometry),
    }

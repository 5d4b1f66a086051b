"""Square cells of the slippy-map grid, and hexagons built from them.

A cell is a standard tile number (x, y) at zoom z: y grows southwards from 85.05° north. The database
counts comments at z18 with the same formulae.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import Polygon, box

Cell = tuple[int, int]
Ints = NDArray[np.int64]

FINEST = 18
LEVELS = (18, 15, 12)
"""Zooms at which the database keeps counts."""

RADIUS_M = 6378137.0
"""Radius of the sphere of Web Mercator (EPSG:3857)."""

_SPAN_M = 2 * math.pi * RADIUS_M


def cell_of(lon: float, lat: float, z: int = FINEST) -> Cell:
    """The cell (x, y) that holds a position."""
    size = 2**z
    angle = math.radians(lat)
    x = math.floor((lon + 180) / 360 * size)
    y = math.floor((1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2 * size)
    return _within(x, size), _within(y, size)


def cells_of(lon: ArrayLike, lat: ArrayLike, z: int = FINEST) -> tuple[Ints, Ints]:
    """The cells of many positions: two arrays of the shape of the input."""
    size = 2**z
    angle = np.radians(np.asarray(lat, dtype=float))
    x = np.floor((np.asarray(lon, dtype=float) + 180) / 360 * size)
    y = np.floor((1 - np.log(np.tan(angle) + 1 / np.cos(angle)) / np.pi) / 2 * size)
    return _clip(x, size), _clip(y, size)


def parent(cell: Cell, z: int, to_z: int) -> Cell:
    """The cell at a coarser zoom that holds a cell. Raises ValueError for a finer one."""
    if to_z > z:
        raise ValueError(f"zoom {to_z} is finer than {z}")
    shift = z - to_z
    return cell[0] >> shift, cell[1] >> shift


def roll_up(counts: Mapping[Cell, int], z: int, to_z: int) -> dict[Cell, int]:
    """Counts by cell summed at a coarser zoom."""
    total: dict[Cell, int] = {}
    for cell, n in counts.items():
        over = parent(cell, z, to_z)
        total[over] = total.get(over, 0) + n
    return total


def cell_bounds(cell: Cell, z: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a cell in degrees."""
    x, y = cell
    return _lon(x, z), _lat(y + 1, z), _lon(x + 1, z), _lat(y, z)


def cell_polygon(cell: Cell, z: int) -> Polygon:
    """The outline of a cell in lon, lat, counterclockwise."""
    return box(*cell_bounds(cell, z))


def cell_centre(cell: Cell, z: int) -> tuple[float, float]:
    """Lon, lat of the middle of a cell (middle in Web Mercator)."""
    x, y = cell
    return _lon(x + 0.5, z), _lat(y + 0.5, z)


def cell_range(bounds: tuple[float, float, float, float], z: int) -> tuple[int, int, int, int]:
    """The cells that a box of degrees meets, as inclusive west, north, east, south tile numbers."""
    west, south, east, north = bounds
    left, top = cell_of(west, north, z)
    right, bottom = cell_of(east, south, z)
    return left, top, right, bottom


@dataclass(frozen=True, order=True)
class Hex:
    """One hexagon by axial coordinates of its grid."""

    q: int
    r: int


@dataclass(frozen=True)
class HexGrid:
    """Pointy-topped hexagons in Web Mercator, laid from longitude 0 on the equator.

    ``side_m`` is the side in Web Mercator metres (metres on the ground times 1/cos(latitude)). A cell
    belongs to the hexagon that holds its centre, so every cell is counted exactly once; choose sides
    of at least one cell's width.
    """

    side_m: float

    @classmethod
    def for_cells(cls, z: int, across: float = 2.0) -> "HexGrid":
        """Hexagons about ``across`` cells of zoom z wide between their flat sides."""
        return cls(across * _SPAN_M / 2**z / math.sqrt(3))

    def of_cells(self, x: ArrayLike, y: ArrayLike, z: int) -> tuple[Ints, Ints]:
        """Axial coordinates (q, r) of the hexagons of many cells."""
        width = _SPAN_M / 2**z
        east = (np.asarray(x, dtype=float) + 0.5) * width - _SPAN_M / 2
        north = _SPAN_M / 2 - (np.asarray(y, dtype=float) + 0.5) * width
        return _nearest_hex(east, north, self.side_m)

    def of_cell(self, cell: Cell, z: int) -> Hex:
        """The hexagon of one cell."""
        q, r = self.of_cells([cell[0]], [cell[1]], z)
        return Hex(int(q[0]), int(r[0]))

    def id(self, hexagon: Hex) -> str:
        """A name that is the same in every run: side in millimetres, q and r."""
        return f"h{round(self.side_m * 1000)}.{hexagon.q}.{hexagon.r}"

    def polygon(self, hexagon: Hex) -> Polygon:
        """The outline in lon, lat, counterclockwise. Neighbours share their corners exactly."""
        wide, high = self.side_m * math.sqrt(3) / 2, self.side_m / 2
        column, row = 2 * hexagon.q + hexagon.r, 3 * hexagon.r
        steps = ((1, -1), (1, 1), (0, 2), (-1, 1), (-1, -1), (0, -2))
        return Polygon([_degrees((column + i) * wide, (row + j) * high) for i, j in steps])

    def gather(self, counts: Iterable[tuple[Cell, int]], z: int) -> dict[Hex, int]:
        """Counts by cell summed by hexagon."""
        rows = list(counts)
        q, r = self.of_cells([cell[0] for cell, _ in rows], [cell[1] for cell, _ in rows], z)
        total: dict[Hex, int] = {}
        for (_, n), a, b in zip(rows, q, r, strict=True):
            hexagon = Hex(int(a), int(b))
            total[hexagon] = total.get(hexagon, 0) + n
        return total


def _nearest_hex(east: NDArray[np.float64], north: NDArray[np.float64], side: float) -> tuple[Ints, Ints]:
    """Cube rounding: the hexagon whose centre is nearest."""
    q = (math.sqrt(3) / 3 * east - north / 3) / side
    r = 2 / 3 * north / side
    s = -q - r
    qi, ri, si = np.round(q), np.round(r), np.round(s)
    dq, dr, ds = np.abs(qi - q), np.abs(ri - r), np.abs(si - s)
    mend_q = (dq > dr) & (dq > ds)
    mend_r = ~mend_q & (dr > ds)
    qi = np.where(mend_q, -ri - si, qi)
    ri = np.where(mend_r, -qi - si, ri)
    return qi.astype(np.int64), ri.astype(np.int64)


def _within(value: int, size: int) -> int:
    return min(max(value, 0), size - 1)


def _clip(values: NDArray[np.float64], size: int) -> Ints:
    return np.clip(values, 0, size - 1).astype(np.int64)


def _lon(x: float, z: int) -> float:
    return x / (1 << z) * 360 - 180


def _lat(y: float, z: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / (1 << z)))))


def _degrees(east: float, north: float) -> tuple[float, float]:
    lat = math.degrees(math.atan(math.sinh(north / RADIUS_M)))
    return math.degrees(east / RADIUS_M), lat

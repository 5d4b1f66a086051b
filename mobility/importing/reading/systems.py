"""Coordinate systems of files: what a text names, and the way to lon, lat that fits the place.

National datums have one shift for each region, several metres apart. The step between datums is
therefore chosen by PROJ for each point inside the area of interest, apart from the projection, so that a
system used outside its zone gets the shift of where the data lies and not of where the zone does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]
from pyproj.transformer import AreaOfInterest

from mobility.importing.reading.model import Box, Operation

Pairs = NDArray[np.float64]
SWAPPED = ";yx"
"""After a code: the numbers come with north (or latitude) first."""

set_network_enabled(active=False)


@dataclass(frozen=True)
class System:
    """A coordinate reference system of the earth's surface, in two dimensions."""

    crs: CRS
    code: str | None
    name: str
    swapped: bool = False

    @property
    def is_degrees(self) -> bool:
        """Whether it is WGS 84 in lon, lat, so that nothing has to be done."""
        return self.code == "EPSG:4326"


@cache
def system_of(text: str) -> System | None:
    """The system a code or definition names; None when it names none, or one that is not on the earth."""
    bare = text.removesuffix(SWAPPED)
    try:
        crs = CRS.from_user_input(bare)
        if crs.is_compound:
            crs = crs.sub_crs_list[0]
        if len(crs.axis_info) > 2:
            crs = crs.to_2d()
    except (CRSError, IndexError):
        return None
    if not (crs.is_projected or crs.is_geographic):
        return None
    code = None if crs.is_bound else crs.to_epsg(min_confidence=70)
    if code is not None:
        crs = CRS.from_epsg(code)
    swapped = text.endswith(SWAPPED)
    named = None if code is None else f"EPSG:{code}{SWAPPED if swapped else ''}"
    return System(crs, named, crs.name, swapped)


class Way:
    """The way from a system to lon, lat at a place. `rough` when only a ballpark shift is known."""

    def __init__(self, system: System, place: Box) -> None:
        self.system = system
        crs = system.crs
        base = crs.geodetic_crs if crs.is_projected and not crs.is_bound else None
        self._plane = Transformer.from_crs(crs, base, always_xy=True) if base else None
        self.rough = False
        try:
            self._datum = self._shift(base or crs, place, ballpark=False)
            self._datum.transform(*_middle(place), errcheck=True)
        except ProjError:
            self.rough = True
            self._datum = self._shift(base or crs, place, ballpark=True)
        self._place = place

    @staticmethod
    def _shift(base: CRS, place: Box, *, ballpark: bool) -> Transformer:
        return Transformer.from_crs(
            base, 4326, always_xy=True, area_of_interest=AreaOfInterest(*place), allow_ballpark=ballpark
        )

    def __call__(self, pairs: Pairs) -> Pairs:
        """Rows of x, y as rows of lon, lat; not finite where there is no answer."""
        x, y = (pairs[:, 1], pairs[:, 0]) if self.system.swapped else (pairs[:, 0], pairs[:, 1])
        if self._plane:
            x, y = self._plane.transform(x, y)
        lon, lat = self._datum.transform(x, y)
        return np.column_stack([lon, lat])

    def operation(self) -> Operation | None:
        """What is done to a point in the middle of the place; None when nothing is."""
        if self.system.is_degrees:
            return None
        used = self._datum
        if used.description.startswith("unavailable"):
            used.transform(*_middle(self._place))
            used = used.get_last_used_operation()
        steps = [part for part in used.description.split(" + ") if not part.startswith("axis order change")]
        names = [step for step in steps if not step.startswith(("Null geographic offset", "noop"))]
        pipeline = used.definition
        accuracy = None if used.accuracy < 0 else float(used.accuracy)
        if self._plane:
            conversion = self.system.crs.coordinate_operation
            names.insert(0, conversion.name if conversion else self._plane.description)
            pipeline = f"{self._plane.definition} | {pipeline}"
        return Operation(" + ".join(names), accuracy, pipeline)


def _middle(box: Box) -> tuple[float, float]:
    west, south, east, north = box
    return (west + east) / 2, (south + north) / 2

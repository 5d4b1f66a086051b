"""Where numbers would lie on the earth in each coordinate system that is in use at a place."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import ProjError

from mobility.importing.reading.model import Box, CrsFinding, CrsGuess, CrsSource
from mobility.importing.reading.systems import SWAPPED, Pairs, System, Way, system_of

SHOWN = 6
SAME_M = 2.0
"""Systems that put the data at the same place within this distance are one guess."""
KM_PER_DEGREE = 111.2


def found(system: System | None, source: CrsSource, pairs: Pairs, place: Box, said: str = "") -> CrsFinding:
    """What is known of a layer's system; with other guesses unless it is there and plausible."""
    own = None if system is None else guess(system, pairs, place)
    plausible = own is not None and own.plausible
    others = [] if plausible or not len(pairs) else candidates(pairs, place)
    if system is None:
        return CrsFinding(None, said, source, False, others)
    return CrsFinding(system.code, system.name, source, plausible or not len(pairs), others, said)


def candidates(pairs: Pairs, place: Box) -> list[CrsGuess]:
    """Up to six systems under which the numbers lie at the place or near it, the likeliest first."""
    middle = np.median(pairs, axis=0, keepdims=True)
    ranked: list[tuple[bool, float, int, System]] = []
    for number, code in enumerate(codes(place)):
        system = system_of(code)
        way = _way(system, place) if system else None
        if system is None or way is None:
            continue
        lon, lat = way(middle)[0]
        if math.isfinite(lon) and math.isfinite(lat):
            away = _distance_km(lon, lat, place)
            ranked.append((away > 0, away if away > 0 else 0.0, number, system))
    ranked.sort(key=lambda row: row[:3])
    guesses: list[CrsGuess] = []
    for _, away, _, system in ranked:
        if len(guesses) == SHOWN or (guesses and guesses[0].plausible and away > 100):
            break
        one = guess(system, pairs, place)
        if one and not any(_same(one.bounds_lonlat, other.bounds_lonlat) for other in guesses):
            guesses.append(one)
    return guesses


def guess(system: System, pairs: Pairs, place: Box) -> CrsGuess | None:
    """Where sample coordinates lie in one system; None when they lie nowhere."""
    if not len(pairs):
        return None
    way = _way(system, place)
    if way is None:
        return None
    moved = way(pairs)
    moved = moved[np.isfinite(moved).all(axis=1)]
    if not len(moved):
        return None
    (west, south), (east, north) = moved.min(axis=0), moved.max(axis=0)
    lon, lat = np.median(moved, axis=0)
    away = _distance_km(float(lon), float(lat), place)
    bounds = (float(west), float(south), float(east), float(north))
    return CrsGuess(system.code or "", system.name, bounds, away == 0, round(away, 1))


@cache
def codes(place: Box) -> tuple[str, ...]:
    """The systems worth trying at a place: the common ones first, then the national ones."""
    lon, lat = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    zone = int((lon + 180) // 6) + 1
    zones = [one for one in (zone, zone - 1, zone + 1) if 1 <= one <= 60]
    half = 326 if lat >= 0 else 327
    common = ["EPSG:4326", *(f"EPSG:{half}{one:02}" for one in zones), "EPSG:3857"]
    near = AreaOfInterest(max(place[0] - 2, -180), place[1], min(place[2] + 2, 180), place[3])
    known = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=near)
    local = [
        info
        for info in known
        if info.area_of_use and _span(info.area_of_use.bounds) < 90 and "WGS 72" not in info.name
    ]
    local.sort(key=lambda info: _span(info.area_of_use.bounds) if info.area_of_use else 0)
    national = [f"EPSG:{info.code}" for info in local]
    return tuple(dict.fromkeys([*common, "EPSG:4326" + SWAPPED, *national]))


@cache
def _way(system: System, place: Box) -> Way | None:
    try:
        return Way(system, place)
    except ProjError:
        return None


def _span(bounds: Box) -> float:
    return (bounds[2] - bounds[0]) % 360


def _distance_km(lon: float, lat: float, place: Box) -> float:
    """How far a point lies outside the place, which counts with a margin of half its size round it."""
    west, south, east, north = place
    wide, high = max((east - west) / 2, 0.1), max((north - south) / 2, 0.1)
    dx = max(west - wide - lon, 0, lon - east - wide) * math.cos(math.radians((south + north) / 2))
    dy = max(south - high - lat, 0, lat - north - high)
    return math.hypot(dx, dy) * KM_PER_DEGREE


def _same(one: Box, other: Box) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) * KM_PER_DEGREE * 1000 < SAME_M

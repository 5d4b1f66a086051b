"""About how large a file will be, before it is made."""

from __future__ import annotations

from mobility.exports.orders import EVERYTHING

PER_FEATURE = {
    "comments": {"geojson": 620, "gpkg": 560, "fgb": 900, "csv": 430, "kml": 1200, "xlsx": 210},
    "segments": {"geojson": 2900, "gpkg": 2600, "fgb": 3400, "csv": 2300, "kml": 5200, "xlsx": 900},
    "measures": {"geojson": 3300, "gpkg": 3000, "fgb": 3700, "csv": 2600, "kml": 5600, "xlsx": 1100},
    "cells": {"geojson": 380, "gpkg": 420, "fgb": 600, "csv": 300, "kml": 800, "xlsx": 160},
    "zones": {"geojson": 3500, "gpkg": 2600, "fgb": 2600, "csv": 3500, "kml": 3700, "xlsx": 1600},
}
"""Bytes, measured on a sample consultation of Palermo."""
LEAST = {"gpkg": 120_000, "xlsx": 6_000}
"""What an empty file takes."""


def about_size(form: str, what: str, counts: dict[str, int]) -> int:
    """Bytes, to one digit."""
    kinds = counts if what == EVERYTHING else {what: counts[what]}
    size = LEAST.get(form, 500) + sum(PER_FEATURE[kind][form] * number for kind, number in kinds.items())
    unit = int("1" + "0" * (len(str(size)) - 1))
    return round(size / unit) * unit

"""Whether a draft may be published: the checks a bundle passes, on one measure, with the same words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2.shape import to_shape
from shapely.geometry import shape

from mobility.cities.models import City
from mobility.editing.document import Document
from mobility.plans.bundles import records
from mobility.plans.bundles.cross import check_positions
from mobility.plans.bundles.faults import Fault, Faults, Spot
from mobility.plans.bundles.hours import unreadable_part
from mobility.plans.bundles.values import record, reference, shown
from mobility.plans.models import Plan
from mobility.spatial.crs import metric
from mobility.spatial.geometry import multi_polygon

HERE = "draft"
_SEGMENT = {name: field for name, field in records.SEGMENT.items() if name not in ("measure", "cut")}


@dataclass(frozen=True)
class Findings:
    """What stands against publishing, and what is only worth a look."""

    measure: list[Fault]
    segments: dict[str, list[Fault]]
    """By code, errors and warnings."""

    @property
    def errors(self) -> int:
        return sum(fault.is_error for fault in (*self.measure, *self.of_segments))

    @property
    def of_segments(self) -> list[Fault]:
        return [fault for faults in self.segments.values() for fault in faults]


def check_document(
    document: Document,
    *,
    plan: Plan,
    city: City,
    offices: Collection[str],
    packages: Collection[str],
) -> Findings:
    """The faults of a document, by where they are."""
    faults = Faults()
    measure = Spot(faults, HERE, "", languages=tuple(plan.languages))
    _check_measure(document["measure"], measure, list(offices), list(packages))
    if not document["segments"]:
        measure.report("measure-without-segment", code=document["measure"]["code"])
    _check_segments(document["segments"], faults, plan, city)
    found = list(faults)
    return Findings(
        measure=[fault for fault in found if not fault.feature],
        segments={
            part["code"]: [fault for fault in found if fault.feature == part["code"]]
            for part in document["segments"]
        },
    )


def _check_measure(measure: dict[str, Any], spot: Spot, offices: list[str], packages: list[str]) -> None:
    clean = record(measure, records.MEASURE, spot)
    part = unreadable_part(clean["hours_osm"]) if clean.get("hours_osm") else None
    if part is not None:
        spot.at("hours_osm").report("hours-syntax", part=shown(part))
    for name, known in (("package", packages), ("office", offices)):
        if name in clean:
            reference(clean[name], known, spot.at(name))


def _check_segments(segments: Sequence[dict[str, Any]], faults: Faults, plan: Plan, city: City) -> None:
    rows = []
    for part in segments:
        spot = Spot(faults, HERE, part["code"], languages=tuple(plan.languages))
        said = {name: part[name] for name in _SEGMENT if name in part}
        record(said, _SEGMENT, spot)
        rows.append(
            {"named": part["code"], "measure": "", "side": part.get("side")}
            | {"geometry": shape(part["geometry"])}
        )
    boundary = multi_polygon(to_shape(plan.boundary))
    check_positions(rows, boundary, metric(city.srid), faults)

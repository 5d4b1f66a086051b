"""Reading a bundle: all faults at once, or the typed bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from shapely.geometry import MultiPolygon

from mobility.plans.bundles import cross
from mobility.plans.bundles import model as m
from mobility.plans.bundles.faults import BundleRefused, Fault, Faults
from mobility.plans.bundles.files import BUNDLE, MEASURES, read_layer, read_toml
from mobility.plans.bundles.read_city import Rows, check_city, check_measure_references, check_measures
from mobility.plans.bundles.read_layers import LAYERS, check_boundary, check_layer, expected_boxes
from mobility.spatial.crs import metric
from mobility.spatial.geometry import multi_polygon

R = TypeVar("R")


def validate_bundle(directory: Path) -> list[Fault]:
    """Every fault of the bundle in a directory, warnings included; at most a thousand are listed."""
    return inspect_bundle(directory)[1].kept


def read_bundle(directory: Path) -> m.Bundle:
    """The bundle in a directory. Raises BundleRefused with every fault when there is an error."""
    bundle, faults = inspect_bundle(directory)
    if bundle is None:
        raise BundleRefused(faults, faults.unlisted)
    return bundle


def inspect_bundle(directory: Path) -> tuple[m.Bundle | None, Faults]:
    """The bundle, or None when it has an error, and the faults found."""
    faults = Faults()
    raw, measures_raw = (read_toml(directory, name, faults) for name in (BUNDLE, MEASURES))
    city = check_city(raw, faults) if raw is not None else None
    plan = city["plan"] if city else {}
    languages = tuple(plan["languages"]) if "languages" in plan else None
    measures = check_measures(measures_raw, languages, faults) if measures_raw is not None else None
    if city is not None and measures is not None:
        check_measure_references(measures, city, faults)
    layers, boundary = _check_layers(directory, plan, languages, faults)
    _check_across(city, measures, layers, boundary, faults)
    if faults.errors or city is None or measures is None or boundary is None:
        return None, faults
    return _bundle(city, measures, layers, boundary), faults


def _check_layers(
    directory: Path, plan: dict[str, Any], languages: tuple[str, ...] | None, faults: Faults
) -> tuple[dict[str, Rows], MultiPolygon | None]:
    """The rows of every layer that can be read, and the boundary."""
    layers: dict[str, Rows] = {}
    boundary: MultiPolygon | None = None
    for name, layer in LAYERS.items():
        features = read_layer(directory, layer.file, faults)
        if features is None:
            continue
        expected = expected_boxes(plan.get("view"), boundary)
        layers[name] = check_layer(layer, features, languages, expected, faults)
        if name == "boundary":
            boundary = check_boundary(layers[name], plan.get("slug"), faults)
    return layers, boundary


def _check_across(
    city: dict[str, Any] | None,
    measures: Rows | None,
    layers: dict[str, Rows],
    boundary: MultiPolygon | None,
    faults: Faults,
) -> None:
    if "zones" in layers and "places" in layers:
        cross.check_zones(layers["zones"], layers["places"], faults)
    if "segments" in layers and measures is not None:
        cross.check_segments(layers["segments"], measures, faults)
    if city is None or boundary is None:
        return
    cross.check_view(city["plan"], boundary, faults)
    srid = city["city"].get("srid")
    if srid and cross.check_srid(srid, boundary, faults) and "segments" in layers:
        cross.check_positions(layers["segments"], boundary, metric(srid), faults)


def _bundle(
    city: dict[str, Any], measures: Rows, layers: dict[str, Rows], boundary: MultiPolygon
) -> m.Bundle:
    zones = [{**row, "geometry": multi_polygon(row["geometry"])} for row in layers["zones"]]
    return m.Bundle(
        city=_made(m.CityRecord, [city["city"]])[0],
        plan=_made(m.PlanRecord, [city["plan"]])[0],
        boundary=boundary,
        offices=_made(m.OfficeRecord, city["office"]),
        groups=_made(m.GroupRecord, city["group"]),
        topics=_made(m.TopicRecord, city["topic"]),
        phases=_made(m.PhaseRecord, city["phase"]),
        packages=_made(m.PackageRecord, city["package"]),
        measures=_made(m.MeasureRecord, measures),
        context=_made(m.ContextRecord, layers["context"]),
        places=_made(m.PlaceRecord, layers["places"]),
        zones=_made(m.ZoneRecord, zones),
        segments=_made(m.SegmentRecord, layers["segments"]),
    )


def _made(kind: type[R], rows: Rows) -> list[R]:
    names = kind.__annotations__
    return [kind(**{name: row[name] for name in names}) for row in rows]

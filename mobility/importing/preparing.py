"""Reading a layer and comparing it with the plan: the preview. Nothing of the plan is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from geoalchemy2.shape import from_shape
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.errors import Invalid
from mobility.importing import known
from mobility.importing.checking import Neighbour, check_overlaps, check_places, check_values
from mobility.importing.comparing import Comparison
from mobility.importing.cutting import cut_lines
from mobility.importing.drafts import Draft, Recipe, make_drafts
from mobility.importing.kinds import ALL
from mobility.importing.known import REFERENCES, Place, Thing
from mobility.importing.models import FileImport, ImportFeature
from mobility.importing.reading import Reading, read_layer
from mobility.importing.values import note, warning
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.spatial.crs import metric
from mobility.spatial.geometry import Box, multi_polygon

Tell = Callable[[float, str], None]
MOST = 50_000
"""Features of one import: more than a city's census sections and streets."""
_BATCH = 1000
AROUND = 0.05
"""Degrees round the plan's area in which a file may lie."""


def place_of(session: Session, plan_id: int) -> Place:
    """Where imports into this plan go."""
    plan = session.get_one(Plan, plan_id)
    city = session.get_one(City, plan.city_id)
    return Place(plan.id, city.id, city.srid, list(plan.languages))


def box_of(session: Session, plan_id: int) -> Box:
    """Where the data of a file should lie: the plan's area and what is round it, in degrees."""
    west, south, east, north = known.boundary_of(session, place_of(session, plan_id)).bounds
    return west - AROUND, south - AROUND, east + AROUND, north + AROUND


def recipe_of(job: FileImport, languages: Sequence[str]) -> Recipe:
    """How features become drafts, as the planner decided. Raises Invalid without a kind."""
    if job.kind is None:
        raise Invalid("kind", _("Say what the file holds."))
    return Recipe(
        ALL[job.kind], dict(job.mapping), dict(job.defaults), languages, str(job.options.get("id") or "")
    )


def read_features(job: FileImport, path: Path, place: Box, tell: Tell) -> Reading:
    """The features of the chosen layer in longitude and latitude. Raises Invalid when there are too many."""
    columns = {f"{name}_field": column for name, column in job.columns.items() if column}
    reading = read_layer(
        path,
        job.name,
        job.layer or "",
        place=place,
        crs=job.crs,
        tell=lambda f, c: tell(f * 0.5, c),
        **columns,
    )
    if len(reading.features) > MOST:
        raise Invalid("layer", _("The layer has more than %(n)s features. Divide it.", n=MOST))
    return reading


def prepare(session: Session, job: FileImport, path: Path, tell: Tell) -> dict[str, Any]:
    """Reads, checks and compares, and writes the lines of the preview; returns its summary."""
    place = place_of(session, job.plan_id)
    reading = read_features(job, path, box_of(session, job.plan_id), tell)
    job.operation = asdict(reading.operation) if reading.operation else {}
    recipe = recipe_of(job, place.languages)
    lines = lines_of(session, reading, recipe, place, dict(job.options), tell)
    tell(0.9, "writing")
    write_lines(session, job, place, lines)
    job.summary = summarise(lines) | {"notes": [asdict(each) for each in reading.notes]}
    return dict(job.summary)


def lines_of(
    session: Session, reading: Reading, recipe: Recipe, place: Place, options: dict[str, Any], tell: Tell
) -> list[Draft]:
    """Every line of the preview."""
    kind = recipe.kind
    project = metric(place.srid).project
    drafts = list(make_drafts(reading.features, recipe))
    boundary = known.boundary_of(session, place)
    if kind.dimensions:
        check_places(drafts, kind, boundary, project)
    tell(0.6, "comparing")
    if kind.name == "boundary":
        return [_as_boundary(session, drafts, recipe, place)]
    titles = known.measure_titles(session, place)
    references: dict[str, Collection[str]] = {
        field: set(known.reference_ids(session, name, place))
        for field, (_column, name) in REFERENCES.get(kind.name, {}).items()
    }
    if kind.name == "segments":
        references["measure"] = titles.keys()
    check_values(drafts, kind, references)
    if options.get("cut"):
        drafts = cut_drafts(drafts, known.streets_of(session, place), place)
    things = known.things_of(session, kind, place)
    keys = known.keys_of(session, kind, place)
    lines = Comparison(recipe, things, keys, project, options.get("missing", "keep")).run(drafts)
    said = known.said_about(session, kind, [thing.id for thing in things])
    by_code = {thing.code: said.get(thing.id, {}) for thing in things}
    for line in lines:
        voices = [by_code.get(code, {}) for code in {line.code, *line.former}]
        line.said = {word: sum(each.get(word, 0) for each in voices) for word in ("votes", "comments")}
    tell(0.8, "overlaps")
    if kind.name == "segments":
        check_overlaps(neighbours_of(lines, things, project), titles)
    return lines


def neighbours_of(
    lines: Sequence[Draft], things: Sequence[Thing], project: Callable[[BaseGeometry], BaseGeometry]
) -> list[Neighbour]:
    """Stretches as they will lie beside each other: those of the file, and those that stay as they are."""
    used = {code for line in lines for code in (line.code, *line.former)}
    measures = {thing.code: str(thing.row.get("measure") or "") for thing in things}
    fresh = [
        Neighbour(
            line.code,
            str(line.row.get("measure") or measures.get(line.code, "")),
            project(line.shape),
            line,
        )
        for line in lines
        if line.change in ("added", "changed") and line.shape is not None
    ]
    stay = [
        Neighbour(thing.code, measures[thing.code], project(thing.shape))
        for thing in things
        if thing.code not in used and not thing.retired and thing.shape is not None
    ]
    return [*fresh, *stay]


def cut_drafts(drafts: Sequence[Draft], streets: Sequence[BaseGeometry], place: Place) -> list[Draft]:
    """The drafts with their lines cut at crossings; a piece keeps everything but its shape."""
    ruler = metric(place.srid)
    lines = [d for d in drafts if not d.errors and isinstance(d.shape, LineString)]
    shapes = [ruler.project(d.shape) for d in lines if isinstance(d.shape, LineString)]
    pieces = {
        id(d): cut
        for d, cut in zip(lines, cut_lines(shapes, [ruler.project(s) for s in streets]), strict=True)
    }
    made, counted = [], Counter[int | None]()
    for draft in drafts:
        parts: list[BaseGeometry] = [ruler.unproject(part) for part in pieces.get(id(draft), [])]
        if len(parts) < 2 and not draft.part:
            made.append(draft)
            continue
        told = [*draft.faults, note("cut", n=len(parts))] if len(parts) > 1 else draft.faults
        for shape in parts if len(parts) > 1 else [draft.shape]:
            counted[draft.number] += 1
            made.append(replace(draft, shape=shape, part=counted[draft.number], faults=list(told)))
    return made


def _as_boundary(session: Session, drafts: Sequence[Draft], recipe: Recipe, place: Place) -> Draft:
    """All areas of the file together as the plan's boundary."""
    (thing,) = known.things_of(session, recipe.kind, place)
    shapes = [draft.shape for draft in drafts if draft.shape is not None and not draft.errors]
    faults = [fault for draft in drafts for fault in draft.faults]
    line = Draft(1, "", {}, faults=faults, code=thing.code, change="refused", known=True)
    if not shapes or line.errors or thing.shape is None:
        return line
    line.shape = multi_polygon(unary_union(shapes))
    ruler = metric(place.srid)
    same = ruler.project(line.shape).symmetric_difference(ruler.project(thing.shape)).area < 1
    line.change, line.differs = ("unchanged", []) if same else ("changed", ["geom"])
    outside = [
        each.code
        for each in known.things_of(session, ALL["segments"], place)
        if each.shape is not None and not each.retired and not line.shape.intersects(each.shape)
    ]
    if outside:
        line.faults.append(warning("leaves_out", n=len(outside), codes=outside[:10]))
    return line


def write_lines(session: Session, job: FileImport, place: Place, lines: Sequence[Draft]) -> None:
    """Replaces the preview of the import."""
    session.execute(delete(ImportFeature).where(ImportFeature.import_id == job.id))
    for start in range(0, len(lines), _BATCH):
        rows = [
            _line_row(job.id, position, line, place.languages)
            for position, line in enumerate(lines[start : start + _BATCH], start + 1)
        ]
        if rows:
            session.execute(insert(ImportFeature), rows)


def _line_row(import_id: int, position: int, line: Draft, languages: Sequence[str]) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "position": position,
        "number": line.number,
        "source_key": line.key or None,
        "code": line.code,
        "label": label_of(line.row, languages),
        "change": line.change,
        "lineage": line.lineage,
        "former": line.former,
        "moved_m": line.moved_m,
        "said": line.said,
        "row": line.row if line.change != "removed" else {},
        "differs": line.differs,
        "faults": line.faults,
        "errors": line.errors,
        "geom": from_shape(line.shape, srid=4326) if line.shape is not None else None,
    }


def label_of(row: dict[str, Any], languages: Sequence[str]) -> str:
    """What people call it: the street with its span, a name or a title."""
    words = []
    for field in ("street", "name", "title", "span"):
        value = row.get(field)
        if isinstance(value, dict):
            value = next((value[tag] for tag in languages if value.get(tag)), "")
        if value:
            words.append(str(value))
    return ", ".join(words)[:200]


def summarise(lines: Sequence[Draft]) -> dict[str, Any]:
    """How many lines of each change, with how many errors and warnings."""
    counted = Counter(line.change for line in lines)
    lineage = Counter(line.lineage for line in lines if line.lineage)
    warned = sum(any(f["level"] == "warning" for f in line.faults) for line in lines)
    return {"changes": dict(counted), "lineage": dict(lineage), "warned": warned, "lines": len(lines)}

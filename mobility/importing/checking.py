"""What is wrong with drafts where they meet the plan: unknown measures, other cities, odd shapes.

Pure: what the plan holds comes in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.importing.drafts import Draft
from mobility.importing.kinds import Kind
from mobility.importing.mapping import CODE
from mobility.importing.overlaps import overlaps
from mobility.importing.shapes import FAR_KM
from mobility.importing.values import MEASURE_CODE, error, warning
from mobility.plans.bundles.records import CONTEXT_GEOMETRIES

Project = Callable[[BaseGeometry], BaseGeometry]
MOST_OVERLAPS = 5


def check_values(drafts: Sequence[Draft], kind: Kind, references: Mapping[str, Collection[str]]) -> None:
    """Codes that cannot be codes, things that are referred to and do not exist, shapes that do not fit."""
    for draft in drafts:
        for field, allowed in references.items():
            value = draft.row.get(field)
            if value and value not in allowed:
                draft.faults.append(error("unknown", field=field, value=str(value)[:60]))
        code = str(draft.row.get("code") or "")
        if code and not (MEASURE_CODE if kind.name == "measures" else CODE).fullmatch(code):
            draft.faults.append(error("bad_code", value=code[:60], kind=kind.name))
        wanted = CONTEXT_GEOMETRIES.get(str(draft.row.get("kind"))) if kind.name == "context" else None
        if wanted and draft.shape is not None and draft.shape.geom_type not in wanted:
            draft.faults.append(error("wrong_for_kind", found=draft.shape.geom_type, wanted=list(wanted)))


def check_places(drafts: Sequence[Draft], kind: Kind, boundary: BaseGeometry, project: Project) -> None:
    """Far from the city is an error; a stretch outside of the plan's area is worth a look."""
    area = project(boundary)
    shapely.prepare(area)
    for draft in drafts:
        if draft.shape is None:
            continue
        shape = project(draft.shape)
        far = float(area.distance(shape)) / 1000 if shapely.is_valid(shape) else FAR_KM * 2
        if not far <= FAR_KM:
            draft.faults.append(error("far", km=round(far) if far < 30_000 else 30_000))
        elif kind.name == "segments" and far > 0:
            draft.faults.append(warning("outside", m=round(far * 1000)))


@dataclass(frozen=True)
class Neighbour:
    """A stretch as its neighbours name it, with its measure; `draft` when it is of the file."""

    code: str
    measure: str
    shape: BaseGeometry
    draft: Draft | None = None


def check_overlaps(stretches: Sequence[Neighbour], titles: Mapping[str, Mapping[str, str]]) -> None:
    """Tells stretches of the file that run along others, and for each measure how far. Shapes are metric."""
    found: dict[int, dict[str, list[tuple[float, str]]]] = defaultdict(lambda: defaultdict(list))
    for each in overlaps([stretch.shape for stretch in stretches]):
        for mine, other in ((each.one, each.other), (each.other, each.one)):
            found[mine][stretches[other].measure].append((each.common, stretches[other].code))
    for index, measures in found.items():
        draft = stretches[index].draft
        if draft is None:
            continue
        area = int(shapely.get_dimensions(stretches[index].shape)) == 2
        told = sorted(measures.items(), key=lambda pair: -sum(m for m, _code in pair[1]))
        for measure, common in told[:MOST_OVERLAPS]:
            codes = [code for _m, code in sorted(common, reverse=True)[:MOST_OVERLAPS]]
            draft.faults.append(
                warning(
                    "overlap", measure=measure, title=dict(titles.get(measure, {})), codes=codes,
                    same=measure == stretches[index].measure, area=area, n=len(common),
                    m=round(sum(m for m, _code in common)),
                )
            )  # fmt: skip

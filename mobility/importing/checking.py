"""What is wrong with drafts where they meet the plan: unknown measures, other cities, odd shapes.

Pure: what the plan holds comes in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

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


def check_overlaps(drafts: Sequence[Draft], others: Mapping[str, BaseGeometry], project: Project) -> None:
    """Tells stretches that run along each other, in the file or beside what stays in the plan."""
    named = [(draft.code, draft, project(draft.shape)) for draft in drafts if draft.shape is not None]
    kept = [(code, None, project(shape)) for code, shape in others.items()]
    every = [*named, *kept]
    found: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for each in overlaps([shape for _code, _draft, shape in every]):
        found[each.one].append((every[each.other][0], each.common))
        if every[each.other][1] is not None:
            found[each.other].append((every[each.one][0], each.common))
    for index, common in found.items():
        draft = every[index][1]
        if draft is not None:
            common.sort(key=lambda pair: -pair[1])
            codes = [code for code, _m in common[:MOST_OVERLAPS]]
            draft.faults.append(warning("overlap", codes=codes, m=round(common[0][1])))

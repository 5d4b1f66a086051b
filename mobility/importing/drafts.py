"""A feature on its way: from what was read to what will be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from shapely.geometry.base import BaseGeometry

from mobility.importing.kinds import Kind
from mobility.importing.reading import Fault as ReadFault
from mobility.importing.reading import Feature
from mobility.importing.shapes import fit
from mobility.importing.values import Fault, as_text, error, read_values


@dataclass
class Draft:
    """One line of the preview. `part` counts the pieces of one feature from 1; 0 for a whole one."""

    number: int | None
    source: str
    """The stable id in the file; empty without one."""
    row: dict[str, Any]
    shape: BaseGeometry | None = None
    part: int = 0
    faults: list[Fault] = field(default_factory=list)
    code: str = ""
    change: str = "added"
    lineage: str | None = None
    former: list[str] = field(default_factory=list)
    moved_m: float | None = None
    said: dict[str, int] = field(default_factory=dict)
    differs: list[str] = field(default_factory=list)
    known: bool = False
    """Whether the plan has it."""

    @property
    def key(self) -> str:
        """The stable id, with the piece."""
        return f"{self.source}#{self.part}" if self.source and self.part else self.source

    @property
    def errors(self) -> int:
        return sum(fault["level"] == "error" for fault in self.faults)


@dataclass(frozen=True)
class Recipe:
    """How features become drafts: which column is which field, what holds where a file is silent."""

    kind: Kind
    mapping: dict[str, str]
    defaults: dict[str, str]
    languages: Sequence[str]
    id_column: str = ""

    @property
    def given(self) -> set[str]:
        """The fields that the file or the planner says; others are left as the plan has them."""
        told = {*self.mapping, *(name for name, value in self.defaults.items() if value)}
        return {name.partition(":")[0] for name in told}


def make_drafts(features: Iterable[Feature], recipe: Recipe) -> Iterator[Draft]:
    """The drafts of each feature: one, or one for each of its pieces."""
    for feature in features:
        row, faults = read_values(
            recipe.kind, feature.properties, recipe.mapping, recipe.defaults, recipe.languages
        )
        shapes, troubles = fit(recipe.kind, feature.geometry)
        if feature.geometry is None and recipe.kind.dimensions and feature.faults:
            troubles = []
        said = [of_reading(each, lost=feature.geometry is None) for each in feature.faults]
        source = as_text(feature.properties.get(recipe.id_column)) if recipe.id_column else ""
        draft = Draft(feature.number, source[:120], row, faults=[*faults, *said, *troubles])
        if not shapes:
            yield draft
        for part, shape in enumerate(shapes, 1):
            yield replace(draft, shape=shape, part=part if len(shapes) > 1 else 0, faults=list(draft.faults))


def of_reading(fault: ReadFault, *, lost: bool) -> Fault:
    """What the reading has to say about a feature; an error when its shape was lost."""
    level = "error" if lost else "note"
    return {"level": level, "code": fault.code, "values": dict(fault.values), "reading": True}


def check_sources(drafts: Sequence[Draft]) -> None:
    """Marks drafts that share a stable id without being pieces of one feature."""
    seen: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.source:
            seen.setdefault(draft.key, []).append(draft)
    for same in seen.values():
        if len({draft.number for draft in same}) > 1:
            for draft in same:
                others = [other.number for other in same if other is not draft]
                draft.faults.append(error("same_id", id=draft.source, others=others[:5]))

"""What a file adds, changes and takes away, compared with what is there. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shapely.geometry.base import BaseGeometry

from mobility.importing.codes import Codes
from mobility.importing.drafts import Draft, Recipe, check_sources
from mobility.importing.known import Thing
from mobility.importing.likeness import SAME_M, cover, unchanged
from mobility.importing.matching import HALF, Fresh, Known, Link, Matching, match
from mobility.importing.values import error

Project = Callable[[BaseGeometry], BaseGeometry]
MISSING = ("keep", "measures", "all")
"""What becomes of things that the file does not hold: they stay, go if the file has their measure, or go."""


class Comparison:
    """Compares drafts with things; `run` gives every line of the preview."""

    def __init__(
        self,
        recipe: Recipe,
        things: Sequence[Thing],
        keys: Mapping[str, str],
        project: Project,
        missing: str = "keep",
    ) -> None:
        self.recipe, self.keys, self.project, self.missing = recipe, keys, project, missing
        self.things = {thing.code: thing for thing in things}
        self.live = {thing.code for thing in things if not thing.retired}
        self.codes = Codes(self.things)
        self.given = recipe.given
        self.is_segments = recipe.kind.name == "segments"

    def run(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts, told apart, and a line for each thing that goes."""
        sound = [draft for draft in drafts if not draft.errors]
        found = self._match(sound)
        for key in found.clashes:
            sound[key].faults.append(error("same_id", id=sound[key].source, others=[]))
        loose = [sound[key] for key in found.added]
        for link in found.links:
            loose += self._apply(link, sound, found)
        check_sources(loose)
        for draft in loose:
            self._add(draft)
        for draft in drafts:
            if draft.errors:
                draft.change, draft.lineage, draft.former = "refused", None, []
                draft.code = draft.code or self._named(draft) or str(draft.row.get("code") or "")[:64]
        return [*drafts, *self._gone(found, drafts)]

    def _match(self, sound: Sequence[Draft]) -> Matching:
        names = [self._named(draft) for draft in sound]
        wanted = self.live | {name for name in names if name}
        if not self.recipe.kind.dimensions:
            return self._by_code(names, wanted)
        old = [
            Known(code, self.project(thing.shape), self._group(thing.row))
            for code, thing in self.things.items()
            if code in wanted and thing.shape is not None
        ]
        new = [
            Fresh(index, self.project(draft.shape), self._group(draft.row), names[index])
            for index, draft in enumerate(sound)
            if draft.shape is not None
        ]
        return match(old, new)

    def _by_code(self, names: Sequence[str], wanted: set[str]) -> Matching:
        """For what has no shape: the code alone says what is what."""
        found, counted = Matching(), Counter(filter(None, names))
        for index, name in enumerate(names):
            if counted[name] > 1:
                found.clashes.append(index)
            elif name:
                found.links.append(Link("same", (name,), (index,)))
            else:
                found.added.append(index)
        found.missing = sorted(wanted - counted.keys())
        return found

    def _named(self, draft: Draft) -> str:
        """The code of the known thing that the draft's stable id or code names; empty without one."""
        for source in (draft.key, draft.source):
            for code in (self.keys.get(source, ""), source, str(draft.row.get("code") or "")):
                if code and code in self.things and self._may_be(draft, code):
                    return code
        return ""

    def _may_be(self, draft: Draft, code: str) -> bool:
        """A piece of a line keeps its number only as long as it lies where that number lay."""
        thing = self.things[code]
        if not draft.part or draft.shape is None or thing.shape is None:
            return True
        return cover(self.project(draft.shape), self.project(thing.shape)) >= HALF

    def _group(self, row: Mapping[str, Any]) -> str:
        if not self.is_segments:
            return ""
        side = row.get("side") if "side" in self.given else ""
        return f"{row.get('measure')}|{side}"

    def _apply(self, link: Link, sound: Sequence[Draft], found: Matching) -> list[Draft]:
        """Writes a link into its drafts; returns those that are new things after all."""
        drafts = [sound[key] for key in link.new]
        if link.kind in ("same", "moved"):
            self._keep(drafts[0], self.things[link.old[0]], link.moved_m)
            return []
        if not self.is_segments:
            found.missing += link.old
            return drafts
        for draft in drafts:
            draft.former, draft.lineage = list(link.old), "split" if link.kind == "split" else "merged"
        if link.kind == "split":
            for draft in drafts:
                draft.code = self.codes.part(link.old[0])
        elif link.kind == "joined":
            self._keep(drafts[0], self.things[link.old[0]], None)
            drafts[0].former, drafts[0].lineage = list(link.old[1:]), "merged"
            drafts[0].change, drafts[0].differs = "changed", sorted({*drafts[0].differs, "geom"})
        else:
            self._add(drafts[0])
        return []

    def _keep(self, draft: Draft, thing: Thing, moved_m: float | None) -> None:
        """The draft changes this thing, where it says something else."""
        draft.code, draft.known, draft.moved_m = thing.code, True, moved_m
        draft.row = self._told(draft.row, thing.row)
        draft.differs = sorted(name for name, value in draft.row.items() if value != thing.row.get(name))
        if draft.shape is not None and thing.shape is not None and not self._as_drawn(draft, thing):
            draft.differs.append("geom")
        if moved_m is not None and moved_m > SAME_M and self.is_segments:
            draft.lineage = "moved"
        if thing.retired:
            draft.differs.append("retired_at")
        draft.change = "changed" if draft.differs else "unchanged"

    def _as_drawn(self, draft: Draft, thing: Thing) -> bool:
        assert draft.shape is not None
        assert thing.shape is not None
        return unchanged(self.project(thing.shape), self.project(draft.shape))

    def _told(self, row: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that the file says; an empty cell leaves what is there, a text the other languages."""
        told = {}
        for name, value in row.items():
            if name == "code" or name not in self.given or value in (None, "", {}):
                continue
            told[name] = {**(there.get(name) or {}), **value} if isinstance(value, dict) else value
        return told

    def _add(self, draft: Draft) -> None:
        draft.change = "added"
        own = str(draft.row.get("code") or "")
        if own and draft.part:
            draft.code = self.codes.part(own)
        else:
            draft.code = self.codes.given(own)
        if draft.code:
            return
        if self.is_segments:
            draft.code = self.codes.numbered(str(draft.row["measure"]))
        else:
            name = next(iter((draft.row.get("name") or {}).values()), "") if "name" in draft.row else ""
            draft.code = self.codes.given(draft.source) or self.codes.named(name, self.recipe.kind.name)

    def _gone(self, found: Matching, drafts: Sequence[Draft]) -> list[Draft]:
        """A line for each thing that the file does not hold and that shall go."""
        if self.missing == "keep":
            return []
        held = {self._named(draft) for draft in drafts if draft.errors}
        measures = {draft.row.get("measure") for draft in drafts}
        gone = [self.things[code] for code in sorted(found.missing) if code in self.live - held]
        return [
            Draft(None, "", thing.row, thing.shape, code=thing.code, change="removed", known=True)
            for thing in gone
            if self.missing == "all" or thing.row.get("measure") in measures
        ]

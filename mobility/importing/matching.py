"""What became of each stretch, area or place when a new file replaces an old one. Pure.

Shapes are in a metric coordinate system. A feature is first found by its stable id, then by where it lies.
Only things of the same group (such as the same measure) are taken for each other by where they lie.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from mobility.importing.likeness import apart, cover, unchanged

WHOLE = 0.8
"""From this part on a shape counts as lying in another: digitised ends never meet exactly."""
HALF = 0.5
NEAR_M = 15.0

Kind = Literal["same", "moved", "split", "merged", "joined"]


@dataclass(frozen=True)
class Known:
    """Something in the plan."""

    code: str
    shape: BaseGeometry
    group: str = ""


@dataclass(frozen=True)
class Fresh:
    """Something in the file; `code` is that of the known thing which its stable id names, else empty."""

    key: int
    shape: BaseGeometry
    group: str = ""
    code: str = ""


@dataclass(frozen=True)
class Link:
    """What became of what.

    same, moved   one old, one new: the thing stays, `moved_m` says how far it moved
    split         one old, several new: its parts
    merged        several old, one new which is none of them
    joined        several old, one new which is the first of them, grown by the others
    """

    kind: Kind
    old: tuple[str, ...]
    new: tuple[int, ...]
    moved_m: float | None = None


@dataclass
class Matching:
    """Every known thing is in one link or missing; every new one in one link, added or a clash."""

    links: list[Link] = field(default_factory=list)
    added: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    clashes: list[int] = field(default_factory=list)
    """New things that share a stable id without being parts of what it names."""


def match(known: Sequence[Known], fresh: Sequence[Fresh]) -> Matching:
    """What became of what."""
    return _Matcher(known, fresh).run()


class _Matcher:
    def __init__(self, known: Sequence[Known], fresh: Sequence[Fresh]) -> None:
        self.known = {each.code: each for each in known}
        self.fresh = {each.key: each for each in fresh}
        self.old = dict.fromkeys(self.known)
        self.new = dict.fromkeys(self.fresh)
        self.found = Matching()
        self._codes, self._keys = list(self.known), list(self.fresh)
        self._old_tree = shapely.STRtree([self.known[code].shape for code in self._codes])
        self._new_tree = shapely.STRtree([self.fresh[key].shape for key in self._keys])

    def run(self) -> Matching:
        self._named()
        self._alike()
        self._divided()
        self._put_together()
        self._alone()
        self.found.added = list(self.new)
        self.found.missing = list(self.old)
        return self.found

    def _named(self) -> None:
        """Those whose stable id names something known."""
        named: dict[str, list[Fresh]] = defaultdict(list)
        for each in self.fresh.values():
            if each.code in self.known:
                named[each.code].append(each)
        for code, claims in named.items():
            self._claimed(self.known[code], claims, named)

    def _claimed(self, old: Known, claims: list[Fresh], named: Iterable[str]) -> None:
        if len(claims) > 1 and not all(self._part(each, old) for each in claims):
            self.found.clashes += [each.key for each in claims]
            self._take((), self.found.clashes)
            return
        parts = self._parts_of(old, claims)
        if len(parts) > 1:
            self._link("split", [old.code], parts)
            return
        others = self._swallowed(claims[0], old, named)
        if others:
            self._link("joined", [old.code, *others], [claims[0].key])
        else:
            self._pair(old, claims[0])

    def _parts_of(self, old: Known, claims: list[Fresh]) -> list[int]:
        """The claims, with nameless neighbours that lie in the same old thing where the claims leave room."""
        keys = [each.key for each in claims]
        room = cover(old.shape, _joined([each.shape for each in claims])) < WHOLE
        if not room or not all(self._part(each, old) for each in claims):
            return keys
        for each in self._new_near(old):
            fits = each.key in self.new and each.code not in self.known and self._part(each, old)
            if fits and all(cover(each.shape, claim.shape) < HALF for claim in claims):
                keys.append(each.key)
        return keys

    def _swallowed(self, new: Fresh, old: Known, named: Iterable[str]) -> list[str]:
        """Other known things that no id names and that lie in this new one, which outgrew its old self."""
        if cover(new.shape, old.shape) >= WHOLE:
            return []
        return [
            each.code
            for each in self._old_near(new)
            if each.code in self.old
            and each.code != old.code
            and each.code not in named
            and cover(each.shape, new.shape) >= WHOLE
            and cover(each.shape, old.shape) < HALF
        ]

    def _alike(self) -> None:
        """Pairs that lie in each other, the closest first."""
        pairs = []
        for key in self.new:
            fresh = self.fresh[key]
            for old in self._old_near(fresh):
                if old.code in self.old and min(self._both(old, fresh)) >= WHOLE:
                    pairs.append((apart(old.shape, fresh.shape), old.code, key))
        for _far, code, key in sorted(pairs):
            if code in self.old and key in self.new:
                self._pair(self.known[code], self.fresh[key])

    def _divided(self) -> None:
        for code in list(self.old):
            old = self.known[code]
            parts = [each for each in self._new_near(old) if each.key in self.new and self._part(each, old)]
            whole = cover(old.shape, _joined([each.shape for each in parts])) if len(parts) > 1 else 0.0
            if whole >= WHOLE:
                self._link("split", [code], [each.key for each in parts])

    def _put_together(self) -> None:
        for key in list(self.new):
            new = self.fresh[key]
            parts = [
                each
                for each in self._old_near(new)
                if each.code in self.old and cover(each.shape, new.shape) >= WHOLE
            ]
            whole = cover(new.shape, _joined([each.shape for each in parts])) if len(parts) > 1 else 0.0
            if whole >= WHOLE:
                self._link("merged", [each.code for each in parts], [key])

    def _alone(self) -> None:
        """What is left and lies half in each other: shortened or prolonged."""
        pairs = []
        for key in self.new:
            fresh = self.fresh[key]
            for old in self._old_near(fresh):
                shares = self._both(old, fresh) if old.code in self.old else (0.0, 0.0)
                if max(shares) >= WHOLE and min(shares) >= HALF:
                    pairs.append((-sum(shares), old.code, key))
        for _share, code, key in sorted(pairs):
            if code in self.old and key in self.new:
                self._pair(self.known[code], self.fresh[key])

    def _pair(self, old: Known, new: Fresh) -> None:
        same = unchanged(old.shape, new.shape)
        moved = 0.0 if same else round(apart(old.shape, new.shape), 2)
        self._link("same" if same else "moved", [old.code], [new.key], moved)

    def _link(self, kind: Kind, old: Sequence[str], new: Sequence[int], moved: float | None = None) -> None:
        self.found.links.append(Link(kind, tuple(old), tuple(new), moved))
        self._take(old, new)

    def _take(self, old: Iterable[str], new: Iterable[int]) -> None:
        for code in old:
            self.old.pop(code, None)
        for key in new:
            self.new.pop(key, None)

    def _part(self, new: Fresh, old: Known) -> bool:
        return cover(new.shape, old.shape) >= WHOLE

    def _both(self, old: Known, new: Fresh) -> tuple[float, float]:
        return cover(old.shape, new.shape), cover(new.shape, old.shape)

    def _old_near(self, new: Fresh) -> list[Known]:
        spots = sorted(self._old_tree.query(new.shape, "dwithin", distance=NEAR_M).tolist())
        near = (self.known[self._codes[index]] for index in spots)
        return [each for each in near if each.group == new.group]

    def _new_near(self, old: Known) -> list[Fresh]:
        spots = sorted(self._new_tree.query(old.shape, "dwithin", distance=NEAR_M).tolist())
        near = (self.fresh[self._keys[index]] for index in spots)
        return [each for each in near if each.group == old.group]


def _joined(shapes: list[BaseGeometry]) -> BaseGeometry:
    return shapely.union_all(shapes)

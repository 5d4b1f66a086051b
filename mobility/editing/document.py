"""A draft as a document: the measure and its segments as a bundle writes them, and their descent. Pure.

    {"measure": {"code": "P1", "package": "P", "title": {"it": …, "en": …}, …},
     "segments": [{"code": "P1-01", "street": …, "span": {…}, "side": …, "direction": …, "source": …,
                   "accuracy_m": …, "geometry": {GeoJSON}, "origins": ["P1-01"]}, …]}

`origins` are the published segments it comes from: itself, the one it was divided from, those joined in it.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mobility.errors import NotFound

Document = dict[str, Any]
Part = dict[str, Any]
Fate = Literal["kept", "split", "merged", "replaced", "removed"]


@dataclass(frozen=True)
class Descent:
    """What becomes of one published segment when the draft is published."""

    code: str
    fate: Fate
    heirs: tuple[str, ...] = ()


def mark_of(part: Any) -> str:
    """A short mark that differs when the part of a document differs: who saves says what they had seen."""
    text = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()


def find_part(document: Mapping[str, Any], code: str) -> Part:
    """The segment with this code. Raises NotFound."""
    found: Part | None = next((part for part in document["segments"] if part["code"] == code), None)
    if found is None:
        raise NotFound
    return found


def with_part(document: Document, code: str, *parts: Part) -> Document:
    """A copy in which the segment stands replaced by `parts`; by none, it is gone. Raises NotFound."""
    find_part(document, code)
    changed = copy.deepcopy(document)
    changed["segments"] = [
        new for part in changed["segments"] for new in (parts if part["code"] == code else (part,))
    ]
    return changed


def with_new_part(document: Document, part: Part) -> Document:
    """A copy with one more segment at the end."""
    changed = copy.deepcopy(document)
    changed["segments"].append(part)
    return changed


def with_measure(document: Document, measure: Mapping[str, Any]) -> Document:
    """A copy with other texts and attributes."""
    return {**copy.deepcopy(document), "measure": dict(measure)}


def next_codes(measure: str, taken: Iterable[str], count: int) -> list[str]:
    """The next free codes of segments of a measure: P1-07, P1-08. A code that was ever used is not free."""
    form = re.compile(rf"{re.escape(measure)}-(\d{{2,3}})")
    numbers = [int(found[1]) for code in taken if (found := form.fullmatch(code))]
    first = max(numbers, default=0) + 1
    return [f"{measure}-{number:02d}" for number in range(first, first + count)]


def descents(published: Sequence[str], segments: Sequence[Mapping[str, Any]]) -> list[Descent]:
    """What becomes of each published segment, in order.

    One heir of its own code: kept. None: removed. Two and more: split. One of another code: merged when that
    one comes from others too or is published itself, else replaced.
    """
    found = []
    for code in published:
        heirs = [part for part in segments if code in part["origins"]]
        names = tuple(part["code"] for part in heirs)
        if not heirs:
            found.append(Descent(code, "removed"))
        elif len(heirs) > 1:
            found.append(Descent(code, "split", names))
        elif names == (code,):
            found.append(Descent(code, "kept", names))
        else:
            alone = heirs[0]["origins"] == [code]
            found.append(Descent(code, "replaced" if alone else "merged", names))
    return found


def joined_origins(document: Mapping[str, Any], one: Part, other: Part) -> tuple[str, list[str]]:
    """The code and the origins of two segments that become one.

    Parts of one published segment that are put together again get its code back.
    """
    origins = list(dict.fromkeys([*one["origins"], *other["origins"]]))
    if len(origins) == 1:
        rest = [p for p in document["segments"] if p is not one and p is not other]
        if not any(origins[0] in part["origins"] for part in rest):
            return origins[0], origins
    return one["code"], origins

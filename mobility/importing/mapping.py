"""Which column of a file is which field: a first guess by name, in Italian and English. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mobility.importing.kinds import Kind, parts

CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
STABLE = ("id", "fid", "ogc_fid", "objectid", "gid", "uuid", "globalid", "codice", "code", "osm_id", "cod")
DBF = 10
"""Letters to which a shapefile cuts the names of its columns."""
_TAGS = {"it": ("it", "ita", "italiano"), "en": ("en", "eng", "english", "inglese")}


def plain(name: str) -> str:
    """A column's name without accents, capitals, spaces and signs."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", bare).strip("_")


def suggest(
    kind: Kind,
    columns: Sequence[str],
    languages: Sequence[str],
    samples: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, str]:
    """Field → column, for columns whose names say what they hold; each column at most once.

    A text without a language in its name is taken for the first language of the plan. A column whose
    `samples` cannot be codes is none of codes.
    """
    wordy = {column for column, found in (samples or {}).items() if not all(map(CODE.fullmatch, found))}
    left = {plain(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    for field in kind.fields:
        for position, part in enumerate(parts(field, languages)):
            tag = part.partition(":")[2]
            names = _names(field.name, field.names, tag, first=not position)
            coded = field.name in ("code", "measure")
            name = next((n for n in names if n in left and not (coded and left[n] in wordy)), "")
            if name:
                found[part] = left.pop(name)
    return found


def suggest_id(columns: Sequence[str], mapping: Mapping[str, str]) -> str:
    """The column that holds a stable id: that of the code, else one that is called so, else none."""
    if mapping.get("code"):
        return mapping["code"]
    by_name = {plain(column): column for column in reversed(columns)}
    return next((by_name[name] for name in STABLE if name in by_name), "")


def columns_hash(columns: Iterable[str]) -> str:
    """A short mark of a set of columns, whatever their order."""
    return hashlib.blake2s("\x1f".join(sorted(columns)).encode(), digest_size=12).hexdigest()


def fitting(kept: Mapping[str, Any], columns: Sequence[str], allowed: Iterable[str]) -> dict[str, str]:
    """What was kept of an earlier mapping, as far as fields and columns still exist."""
    fields = set(allowed)
    return {field: column for field, column in kept.items() if field in fields and column in columns}


def _names(field: str, names: Sequence[str], tag: str, *, first: bool) -> list[str]:
    every = [*(field, *names), *(name[:DBF] for name in names if len(name) > DBF)]
    if not tag:
        return every
    tagged = [f"{name}_{end}" for name in every for end in _TAGS.get(tag, (tag,))]
    return [*tagged, *every] if first else tagged

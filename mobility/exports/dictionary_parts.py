"""What the data dictionary is made of: properties, and tables of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Property:
    """One property, or several that mean the same for different levels.

    `kind` is its JSON type; `values` are the words it may hold, when they are a closed list.
    """

    names: tuple[str, ...]
    kind: str
    meaning: Any
    unit: str = ""
    nullable: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """The properties of one file, or the members of all of them."""

    name: str
    title: Any
    about: Any
    properties: tuple[Property, ...]

    def names(self) -> set[str]:
        return {name for described in self.properties for name in described.names}


def row(
    name: str, kind: str, meaning: Any, unit: str = "", *, null: bool = False, values: tuple[str, ...] = ()
) -> Property:
    return Property((name,), kind, meaning, unit, null, values)

"""What a client asks for, read from the parameters of an address. What is not known is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from mobility.errors import Invalid
from mobility.ogc import filtering
from mobility.ogc.collections import SPREAD, Collection
from mobility.ogc.cql import read_text
from mobility.ogc.references import CRS84, Reference, named
from mobility.ogc.shapes import read_box, surroundings
from mobility.ogc.statements import AFTER, ONLY
from mobility.ogc.times import read_datetime
from mobility.spatial.grid import FINEST, LEVELS

LIMIT, MOST = 100, 10_000
"""Features of a page unless the client says otherwise, and at most."""
FOR_ALL = ("f", "lang")
FOR_ITEMS = (
    "limit", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "profile",
)  # fmt: skip
FOR_ITEM = ("crs", "profile")
TEXT, JSON = "cql2-text", "cql2-json"
PROFILES = ("public", "full")


class Unknown(Invalid):
    """A parameter, or its value, that this service does not know."""


@dataclass(frozen=True)
class Asked:
    """One page: which features, in which system, how many, after which one."""

    collection: Collection
    condition: str
    values: dict[str, Any]
    reference: Reference
    limit: int
    filtered: bool
    full: bool
    zoom: int = FINEST


def check_known(args: Mapping[str, str], known: Sequence[str]) -> None:
    """Raises Unknown for a parameter that is not among `known`, and for one given twice."""
    for name in args:
        if name not in known:
            raise Unknown(name[:60], _l("This address knows no parameter “%(name)s”.", name=name[:60]))
    if args.get("profile") and args["profile"] not in PROFILES:
        raise Unknown("profile", _l("A profile is public or full."))
    repeated = getattr(args, "lists", None)
    for name, values in repeated() if repeated else ():
        if len(values) > 1:
            raise Unknown(name, _l("The parameter “%(name)s” is given more than once.", name=name))


def parameters_of(collection: Collection, *, full: bool) -> tuple[str, ...]:
    """Every parameter that the items of a collection know."""
    return (*FOR_ALL, *FOR_ITEMS, *collection.arguments, *collection.known(full=full))


def read_items(
    collection: Collection, args: Mapping[str, str], known: Sequence[Reference], *, full: bool
) -> Asked:
    """The page a client asks for. Raises Invalid."""
    check_known(args, parameters_of(collection, full=full))
    made = _condition(collection, full=full)
    zoom = read_zoom(args.get("z", ""))
    reference = read_reference(args.get("crs", ""), known, "crs")
    queryables = collection.known(full=full)
    for name in args:
        if name in queryables and name not in (*FOR_ITEMS, *collection.arguments):
            made.add_equal(name, args[name])
    if args.get("bbox"):
        made.add(_within(made, args["bbox"], read_reference(args.get("bbox-crs", ""), known, "bbox-crs")))
    if args.get("datetime"):
        _add_datetime(made, collection, args["datetime"])
    _add_filter(made, args, known)
    filtered = bool(made.parts)
    if args.get("after"):
        made.add(AFTER[collection.id])
        made.values |= _key("after", args["after"], collection)
    limit = read_limit(args.get("limit", ""))
    return Asked(collection, made.sql, made.values, reference, limit, filtered, full, zoom)


def read_item(
    collection: Collection, fid: str, args: Mapping[str, str], known: Sequence[Reference], *, full: bool
) -> Asked:
    """The one feature a client asks for. Raises Invalid."""
    check_known(args, (*FOR_ALL, *FOR_ITEM))
    reference = read_reference(args.get("crs", ""), known, "crs")
    zoom, key = FINEST, fid
    if collection.id == "cells":
        first, _slash, key = fid.partition("/")
        zoom, key = read_zoom(first), key.replace("/", ".")
    values = {**_key("fid", key, collection), "spread": SPREAD}
    return Asked(collection, ONLY[collection.id], values, reference, 1, True, full, zoom)


def read_limit(typed: str) -> int:
    """How many features a page has: at most `MOST`, whatever is asked for."""
    if not typed:
        return LIMIT
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > 9 or int(typed) < 1:
        raise Invalid("limit", _l("A limit is a number from 1 to %(most)s.", most=MOST))
    return min(int(typed), MOST)


def read_zoom(typed: str) -> int:
    """The zoom of cells."""
    known = [str(zoom) for zoom in range(min(LEVELS), FINEST + 1)]
    if typed and typed not in known:
        raise Invalid("z", _l("Cells are counted at a zoom from 12 to 18."))
    return int(typed or FINEST)


def read_reference(typed: str, known: Sequence[Reference], name: str) -> Reference:
    """The coordinate reference system with this address; CRS84 when none is named. Raises Invalid."""
    found = named(known, typed or CRS84)
    if found is None:
        raise Invalid(name, _l("This coordinate reference system is not on offer."))
    return found


def _condition(collection: Collection, *, full: bool) -> filtering.Condition:
    made = filtering.Condition(
        collection.known(full=full), collection.placed(full=full), near=collection.near
    )
    made.values["spread"] = SPREAD
    return made


def _within(made: filtering.Condition, typed: str, reference: Reference) -> str:
    """The places that meet a box, compared in the system of the box."""
    tests = []
    for edges in read_box(typed, reference):
        corners = ", ".join(made.bind(edge) for edge in edges)
        envelope = f"ST_MakeEnvelope({corners}, {reference.srid})"
        test = f"ST_Intersects({reference.placed(made.shape)}, {envelope})"
        if made.near:
            around = ", ".join(made.bind(edge) for edge in surroundings(edges, reference).bounds)
            test = f"({made.near} && ST_Expand(ST_MakeEnvelope({around}, 4326), %(spread)s) AND {test})"
        tests.append(test)
    return f"({' OR '.join(tests)})"


def _add_datetime(made: filtering.Condition, collection: Collection, typed: str) -> None:
    """Without a time of their own, features are there at any time."""
    span = read_datetime(typed)
    if not collection.instant:
        return
    if span.low:
        made.add(f"{collection.instant} >= {made.bind(span.low)}")
    if span.high:
        made.add(f"{collection.instant} {'<' if span.open_end else '<='} {made.bind(span.high)}")


def _add_filter(made: filtering.Condition, args: Mapping[str, str], known: Sequence[Reference]) -> None:
    typed, language = args.get("filter", ""), args.get("filter-lang", "") or TEXT
    if language not in (TEXT, JSON):
        raise Invalid("filter-lang", _l("A filter is written as cql2-text or cql2-json."))
    reference = read_reference(args.get("filter-crs", ""), known, "filter-crs")
    if typed:
        made.reference = reference
        made.add_filter(read_text(typed) if language == TEXT else filtering.read_json(typed))


def _key(name: str, typed: str, collection: Collection) -> dict[str, Any]:
    """The key of a feature as values of the statement. One that no feature can have finds nothing."""
    if collection.id == "cells":
        x, _dot, y = typed.partition(".")
        return {f"{name}_x": _number(x), f"{name}_y": _number(y)}
    return {name: _number(typed) if collection.numbered else typed.replace("\x00", "")}


def _number(typed: str) -> int:
    good = typed.isascii() and typed.isdecimal() and len(typed) < 19
    return int(typed) if good else -1

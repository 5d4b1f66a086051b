"""CQL2 JSON turned into a condition in SQL: names from an allow-list, every value bound.

A filter compares a property with a value, never two properties: what a name means is SQL of ours, what a
person wrote is a value of the driver.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from mobility.ogc.collections import BOOLEAN, INSTANT, INTEGER, NUMBER, STRING, Queryable
from mobility.ogc.cql import COMPARED, DEPTH, LENGTH, Unreadable
from mobility.ogc.shapes import read_shape
from mobility.ogc.times import Span, read_instant, read_span

CONDITIONS, LISTED, PATTERN = 100, 1_000, 200
"""Conditions in a filter, values in a list, characters in a pattern."""
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
SPATIAL = {
    "s_intersects": "ST_Intersects", "s_disjoint": "ST_Disjoint", "s_equals": "ST_Equals",
    "s_touches": "ST_Touches", "s_within": "ST_Within", "s_contains": "ST_Contains",
    "s_overlaps": "ST_Overlaps", "s_crosses": "ST_Crosses",
}  # fmt: skip
TEMPORAL = (
    "t_after", "t_before", "t_during", "t_equals", "t_intersects", "t_disjoint",
)  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    STRING: (str,), NUMBER: (int, float), INTEGER: (int, float), BOOLEAN: (bool,),
}  # fmt: skip


@dataclass
class Condition:
    """SQL with its values; `names` numbers them apart from other values of the statement."""

    known: Mapping[str, Queryable]
    shape: str
    """SQL of the geometry in EPSG:4326."""
    near: str = ""
    """SQL of a geometry with an index, which holds whatever `shape` may be; empty: none."""
    values: dict[str, Any] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    reference: Any = None
    """The system of the geometries in the filter; longitude and latitude when None."""
    seen: int = 0

    def bind(self, value: Any) -> str:
        """The value's place in the statement."""
        name = f"given{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def add(self, sql: str) -> None:
        self.parts.append(sql)

    @property
    def sql(self) -> str:
        return " AND ".join(self.parts) or "true"

    def add_equal(self, name: str, typed: str) -> None:
        """A property given as a parameter of the address."""
        self.add(_compared(self, "=", self.known[name], _typed(self.known[name], typed)))

    def add_filter(self, node: Any) -> None:
        """A filter as CQL2 JSON. Raises Unreadable."""
        self.add(_condition(self, node, 0))


def read_json(typed: str) -> Any:
    """A filter written as CQL2 JSON. Raises Unreadable."""
    if len(typed) > LENGTH:
        raise Unreadable(_l("The filter is too long."))
    try:
        return json.loads(typed)
    except (ValueError, RecursionError):
        raise Unreadable(_l("The filter is not JSON.")) from None


def _condition(into: Condition, node: Any, depth: int) -> str:
    into.seen += 1
    if depth > DEPTH or into.seen > CONDITIONS:
        raise Unreadable(_l("The filter has too many levels or conditions."))
    if isinstance(node, bool):
        return str(node).lower()
    op, args = _parts(node)
    if op in ("and", "or"):
        if len(args) < 2:
            raise Unreadable(_l("“%(op)s” joins two conditions or more.", op=op))
        return "(" + f" {op.upper()} ".join(_condition(into, each, depth + 1) for each in args) + ")"
    if op == "not" and len(args) == 1:
        return f"(NOT {_condition(into, args[0], depth + 1)})"
    if op in SPATIAL and len(args) == 2:
        return _spatial(into, SPATIAL[op], _other(into, args))
    if op in TEMPORAL and len(args) == 2:
        return _temporal(into, op, args)
    if op == "isNull" and len(args) == 1:
        return f"({_absent(into, args[0])})"
    if op in COMPARED and len(args) == 2:
        return _comparison(into, op, args)
    if op in ("like", "between", "in"):
        return _listed(into, op, args)
    raise Unreadable(_l("“%(op)s” is not known here, or has another number of values.", op=str(op)[:30]))


def _parts(node: Any) -> tuple[str, list[Any]]:
    if not isinstance(node, dict) or not isinstance(node.get("args"), list):
        raise Unreadable(_l("A condition has an operator and values."))
    return str(node.get("op", "")), node["args"]


def _property(node: Any) -> str | None:
    name = node.get("property") if isinstance(node, dict) else None
    return name if isinstance(name, str) else None


def _named(into: Condition, node: Any) -> Queryable:
    name = _property(node)
    if name is None or name not in into.known:
        raise Unreadable(_l("The filter names a property that is not known: %(name)s", name=str(name)[:60]))
    return into.known[name]


def _absent(into: Condition, node: Any) -> str:
    if _property(node) == "geometry":
        return f"{into.shape} IS NULL"
    found = _named(into, node)
    if found.among and not found.present:
        return f"NOT {found.test('true')}"
    return f"{found.present or found.sql} IS NULL"


def _comparison(into: Condition, op: str, args: Sequence[Any]) -> str:
    left, right = args
    blind = [_casei(each) for each in args]
    if any(blind):
        left, right = (inner or each for inner, each in zip(blind, args, strict=True))
    if _property(left) is None:
        left, right, op = right, left, TURNED.get(op, op)
    if _property(right) is not None:
        raise Unreadable(_l("A filter compares a property with a value, not with another property."))
    return _compared(into, op, _named(into, left), right, blind=any(blind))


def _casei(node: Any) -> Any:
    """What stands within ``casei``; None for anything else."""
    if not isinstance(node, dict) or node.get("op") != "casei":
        return None
    args = node.get("args")
    return args[0] if isinstance(args, list) and len(args) == 1 else None


def _plain(node: Any, blind: bool) -> Any:
    """A value, also one within ``casei`` where the property stands within it."""
    inner = _casei(node) if blind else None
    return node if inner is None else inner


def _compared(into: Condition, op: str, found: Queryable, value: Any, *, blind: bool = False) -> str:
    if found.kind == INSTANT:
        return found.test(_instant(into, op, found.sql, read_instant(value)))
    _check(found, value)
    if blind and found.kind == STRING:
        return found.test(f"lower({found.sql}) {op} lower({into.bind(value)})")
    return found.test(f"{found.sql} {op} {into.bind(value)}")


def _listed(into: Condition, op: str, args: Sequence[Any]) -> str:
    first = args[0] if args else None
    blind = _casei(first) is not None
    found = _named(into, _casei(first) if blind else first)
    sql, held = (f"lower({found.sql})", "lower({})") if blind and found.kind == STRING else (found.sql, "{}")
    if op == "between" and len(args) == 3:
        low, high = _compared(into, ">=", found, args[1]), _compared(into, "<=", found, args[2])
        return f"({low} AND {high})"
    if op == "like" and len(args) == 2 and found.kind == STRING:
        pattern = _plain(args[1], blind)
        _check(found, pattern)
        if len(pattern) > PATTERN or pattern.endswith("\\"):
            raise Unreadable(_l("The pattern is too long, or ends in a backslash."))
        return found.test(f"{sql} LIKE {held.format(into.bind(pattern))}")
    if op == "in" and len(args) == 2 and isinstance(args[1], list) and 0 < len(args[1]) <= LISTED:
        if found.kind == INSTANT:
            return "(" + " OR ".join(_compared(into, "=", found, each) for each in args[1]) + ")"
        values = [_plain(each, blind) for each in args[1]]
        for each in values:
            _check(found, each)
        return found.test(f"{sql} IN ({', '.join(held.format(into.bind(each)) for each in values)})")
    raise Unreadable(_l("“%(op)s” is not known here, or has another number of values.", op=op))


def _check(found: Queryable, value: Any) -> None:
    """Raises Unreadable for a value that is not of the property's kind."""
    fits = isinstance(value, _TYPES[found.kind]) and (found.kind == BOOLEAN or not isinstance(value, bool))
    if not fits or (isinstance(value, float) and not math.isfinite(value)) or "\x00" in str(value):
        raise Unreadable(_l("%(name)s is compared with another kind of value.", name=found.name))
    if isinstance(value, int) and abs(value) >= 2**63:
        raise Unreadable(_l("%(name)s is compared with another kind of value.", name=found.name))


def _typed(found: Queryable, typed: str) -> Any:
    """A value from the address, of the property's kind."""
    if found.kind == BOOLEAN:
        return {"true": True, "false": False}.get(typed.lower(), typed)
    if found.kind in (NUMBER, INTEGER):
        try:
            return int(typed) if typed.lstrip("-").isdecimal() else float(typed)
        except ValueError:
            return typed
    return typed


def _instant(into: Condition, op: str, sql: str, given: Span) -> str:
    """A time against an instant or a day."""
    low, high = into.bind(given.low), into.bind(given.high)
    upto = "<" if given.open_end else "<="
    return {
        "=": f"{sql} >= {low} AND {sql} {upto} {high}",
        "<>": f"NOT ({sql} >= {low} AND {sql} {upto} {high})",
        "<": f"{sql} < {low}",
        "<=": f"{sql} {upto} {high}",
        ">": f"NOT {sql} {upto} {high}",
        ">=": f"{sql} >= {low}",
    }[op]


def _temporal(into: Condition, op: str, args: Sequence[Any]) -> str:
    first, second = args
    if _property(first) is None:
        first, second = second, first
        op = {"t_after": "t_before", "t_before": "t_after"}.get(op, op)
        if op == "t_during":
            raise Unreadable(_l("An interval is never within an instant."))
    found = _named(into, first)
    if found.kind != INSTANT:
        raise Unreadable(_l("%(name)s is not a time.", name=found.name))
    given = read_span(second)
    if op == "t_during" and not given.interval:
        raise Unreadable(_l("“t_during” asks for an interval."))
    return f"({_span(into, op, found.sql, given)})"


def _span(into: Condition, op: str, sql: str, given: Span) -> str:
    low = into.bind(given.low) if given.low else None
    high = into.bind(given.high) if given.high else None
    after = (f"{sql} >= {high}" if given.open_end else f"{sql} > {high}") if high else "false"
    before = f"{sql} < {low}" if low else "false"
    if op == "t_after":
        return after
    if op == "t_before":
        return before
    if op == "t_during":
        begun = f"{sql} > {low}" if low else "true"
        return f"{begun} AND {f'{sql} < {high}' if high else 'true'}"
    if op == "t_equals" and given.interval:
        return "false" if given.low != given.high or not given.low else f"{sql} = {low}"
    apart = f"({after}) OR ({before})"
    return apart if op == "t_disjoint" else f"NOT ({apart})"


def _other(into: Condition, args: Sequence[Any]) -> Any:
    """The geometry that is not the property. Raises Unreadable."""
    named = [_property(each) for each in args]
    if named.count("geometry") != 1 or args[1 - named.index("geometry")] is None:
        raise Unreadable(_l("A place is compared with the property “geometry”."))
    if named.index("geometry") == 1:
        raise Unreadable(_l("Name “geometry” first, then the place."))
    return read_shape(args[1], into.reference)


def _spatial(into: Condition, function: str, given: Any) -> str:
    place = f"ST_GeomFromWKB({into.bind(given.wkb)}, 4326)"
    exact = f"{function}({into.shape}, {place})"
    if not into.near or function == "ST_Disjoint":
        return exact
    west, south, east, north = given.bounds
    room = ", ".join(into.bind(edge) for edge in (west, south, east, north))
    return f"({into.near} && ST_Expand(ST_MakeEnvelope({room}, 4326), %(spread)s) AND {exact})"

"""Reading features: one statement a page, as text that is passed on as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask_babel import lazy_gettext as _l
from psycopg import ClientCursor
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.errors import Invalid, NotFound
from mobility.exports import queries
from mobility.exports.results import Group, read_tally, result_properties, withheld_properties
from mobility.insight.cells import stored_level
from mobility.ogc.asking import Asked
from mobility.ogc.queries import logged_this_hour
from mobility.ogc.statements import COUNTS, page_statement
from mobility.spatial.grid import FINEST

SECONDS = 20
"""After so long a statement is given up: nobody's filter may hold the database."""
_LOCAL = (
    f"SET LOCAL statement_timeout = '{SECONDS}s'; SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off; "
    "SET LOCAL client_encoding = 'UTF8'; SET LOCAL join_collapse_limit = 1"
)
"""A page is too small for what compiling its statement costs, and is joined in the order that is written."""
_HASHED = "; SET LOCAL enable_nestloop = off"
"""Names of stretches and measures are made once and hashed, not made again for each comment."""
_ID = re.compile(rb'^,\{"type":"Feature","id":("(?:[^"\\]|\\.)*"|\d+)')


@dataclass(frozen=True)
class Place:
    """The plan whose features are asked for, and how they are said."""

    plan_id: int
    city_id: int
    page: str
    """Address of the plan's page."""
    language: str
    results_shown: bool


@dataclass(frozen=True)
class Page:
    """Features as JSON joined by commas, in UTF-8, their number, the number of all, the key to go on from."""

    features: bytes
    returned: int
    matched: int | None
    after: str | None


class TooMuch(Invalid):
    """The database could not answer in time, or not at all."""

    def __init__(self) -> None:
        super().__init__(
            "filter", _l("This takes too long or cannot be computed. Ask for less, or in another way.")
        )


def read_page(session: Session, *, place: Place, asked: Asked) -> Page:
    """One page of a collection. Raises TooMuch."""
    statement = page_statement(asked.collection.id, asked.condition, asked.reference, full=asked.full)
    values = _values(place, asked)
    try:
        with _cursor(session, hashed=asked.collection.id == "comments" and not asked.full) as cursor:
            cursor.execute(statement.encode(), values)
            shown = _texts(cursor)
            if shown is None:
                rows = cursor.fetchall()
                groups = _groups(cursor, values) if rows and place.results_shown else {}
                shown = [_voted(row, groups, place.results_shown) for row in rows]
            more = len(shown) > asked.limit
            shown = shown[: asked.limit]
            matched = _matched(cursor, asked, values, len(shown), more)
    except (psycopg.errors.QueryCanceled, psycopg.errors.InternalError, psycopg.errors.DataError) as error:
        raise TooMuch from error
    after = _key_of(shown[-1], asked.collection.id) if more else None
    return Page(b"".join(shown)[1:], len(shown), matched, after)


def read_feature(session: Session, *, place: Place, asked: Asked) -> bytes:
    """One feature as JSON in UTF-8. Raises NotFound."""
    page = read_page(session, place=place, asked=asked)
    if not page.returned:
        raise NotFound
    return page.features.strip()


def log_use(
    session: Session, *, account_id: int, token_id: int, plan_id: int, collection: str, now: datetime
) -> None:
    """Note that somebody read the full profile: once an hour for each token and collection."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if not logged_this_hour(session, account_id=account_id, token_id=token_id, plan_id=plan_id,
                            collection=collection, hour=hour):  # fmt: skip
        record(session, action="features.read_full", account_id=account_id, plan_id=plan_id,
               subject="api_token", subject_id=token_id, details={"collection": collection})  # fmt: skip


def _cursor(session: Session, *, hashed: bool) -> ClientCursor[tuple[Any, ...]]:
    """A cursor of the session that writes values as literals; its statements have a time limit."""
    connection = session.connection().connection.driver_connection
    cursor = ClientCursor(connection)  # type: ignore[arg-type]
    cursor.execute((_LOCAL + _HASHED if hashed else _LOCAL).encode())
    return cursor


def _texts(cursor: ClientCursor[tuple[Any, ...]]) -> list[bytes] | None:
    """The rows as the database sent them, when they are one text each; not made to strings and back."""
    result = cursor.pgresult
    if result is None or result.nfields != 1:
        return None
    return [result.get_value(row, 0) or b"" for row in range(result.ntuples)]


def _values(place: Place, asked: Asked) -> dict[str, Any]:
    level = stored_level(asked.zoom)
    return {
        **asked.values,
        "plan": place.plan_id,
        "city": place.city_id,
        "language": place.language,
        "limit": asked.limit + 1,
        "z": asked.zoom,
        "stored": level,
        "shift": level - asked.zoom,
        "from_finest": FINEST - asked.zoom,
        "comment_url": json.dumps(f"{place.page}/comments/")[:-1],
        "segment_url": f"{place.page}/segments/",
        "measure_url": f"{place.page}/measures/",
    }


def _groups(cursor: ClientCursor[tuple[Any, ...]], values: Mapping[str, Any]) -> dict[int, Group]:
    rows = cursor.execute(queries.GROUPS.encode(), values).fetchall()
    return {key: Group(slug, name, kind) for key, slug, name, kind in rows}


def _voted(row: tuple[Any, ...], groups: Mapping[int, Group], shown: bool) -> bytes:
    """A segment or measure with its results, as in the exported files."""
    code, geometry, properties, tallies = row
    results = result_properties(read_tally(tallies), groups) if shown else withheld_properties()
    described = json.dumps(results, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return (
        f',{{"type":"Feature","id":{json.dumps(code, ensure_ascii=False)},"geometry":{geometry or "null"},'
        f'"properties":{properties[:-1]},{described[1:]}}}'
    ).encode()


def _matched(
    cursor: ClientCursor[tuple[Any, ...]], asked: Asked, values: Mapping[str, Any], returned: int, more: bool
) -> int | None:
    """How many features match, where it costs nothing to know."""
    if not more and "after" not in asked.values and "after_x" not in asked.values:
        return returned
    if asked.filtered or asked.full or asked.collection.id not in COUNTS:
        return None
    row = cursor.execute(COUNTS[asked.collection.id].encode(), values).fetchone()
    return int(row[0]) if row else None


def _key_of(feature: bytes, collection: str) -> str:
    """The key of a feature, as ``after`` names it."""
    found = _ID.match(feature)
    if found is None:
        raise ValueError("a feature without an id")
    key = str(json.loads(found[1]))
    return key.partition("/")[2].replace("/", ".") if collection == "cells" else key

"""What is served: the collections, their properties that filters may name, and the SQL behind each name."""

from __future__ import annotations

from dataclasses import dataclass, field

from mobility.consultation.exact import SQL_SEGMENT, SQL_SHAPE
from mobility.consultation.models import CHANNELS, COMMENT_STATUSES, EFFECTS, SCOPES, STANCES
from mobility.exports import dictionary
from mobility.exports.privacy import PUBLIC_SHAPE, SENSITIVE
from mobility.exports.queries import CELL_OUTLINE, MEASURE_SHAPE
from mobility.heritage.models import ZONE_KINDS, ZONE_STATUSES
from mobility.plans.models import DIRECTIONS, MEASURE_KINDS, MEASURE_STATUSES, SIDES, UVAR_BLOCKS

STRING, NUMBER, INTEGER, BOOLEAN, INSTANT = "string", "number", "integer", "boolean", "instant"


@dataclass(frozen=True)
class Queryable:
    """A property that a filter may name.

    `sql` gives its value. With `among` it names a column of another table, and `among` is the condition on
    our row, its ``{test}`` the test on that column: a comment by its topic costs one small look-up.
    """

    name: str
    kind: str
    sql: str
    among: str = ""
    present: str = ""
    """SQL that is null where the property is; `sql` when empty."""
    values: tuple[str, ...] = ()

    def test(self, condition: str) -> str:
        """The condition on `sql`, as a condition on our row."""
        return f"({self.among.replace('{test}', condition)})" if self.among else f"({condition})"


def _among(name: str, column: str, table: str, key: str, of: str = "plan") -> Queryable:
    inner = f"{column} IN (SELECT id FROM {table} WHERE {of}_id = %({of})s AND {{test}})"  # noqa: S608
    return Queryable(name, STRING, key, inner, present=column)


@dataclass(frozen=True)
class Collection:
    """One collection. `shape` is SQL of its geometry in EPSG:4326, `instant` of the time `datetime` means.

    `exact` is the geometry of the full profile, where it is another; `near` has an index and is never farther
    from either than `SPREAD`.
    """

    id: str
    table: dictionary.Table
    shape: str
    queryables: tuple[Queryable, ...]
    full: tuple[Queryable, ...] = ()
    exact: str = ""
    near: str = ""
    instant: str = ""
    numbered: bool = False
    """Whether the ids of features are numbers."""
    arguments: tuple[str, ...] = field(default=())
    """Further parameters of its own."""

    def known(self, *, full: bool) -> dict[str, Queryable]:
        """What a filter may name, by name."""
        return {each.name: each for each in (*self.queryables, *(self.full if full else ()))}

    def placed(self, *, full: bool) -> str:
        """SQL of the geometry that a profile shows, in EPSG:4326: filters see no other."""
        return self.exact if full and self.exact else self.shape


_SPOKEN = tuple(
    Queryable(name, INTEGER, f"coalesce(k.{name}, 0)")
    for name in ("comments", "comments_for", "comments_against", "comments_idea", "comments_question")
)

SPREAD = 0.011
"""Degrees: no published place is farther from the one that is kept."""
DRAWN = "coalesce(comment.drawing, comment.geom)"

COMMENTS = Collection(
    id="comments",
    table=dictionary.COMMENTS,
    shape=PUBLIC_SHAPE,
    exact=SQL_SHAPE,
    near=DRAWN,
    instant="comment.created_at",
    numbered=True,
    queryables=(
        Queryable("text", STRING, "comment.text"),
        Queryable("scope", STRING, "comment.scope", values=SCOPES),
        Queryable("stance", STRING, "comment.stance", values=STANCES),
        _among("topic", "comment.topic_id", "topic", "slug"),
        _among("phase", "comment.phase_id", "phase", "slug"),
        _among("measure", "comment.measure_id", "measure", "code"),
        _among("segment", f"CASE WHEN NOT {SENSITIVE} THEN comment.segment_id END", "segment", "code"),
        Queryable("measure_version", INTEGER, "comment.measure_version"),
        Queryable("perceived_effect", STRING, "comment.perceived_effect", values=EFFECTS),
        _among("heritage_place", "comment.heritage_place_id", "heritage_place", "code", "city"),
        Queryable("channel", STRING, "comment.channel", values=CHANNELS),
        Queryable("language", STRING, "comment.language"),
        Queryable("created_at", INSTANT, "comment.created_at"),
    ),
    full=(
        _among("segment", SQL_SEGMENT, "segment", "code"),
        Queryable("status", STRING, "comment.status", values=COMMENT_STATUSES),
        Queryable(
            "office",
            STRING,
            "o.slug",
            "EXISTS (SELECT FROM comment_case c JOIN office o ON o.id = c.office_id"
            " WHERE c.comment_id = comment.id AND {test})",
        ),
        Queryable(
            "case_state",
            STRING,
            "c.state",
            "EXISTS (SELECT FROM comment_case c WHERE c.comment_id = comment.id AND {test})",
        ),
        Queryable(
            "identity_level",
            INTEGER,
            "p.identity_level",
            "EXISTS (SELECT FROM participant p WHERE p.id = comment.participant_id AND {test})",
        ),
    ),
)

SEGMENTS = Collection(
    id="segments",
    table=dictionary.SEGMENTS,
    shape="s.geom",
    queryables=(
        Queryable("measure", STRING, "m.code"),
        Queryable("kind", STRING, "m.kind", values=MEASURE_KINDS),
        Queryable("status", STRING, "m.status", values=MEASURE_STATUSES),
        Queryable("street", STRING, "s.street"),
        Queryable("side", STRING, "s.side", values=SIDES),
        Queryable("direction", STRING, "s.direction", values=DIRECTIONS),
        Queryable("length_m", NUMBER, "round(s.length_m::numeric, 1)"),
        Queryable("area_m2", NUMBER, "round(s.area_m2::numeric, 1)"),
        Queryable("accuracy_m", NUMBER, "s.accuracy_m"),
        Queryable("source", STRING, "s.source"),
        Queryable("retired", BOOLEAN, "(s.retired_at IS NOT NULL)"),
        *_SPOKEN,
    ),
)

MEASURES = Collection(
    id="measures",
    table=dictionary.MEASURES,
    shape=MEASURE_SHAPE,
    instant="m.updated_at",
    queryables=(
        Queryable("package", STRING, "pk.code"),
        Queryable("kind", STRING, "m.kind", values=MEASURE_KINDS),
        Queryable("status", STRING, "m.status", values=MEASURE_STATUSES),
        Queryable("uvar_block", STRING, "m.uvar_block", values=UVAR_BLOCKS),
        Queryable("opening_hours", STRING, "m.hours_osm"),
        Queryable("accuracy_m", NUMBER, "m.accuracy_m"),
        Queryable("version", INTEGER, "m.version"),
        Queryable("updated_at", INSTANT, "m.updated_at"),
        Queryable("segments", INTEGER, "size.segments"),
        Queryable("length_m", NUMBER, "size.length_m"),
        Queryable("retired", BOOLEAN, "(m.retired_at IS NOT NULL)"),
        *_SPOKEN,
    ),
)

CELLS = Collection(
    id="cells",
    table=dictionary.CELLS,
    shape=CELL_OUTLINE,
    arguments=("z",),
    queryables=(
        Queryable("x", INTEGER, "x"),
        Queryable("y", INTEGER, "y"),
        Queryable("comments", INTEGER, "n"),
        Queryable("for", INTEGER, "for_"),
        Queryable("against", INTEGER, "against"),
        Queryable("idea", INTEGER, "idea"),
        Queryable("question", INTEGER, "question"),
    ),
)

ZONES = Collection(
    id="zones",
    table=dictionary.ZONES,
    shape="z.geom",
    queryables=(
        Queryable("kind", STRING, "z.kind", values=ZONE_KINDS),
        Queryable("status", STRING, "z.status", values=ZONE_STATUSES),
        Queryable("place", STRING, "p.code"),
        Queryable("accuracy_m", NUMBER, "z.accuracy_m"),
        Queryable("source", STRING, "z.source"),
    ),
)

COLLECTIONS = {each.id: each for each in (MEASURES, SEGMENTS, COMMENTS, CELLS, ZONES)}


def described(collection: Collection, *, full: bool) -> list[dictionary.Property]:
    """The properties of a feature, as the data dictionary describes them."""
    more = dictionary.FULL.properties if full and collection is COMMENTS else ()
    return [*collection.table.properties, *more]

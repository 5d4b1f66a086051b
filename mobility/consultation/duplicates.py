"""Comments that already say much the same at the same place, offered before one more is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.consultation.filters import DICTIONARIES
from mobility.consultation.places import Subject

NEAR_M = 50.0
OFFERED = 3
ALIKE = 0.35
"""Share of three-letter pieces in common from which two texts count as alike."""
SHARED = 0.6
"""Share of the shorter text's words in common, in their basic form, from which two texts count as alike."""
LEAST_WORDS = 3
READ = 600
"""Characters of a text that are compared; the rest rarely changes what it is about."""

SIMILAR = """
WITH mine AS (
  SELECT left(:words, {read}) AS words, to_tsvector('{dictionary}', left(:words, {read})) AS lexemes,
    replace(plainto_tsquery('{dictionary}', left(:words, {read}))::text, '&', '|')::tsquery AS any_word
), near AS (
  SELECT comment.id, similarity(left(comment.text, {read}), mine.words) AS alike,
    (SELECT count(*) FROM unnest(tsvector_to_array(comment.search)) AS w (lexeme)
     WHERE w.lexeme = ANY(tsvector_to_array(mine.lexemes)))::float
      / greatest(least(length(comment.search), length(mine.lexemes)), {least}) AS shared
  FROM comment, mine
  WHERE comment.plan_id = :plan AND comment.status = 'published' AND comment.erased_at IS NULL
    AND {place} AND (comment.text % mine.words OR comment.search @@ mine.any_word)
    AND (CAST(:participant AS bigint) IS NULL OR comment.participant_id IS DISTINCT FROM :participant)
)
SELECT id, greatest(alike, shared) AS score, count(*) OVER () AS total FROM near
WHERE alike >= {alike} OR shared >= {shared} ORDER BY score DESC, id DESC LIMIT {offered}
"""
AROUND = """comment.geom && ST_Expand(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :degrees)
    AND ST_DWithin(ST_Transform(comment.geom, :srid),
      ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), :srid), :near)
    AND (comment.measure_id IS NOT DISTINCT FROM CAST(:measure AS bigint)
      OR comment.segment_id = CAST(:segment AS bigint))"""
DEGREES = 0.0012
"""A box a little larger than `NEAR_M` at the latitudes of Europe, for the index."""


def similar_comments(
    session: Session,
    *,
    plan_id: int,
    srid: int,
    subject: Subject,
    words: str,
    language: str,
    participant_id: int | None,
) -> tuple[list[int], int]:
    """Ids of the most alike public comments of other people at the same place, and how many there are in all.

    The same place is the same measure within 50 m, the same area, or the whole plan. One query, on the
    indexes of place and words; words are compared in their basic form in the language of the text.
    """
    dictionary = DICTIONARIES.get(language, "simple")
    values: dict[str, Any] = {"plan": plan_id, "words": words, "participant": participant_id}
    if subject.scope == "plan":
        place = "comment.scope = 'plan'"
    elif subject.context_id is not None or subject.zone_id is not None:
        column = "zone_id" if subject.zone_id is not None else "context_id"
        place, values["area"] = f"comment.{column} = :area", subject.zone_id or subject.context_id
    else:
        place = AROUND
        values |= {"lon": subject.lon, "lat": subject.lat, "srid": srid, "near": NEAR_M, "degrees": DEGREES}
        values |= {"measure": subject.measure_id, "segment": subject.segment_id}
    statement = SIMILAR.format(
        dictionary=dictionary,
        place=place,
        alike=ALIKE,
        shared=SHARED,
        least=LEAST_WORDS,
        read=READ,
        offered=OFFERED,
    )
    rows = session.execute(text(statement), values).all()
    return [row.id for row in rows], rows[0].total if rows else 0

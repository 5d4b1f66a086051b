"""Invented feedback for demonstrations and benchmarks, always labelled ``channel = sample``.

Deterministic: the same seed on the same plan gives the same feedback. Rows go in by COPY, many thousands a
statement, so a million comments and five million votes take minutes; the database keeps its counts as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.errors import Invalid, NotFound
from mobility.insight import sample_texts as texts
from mobility.insight.sample_comments import (
    SNAP_M,
    STANCES,
    make_key,
    make_pins,
    make_receipt,
    make_stances,
    make_text,
)
from mobility.insight.sample_copy import BATCH, NULL, Copier, batches, stamps
from mobility.insight.sample_ground import Ground, read_ground
from mobility.insight.sample_votes import (
    LEVEL_SHARES,
    Subjects,
    ballots,
    group_position,
    make_subjects,
)
from mobility.spatial.crs import metric

Tell = Callable[[str, int], None]

VOTES_EACH = 14
ITALIAN_SHARE = 0.86
CONDITION_SHARE = 0.08
GROUP_SHARE = 0.22

PERSON = "COPY participant (id, identity_level, created_at) FROM STDIN"
COMMENT = """
COPY comment (plan_id, participant_id, phase_id, topic_id, segment_id, measure_id, stance, text, geom,
 snap_distance_m, place, channel, language, receipt, idempotency_key, created_at, updated_at) FROM STDIN"""
VOTE = """
COPY vote (plan_id, segment_id, measure_id, participant_id, group_id, position, condition, reason,
 phase_id, identity_level, channel, cast_at, changed_at) FROM STDIN"""


@dataclass(frozen=True)
class Made:
    """How much was added."""

    comments: int
    votes: int
    participants: int


def _silent(_what: str, _number: int) -> None:
    return None


def has_feedback(session: Session, *, slug: str) -> bool:
    """True when somebody, real or invented, has commented or voted on the plan."""
    found = session.execute(
        text(
            "SELECT EXISTS (SELECT FROM comment c WHERE c.plan_id = p.id)"
            " OR EXISTS (SELECT FROM vote v WHERE v.plan_id = p.id) FROM plan p WHERE p.slug = :slug"
        ),
        {"slug": slug},
    ).scalar()
    return bool(found)


def make_samples(
    session: Session,
    *,
    slug: str,
    comments: int,
    votes: int,
    seed: int,
    now: datetime | None = None,
    tell: Tell = _silent,
) -> Made:
    """Adds invented people, comments and votes to the plan; `tell(what, n)` hears of every batch.

    Votes of the plan's stakeholder groups come on top, once. Raises NotFound for an unknown plan and Invalid
    when the plan has nothing to speak about.
    """
    ground = read_ground(session, slug=slug, now=now or datetime.now(UTC))
    if ground is None:
        raise NotFound(f"There is no plan '{slug}'.")
    if not ground.segments or (comments and not ground.topics):
        raise Invalid("plan", "The plan has no segments or no topics yet.")
    rng = np.random.default_rng([seed, ground.earlier])
    subjects = make_subjects(rng, ground.subject_kinds)
    people = max(1, -(-votes // min(VOTES_EACH, len(subjects))), comments // 2)
    copy = Copier(session)
    ids, levels = _add_people(copy, ground, rng, people)
    _add_votes(copy, ground, rng, subjects, ids, levels, votes, tell)
    groups = _add_group_votes(copy, ground, rng, subjects)
    _add_comments(
        copy, ground, rng, subjects, ids, comments, f"{seed}:{ground.plan_id}:{ground.earlier}", tell
    )
    for table in ("participant", "comment", "vote"):
        session.execute(text(f"ANALYZE {table}"))
    return Made(comments, votes + groups, people)


def _add_people(copy: Copier, ground: Ground, rng: np.random.Generator, number: int) -> tuple[Any, Any]:
    """Participants without token, address or account: nobody can ever speak as one of them."""
    ids = copy.ids("participant", number)
    levels = np.maximum(rng.choice(4, size=number, p=LEVEL_SHARES), ground.level)
    for part in batches(number):
        begun = f"{ground.begins}\n"
        rows = zip(ids[part].tolist(), levels[part].tolist(), strict=True)
        copy.rows(PERSON, (f"{key}\t{level}\t{begun}" for key, level in rows))
    return ids, levels


def _add_votes(
    copy: Copier,
    ground: Ground,
    rng: np.random.Generator,
    subjects: Subjects,
    ids: Any,
    levels: Any,
    votes: int,
    tell: Tell,
) -> None:
    """The people vote, a few thousand people at a time."""
    step = max(1, BATCH // min(VOTES_EACH, len(subjects)))
    left, columns = votes, [f"{s or NULL}\t{m or NULL}" for s, m in ground.subject_keys]
    for start in range(0, len(ids), step):
        crowd, crowd_levels = ids[start : start + step], levels[start : start + step]
        waiting = len(ids) - start
        share = min(left, round(left * len(crowd) / waiting), len(crowd) * len(subjects))
        person, subject, position = ballots(rng, subjects, len(crowd), share)
        instants = stamps(rng, ground.voting, share)
        conditions = _conditions(rng, position)
        keys, grades = crowd[person].tolist(), crowd_levels[person].tolist()
        marks = zip(subject.tolist(), position.tolist(), conditions, instants, strict=True)
        rows = zip(keys, grades, marks, strict=True)
        copy.rows(
            VOTE,
            (
                f"{ground.plan_id}\t{columns[s]}\t{who}\t\\N\t{p}\t{wish}\t\\N\t{ground.voting_phase}\t{grade}"
                f"\tsample\t{at}\t{at}\n"
                for who, grade, (s, p, wish, at) in rows
            ),
        )
        left -= share
        tell("votes", share)


def _conditions(rng: np.random.Generator, position: Any) -> list[str]:
    """A "yes, if …" for some of the votes that lean towards yes; ``\\N`` for the others."""
    sentences = [*texts.CONDITIONS["it"], *texts.CONDITIONS["it"], *texts.CONDITIONS["en"]]
    wanted = (position >= 0) & (rng.random(len(position)) < CONDITION_SHARE)
    chosen = rng.integers(0, len(sentences), len(position))
    return [sentences[c] if w else "\\N" for w, c in zip(wanted.tolist(), chosen.tolist(), strict=True)]


def _add_group_votes(copy: Copier, ground: Ground, rng: np.random.Generator, subjects: Subjects) -> int:
    """Each stakeholder group that has not spoken yet votes on most subjects, with its reason."""
    lines: list[str] = []
    speakers = copy.ids("participant", len(ground.groups)).tolist()
    for speaker, (group_id, kind) in zip(speakers, ground.groups, strict=True):
        for index, (segment, measure) in enumerate(ground.subject_keys):
            if rng.random() > GROUP_SHARE:
                continue
            p = group_position(rng, kind, int(subjects.kinds[index]), float(subjects.bias[index]))
            reason = texts.GROUP_REASONS["yes" if p > 0 else "no" if p < 0 else "open"]["it"]
            at = stamps(rng, ground.voting, 1)[0]
            lines.append(
                f"{ground.plan_id}\t{segment or NULL}\t{measure or NULL}\t{speaker}\t{group_id}"
                f"\t{p}\t\\N\t{reason}\t{ground.voting_phase}\t2\tsample\t{at}\t{at}\n"
            )
    if lines:
        copy.rows(PERSON, (f"{speaker}\t2\t{ground.begins}\n" for speaker in speakers))
        copy.rows(VOTE, lines)
    return len(lines)


def _add_comments(
    copy: Copier,
    ground: Ground,
    rng: np.random.Generator,
    subjects: Subjects,
    ids: Any,
    comments: int,
    seed: str,
    tell: Tell,
) -> None:
    """Pins round the segments, batch by batch."""
    segments, system = len(ground.segments), metric(ground.srid)
    shapes = [segment.shape for segment in ground.segments]
    fame = subjects.weight[:segments] / subjects.weight[:segments].sum()
    for part in batches(comments):
        number = part.stop - part.start
        index = rng.choice(segments, size=number, p=fame)
        pins = make_pins(rng, shapes, index, ground.boundary, system)
        stances = make_stances(rng, subjects.bias[index])
        columns = (
            rng.choice(ids, size=number), index, rng.integers(0, len(ground.topics), number), stances,
            pins.lon, pins.lat, pins.distance_m, rng.random(number) < ITALIAN_SHARE,
            rng.integers(0, 1 << 30, size=(number, 3)),
        )  # fmt: skip
        lists = [column.tolist() for column in columns]
        instants = stamps(rng, ground.commenting, number)
        rows = zip(range(part.start, part.stop), *lists, instants, strict=True)
        copy.rows(COMMENT, (_comment(ground, seed, *row) for row in rows))
        tell("comments", number)


def _comment(
    ground: Ground, seed: str, number: int, who: int, index: int, topic: int, stance: int,
    lon: float, lat: float, distance: float, italian: bool, draw: list[int], at: str,
) -> str:  # fmt: skip
    """One line for COPY."""
    segment, (topic_id, topic_slug) = ground.segments[index], ground.topics[topic]
    near, language, word = distance <= SNAP_M, "it" if italian else "en", STANCES[stance]
    said = make_text(topic_slug, word, language, segment.street, (draw[0], draw[1], draw[2]))
    where = segment.place if near else segment.vicinity
    snapped = f"{segment.id}\t{segment.measure_id}" if near else "\\N\t\\N"
    return (
        f"{ground.plan_id}\t{who}\t{ground.commenting_phase}\t{topic_id}\t{snapped}\t{word}\t{said}"
        f"\tSRID=4326;POINT({lon:.7f} {lat:.7f})\t{distance:.1f}\t{where}"
        f"\tsample\t{language}\t{make_receipt(seed, number)}\t{make_key(seed, number)}\t{at}\t{at}\n"
    )

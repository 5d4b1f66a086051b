"""What looks unlike people taking part: bursts from one network, votes faster than a person, the same text.

It only shows. Whether votes are set aside is a decision of its own, with a reason, that can be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.errors import NotFound
from mobility.origins import KEPT_DAYS

BURST_MINUTES, BURST_VOTES, BURST_PEOPLE = 60, 30, 10
"""So many votes by so many participants from one network within one clock hour."""
SPEED_VOTES, SPEED_SECONDS = 10, 20
"""So many different stretches or measures by one participant within so many seconds."""
FLOOD_COMMENTS = 3
"""So many comments with the same text."""
LOOK_BACK_DAYS = 14
MOST = 50
HANDMADE = "v.channel IN ('web', 'embed', 'qr')"
"""Votes that people cast themselves; those of meetings and paper are typed in quickly by staff."""

BURSTS = f"""
SELECT encode(v.origin, 'hex') AS network,
       date_bin('{BURST_MINUTES} minutes', v.changed_at, 'epoch') AS since,
       count(*) AS votes, count(DISTINCT v.participant_id) AS people,
       min(v.changed_at) AS first, max(v.changed_at) AS last
FROM vote v
WHERE v.plan_id = :plan AND v.origin IS NOT NULL AND v.changed_at >= :kept AND v.set_aside_id IS NULL
  AND v.group_id IS NULL
GROUP BY v.origin, since
HAVING count(*) >= {BURST_VOTES} AND count(DISTINCT v.participant_id) >= {BURST_PEOPLE}
ORDER BY votes DESC LIMIT {MOST}
"""  # noqa: S608 (our constants)
BURST_IDS = f"""
SELECT v.id FROM vote v
WHERE v.plan_id = :plan AND v.origin = decode(:network, 'hex') AND v.set_aside_id IS NULL
  AND v.group_id IS NULL AND v.changed_at >= :since
  AND v.changed_at < :since + interval '{BURST_MINUTES} minutes'
"""  # noqa: S608 (our constants)
RUNS = f"""
SELECT v.participant_id, v.changed_at,
       lag(v.changed_at, {SPEED_VOTES - 1})
         OVER (PARTITION BY v.participant_id ORDER BY v.changed_at) AS start
FROM vote v
WHERE v.plan_id = :plan AND v.changed_at >= :back AND v.set_aside_id IS NULL AND v.group_id IS NULL
  AND {HANDMADE} AND (CAST(:participant AS bigint) IS NULL OR v.participant_id = :participant)
"""  # noqa: S608 (our constants)
SPANS = f"""
SELECT r.participant_id, min(r.start) AS first, max(r.changed_at) AS last FROM ({RUNS}) AS r
WHERE r.changed_at - r.start <= interval '{SPEED_SECONDS} seconds' GROUP BY 1
"""  # noqa: S608 (our constants)
SPEEDS = f"""
SELECT s.participant_id, s.first, s.last, count(*) AS votes
FROM ({SPANS}) AS s JOIN vote v ON v.participant_id = s.participant_id AND v.plan_id = :plan
  AND v.changed_at BETWEEN s.first AND s.last AND v.set_aside_id IS NULL AND v.group_id IS NULL
GROUP BY 1, 2, 3 ORDER BY votes DESC LIMIT {MOST}
"""  # noqa: S608 (our constants)
SPEED_IDS = f"""
SELECT v.id FROM ({SPANS}) AS s JOIN vote v ON v.participant_id = s.participant_id AND v.plan_id = :plan
  AND v.changed_at BETWEEN s.first AND s.last AND v.set_aside_id IS NULL AND v.group_id IS NULL
"""  # noqa: S608 (our constants)
FLOODS = f"""
SELECT min(c.id) AS sample, count(*) AS comments, count(DISTINCT c.participant_id) AS people,
       min(c.created_at) AS first, max(c.created_at) AS last,
       (array_agg(c.text ORDER BY c.id))[1] AS text, (array_agg(c.language ORDER BY c.id))[1] AS language
FROM comment_review r JOIN comment c ON c.id = r.comment_id
WHERE r.plan_id = :plan AND r.text_key IS NOT NULL AND c.created_at >= :back
  AND c.status IN ('published', 'pending')
GROUP BY r.text_key HAVING count(*) >= {FLOOD_COMMENTS} ORDER BY comments DESC LIMIT {MOST}
"""  # noqa: S608 (our constants)


@dataclass(frozen=True)
class Anomalies:
    """What was found; each burst and each run of votes has a `key` by which its votes are found again."""

    bursts: Sequence[Any]
    speeds: Sequence[Any]
    floods: Sequence[Any]

    @property
    def none(self) -> bool:
        return not (self.bursts or self.speeds or self.floods)


def find_anomalies(session: Session, *, plan_id: int, now: datetime) -> Anomalies:
    """Everything conspicuous in the last days; three queries."""
    values = {
        "plan": plan_id,
        "kept": now - timedelta(days=KEPT_DAYS),
        "back": now - timedelta(days=LOOK_BACK_DAYS),
        "participant": None,
    }
    bursts = session.execute(text(BURSTS), values).mappings()
    speeds = session.execute(text(SPEEDS), values).mappings()
    floods = session.execute(text(FLOODS), values).mappings()
    return Anomalies(
        bursts=[{**row, "key": f"burst.{row['network']}.{int(row['since'].timestamp())}"} for row in bursts],
        speeds=[{**row, "key": f"speed.{row['participant_id']}"} for row in speeds],
        floods=[dict(row) for row in floods],
    )


def votes_of(session: Session, *, plan_id: int, key: str, now: datetime) -> list[int]:
    """The votes of one anomaly that still count. Raises NotFound for a key that cannot be read."""
    kind, _dot, rest = key.partition(".")
    first, _dot, second = rest.partition(".")
    if kind == "burst" and len(first) == 16 and second.isdigit() and len(second) < 12:
        since = datetime.fromtimestamp(int(second), tz=now.tzinfo)
        try:
            bytes.fromhex(first)
        except ValueError:
            raise NotFound from None
        values = {"plan": plan_id, "network": first, "since": since}
        return list(session.scalars(text(BURST_IDS), values))
    if kind == "speed" and first.isdigit() and len(first) < 19:
        back = now - timedelta(days=LOOK_BACK_DAYS)
        values = {"plan": plan_id, "participant": int(first), "back": back}
        return list(session.scalars(text(SPEED_IDS), values))
    raise NotFound

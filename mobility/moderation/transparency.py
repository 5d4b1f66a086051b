"""What the public reads about moderation: counts by reason and month, appeals, times, votes set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.consultation.moderation import set_aside_counts

MONTHS = """
SELECT to_char(m.created_at AT TIME ZONE :zone, 'YYYY-MM') AS month,
       count(*) FILTER (WHERE m.action = 'hide') AS hidden,
       count(*) FILTER (WHERE m.action = 'restore') AS restored,
       count(*) FILTER (WHERE m.action = 'approve') AS approved
FROM moderation m
LEFT JOIN comment c ON c.id = m.comment_id
LEFT JOIN comment_reply r ON r.id = m.reply_id
WHERE coalesce(c.plan_id, r.plan_id) = :plan
GROUP BY 1 ORDER BY 1 DESC LIMIT 60
"""
REASONS = """
SELECT reason, sum(n)::bigint AS n FROM (
  SELECT hidden_reason AS reason, count(*) AS n FROM comment
  WHERE plan_id = :plan AND status = 'hidden' GROUP BY 1
  UNION ALL
  SELECT hidden_reason, count(*) FROM comment_reply
  WHERE plan_id = :plan AND status = 'hidden' GROUP BY 1
) AS both_kinds GROUP BY 1 ORDER BY 2 DESC, 1
"""
APPEALS = """
SELECT count(*) AS filed, count(*) FILTER (WHERE outcome IS NULL) AS waiting,
       count(*) FILTER (WHERE outcome = 'upheld') AS upheld,
       count(*) FILTER (WHERE outcome = 'overturned') AS overturned,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY decided_at - created_at)
         FILTER (WHERE decided_at IS NOT NULL) AS median
FROM appeal WHERE plan_id = :plan
"""
TIMES = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median, count(*) AS n FROM (
  SELECT m.first - c.created_at AS took FROM comment c JOIN (
    SELECT comment_id, min(created_at) AS first FROM moderation WHERE comment_id IS NOT NULL GROUP BY 1
  ) AS m ON m.comment_id = c.id WHERE c.plan_id = :plan
  UNION ALL
  SELECT m.first - r.created_at FROM comment_reply r JOIN (
    SELECT reply_id, min(created_at) AS first FROM moderation WHERE reply_id IS NOT NULL GROUP BY 1
  ) AS m ON m.reply_id = r.id WHERE r.plan_id = :plan
) AS both_kinds
"""
NOW = """
SELECT (SELECT count(*) FROM comment WHERE plan_id = :plan AND status = 'pending') AS pending,
       (SELECT count(*) FROM participant_block WHERE plan_id = :plan AND ended_at IS NULL) AS blocked,
       (SELECT count(*) FROM abuse_report WHERE plan_id = :plan) AS reports
"""


@dataclass(frozen=True)
class Account:
    """What moderation has done in a plan, in figures."""

    reasons: Sequence[tuple[str, int]]
    months: Sequence[Any]
    appeals: Any
    median: timedelta | None
    decided: int
    pending: int
    blocked: int
    reports: int
    set_aside: dict[str, int]

    @property
    def hidden(self) -> int:
        return sum(n for _reason, n in self.reasons)


def read_account(session: Session, *, plan_id: int, zone: str) -> Account:
    """The figures of a plan; months are those of the city's calendar."""
    values = {"plan": plan_id, "zone": zone}
    times = session.execute(text(TIMES), values).one()
    state = session.execute(text(NOW), values).one()
    return Account(
        reasons=[(row.reason, row.n) for row in session.execute(text(REASONS), values)],
        months=list(session.execute(text(MONTHS), values)),
        appeals=session.execute(text(APPEALS), values).one(),
        median=times.median,
        decided=times.n,
        pending=state.pending,
        blocked=state.blocked,
        reports=state.reports,
        set_aside=set_aside_counts(session, plan_id=plan_id),
    )

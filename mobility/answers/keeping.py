"""Keeps cases in step with their comments, whatever way a comment was hidden, taken back or written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility.answers.reopening import restore_cases
from mobility.answers.routes import route_all
from mobility.plans.models import Plan

CLOSE = text("""
UPDATE comment_case k SET state = 'closed', answer_id = NULL, updated_at = :now,
  closing = CASE WHEN c.status = 'hidden' THEN 'hidden' ELSE 'withdrawn' END
FROM comment c WHERE c.id = k.comment_id AND k.closing IS DISTINCT FROM
  CASE WHEN c.status = 'hidden' THEN 'hidden' ELSE 'withdrawn' END AND c.status IN ('hidden', 'withdrawn')
""")
HIDDEN_NO_MORE = text("""
SELECT k.comment_id FROM comment_case k JOIN comment c ON c.id = k.comment_id
WHERE k.closing = 'hidden' AND c.status IN ('published', 'pending') LIMIT 2000
""")


def keep_cases(session: Session, *, now: datetime) -> None:
    """Close what is gone, open what is back, and make a case for every comment that has none."""
    session.execute(CLOSE, {"now": now})
    back = list(session.scalars(HIDDEN_NO_MORE))
    if back:
        restore_cases(session, comment_ids=back, now=now)
    for plan in session.scalars(select(Plan).where(Plan.status == "open").order_by(Plan.id)):
        route_all(session, plan=plan, now=now)

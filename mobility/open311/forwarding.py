"""Hands comments on to a city's existing system and follows their status back.

A forward is locked while its system is asked. A worker that dies in between asks again; every report holds
the public address of its comment, by which the system can tell that it has it already.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from flask import url_for
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility.accounts.keys import seal, unseal
from mobility.consultation import exact
from mobility.consultation.models import Comment
from mobility.open311 import client
from mobility.open311.models import Endpoint, Forward, ForwardLog
from mobility.plans.models import Plan
from mobility.text import pick

SEALED = "open311 key"
AT_ONCE = 20
"""Systems asked in one run."""
ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)
ASK_TOKEN, ASK_STATUS = timedelta(hours=1), timedelta(hours=6)
LOOK_BACK = timedelta(days=30)

ENLIST = text("""
INSERT INTO open311_forward (comment_id, endpoint_id, service_code, due_at)
SELECT DISTINCT ON (c.id, e.id) c.id, e.id, r.service_code, :now
FROM open311_endpoint e
JOIN open311_rule r ON r.endpoint_id = e.id
JOIN comment c ON c.plan_id = e.plan_id AND c.created_at >= greatest(e.since, CAST(:earliest AS timestamptz))
LEFT JOIN comment_case k ON k.comment_id = c.id
WHERE e.active AND c.status = 'published' AND c.erased_at IS NULL AND c.channel NOT IN ('api', 'sample')
  AND (r.topic_id IS NULL OR r.topic_id = c.topic_id) AND (r.office_id IS NULL OR r.office_id = k.office_id)
  AND NOT EXISTS (SELECT FROM open311_forward f WHERE f.comment_id = c.id AND f.endpoint_id = e.id)
ORDER BY c.id, e.id, r.topic_id IS NULL, r.office_id IS NULL, r.id
LIMIT 500
ON CONFLICT (comment_id, endpoint_id) DO NOTHING
""")
"""The rule that names most wins. What came in by Open311 goes out to none: two systems must not play ball."""


def seal_key(secret: str, key: str) -> bytes | None:
    """The API key as the database keeps it; None for none."""
    return seal(secret, SEALED, key) if key else None


def enlist(session: Session, *, now: datetime) -> None:
    """Notes the comments that are to be handed on."""
    session.execute(ENLIST, {"now": now, "earliest": now - LOOK_BACK})


def work_off(session: Session, *, now: datetime, secret: str, hosts: Collection[str]) -> int:
    """Sends and asks what is due; how many systems were asked."""
    due = (
        select(Forward, Endpoint)
        .join(Endpoint, Endpoint.id == Forward.endpoint_id)
        .where(Forward.state.in_(("waiting", "token", "sent")), Forward.due_at <= now, Endpoint.active)
        .order_by(Forward.due_at, Forward.id)
        .limit(AT_ONCE)
        .with_for_update(of=Forward, skip_locked=True)
    )
    rows = session.execute(due).all()
    for forward, endpoint in rows:
        system = client.System(
            endpoint.url,
            endpoint.jurisdiction or "",
            (unseal(secret, SEALED, endpoint.key_sealed) or "") if endpoint.key_sealed else "",
            hosts,
        )
        advance(session, forward=forward, system=system, now=now)
    session.flush()
    return len(rows)


def advance(session: Session, *, forward: Forward, system: client.System, now: datetime) -> None:
    """One exchange about one comment, with its line in the log."""
    act = {"waiting": "send", "token": "token", "sent": "status"}[forward.state]
    outcome, status = "ok", None
    try:
        {"send": _send, "token": _token, "status": _status}[act](session, forward, system, now)
        forward.attempts = 0
    except client.Fault as fault:
        outcome, status = fault.code, fault.status
        _put_off(forward, fault, now)
    session.add(ForwardLog(forward_id=forward.id, at=now, act=act, outcome=outcome, http_status=status))


def _send(session: Session, forward: Forward, system: client.System, now: datetime) -> None:
    fields = report_of(session, comment_id=forward.comment_id, service_code=forward.service_code)
    if not fields:
        raise client.Fault("not_public", final=True)
    taken = client.submit(system, fields)
    forward.sent_at, forward.remote_id, forward.token = now, taken.number or None, taken.token or None
    forward.state = "sent" if taken.number else "token"
    forward.due_at = now + (ASK_STATUS if taken.number else ASK_TOKEN)


def _token(_session: Session, forward: Forward, system: client.System, now: datetime) -> None:
    number = client.number_of(system, forward.token or "")
    forward.checked_at, forward.due_at = now, now + ASK_TOKEN
    if number:
        forward.remote_id, forward.state = number, "sent"


def _status(_session: Session, forward: Forward, system: client.System, now: datetime) -> None:
    found = client.standing_of(system, forward.remote_id or "")
    forward.remote_status, forward.remote_notes = found.status, found.notes or None
    forward.checked_at, forward.due_at = now, now + ASK_STATUS
    if found.status == "closed":
        forward.state = "closed"


def _put_off(forward: Forward, fault: client.Fault, now: datetime) -> None:
    """Later again, each time longer; never when it does not help. What is there already is asked for on."""
    forward.attempts += 1
    wait = min(FIRST_WAIT * 4 ** min(forward.attempts, 8), LONGEST_WAIT)
    forward.due_at = now + (LONGEST_WAIT if forward.state == "sent" else wait)
    if forward.state != "sent" and (fault.final or forward.attempts >= ATTEMPTS):
        forward.state = "failed"


def report_of(session: Session, *, comment_id: int, service_code: str) -> dict[str, str]:
    """What a system is sent: public words, place and address; empty when the comment is not public now."""
    row = session.execute(
        select(
            Comment.text, exact.PLACE.label("place"), Comment.language, Comment.stance, Plan.slug,
            exact.latitude().label("lat"), exact.longitude().label("long"),
        )
        .join(Plan, Plan.id == Comment.plan_id)
        .where(Comment.id == comment_id, Comment.status == "published", Comment.erased_at.is_(None))
    ).one_or_none()  # fmt: skip
    if row is None:
        return {}
    url = url_for("consultation.comment", slug=row.slug, comment_id=comment_id, _external=True)
    fields = {
        "service_code": service_code,
        "description": f"{row.text}\n\n{url}",
        "address_string": str(pick(row.place, row.language)),
        "attribute[stance]": row.stance,
    }
    if row.lat is not None:
        fields |= {"lat": f"{row.lat:.7f}", "long": f"{row.long:.7f}"}
    return fields


def try_again(session: Session, *, endpoint: Endpoint, now: datetime) -> int:
    """Begins with the failed ones anew; how many."""
    failed = select(Forward).where(Forward.endpoint_id == endpoint.id, Forward.state == "failed").limit(1000)
    found = list(session.scalars(failed.with_for_update(skip_locked=True)))
    for forward in found:
        forward.state = "token" if forward.token and not forward.remote_id else "waiting"
        forward.attempts, forward.due_at = 0, now
    session.flush()
    return len(found)

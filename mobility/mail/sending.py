"""Sends what is queued: every message at least once, and only once unless a sender dies in between.

A message is claimed and the claim committed; then its row is locked while it is handed over, and marked as
sent in the same transaction. When a sender dies, PostgreSQL frees the row and another one sends it again,
with the same Message-ID: if the mail server had taken the first copy already, receivers can drop the second.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mobility.db import unit_of_work
from mobility.mail.composing import Unsendable, compose
from mobility.mail.models import MailMessage
from mobility.mail.post import Delayed, Post

LEASE = timedelta(minutes=1)
"""After this a message whose sender has died is claimed again."""
PAUSES = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 180, 360, 720))
GIVE_UP = timedelta(days=3)
KEEP = timedelta(days=30)
"""How long the bare record of a message is kept, without address and text."""

log = structlog.get_logger("mobility.mail")


def send_due(post: Post, *, sender: str, now: datetime, lease: timedelta = LEASE, limit: int = 500) -> int:
    """How many of the messages due at `now` were tried; stops when the mail server itself is down."""
    tried = 0
    try:
        while tried < limit:
            with unit_of_work() as session:
                number = claim(session, now=now, lease=lease)
            if number is None:
                break
            tried += 1
            with unit_of_work() as session:
                if not hand_over(session, number, post=post, sender=sender, now=now):
                    break
    finally:
        post.close()
    return tried


def claim(session: Session, *, now: datetime, lease: timedelta = LEASE) -> int | None:
    """The number of one message that is due, marked as being sent; None when nothing is due."""
    due = (
        select(MailMessage.id)
        .where(MailMessage.state.in_(("waiting", "sending")), MailMessage.due_at <= now)
        .order_by(MailMessage.due_at, MailMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = (
        update(MailMessage)
        .where(MailMessage.id == due)
        .values(state="sending", attempts=MailMessage.attempts + 1, due_at=now + lease)
        .returning(MailMessage.id)
    )
    return session.scalar(taken.execution_options(synchronize_session=False))


def hand_over(session: Session, number: int, *, post: Post, sender: str, now: datetime) -> bool:
    """Send the claimed message and say so in its row; False when the mail server itself is down."""
    wanted = select(MailMessage).where(MailMessage.id == number, MailMessage.state == "sending")
    # Another sender that looked for work may hold the row for a moment: waiting for it is right, passing over
    # it would leave the message until the lease is over.
    row = session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if row is None:
        return True
    try:
        message = compose(
            key=row.key,
            sender=sender,
            recipient=row.recipient,
            subject=row.subject,
            body=row.body,
            language=row.language,
            stop_url=row.stop_url,
            written_at=row.created_at,
            reply_to=row.reply_to,
        )
        post.send(message, number=row.id)
    except Unsendable as error:
        _end(row, "failed", now, fault=str(error))
    except Delayed as error:
        _again(row, now, fault=str(error))
        return not error.down
    else:
        _end(row, "sent", now)
    return True


def _again(row: MailMessage, now: datetime, *, fault: str) -> None:
    """Try later, each time after a longer pause; after three days no more."""
    if now - row.created_at >= GIVE_UP:
        _end(row, "failed", now, fault=fault)
        return
    row.state, row.fault = "waiting", fault
    row.due_at = now + PAUSES[min(row.attempts, len(PAUSES)) - 1]
    log.info("mail delayed", message=row.id, attempts=row.attempts, fault=fault)


def _end(row: MailMessage, state: str, now: datetime, *, fault: str | None = None) -> None:
    """Nothing more will be tried: address and text are not needed any longer."""
    row.state, row.fault = state, fault
    row.recipient = row.body = ""
    row.stop_url = row.reply_to = None
    row.sent_at = now if state == "sent" else None
    log.info("mail " + state, message=row.id, attempts=row.attempts, fault=fault or "")


def tidy_mail(session: Session, *, now: datetime) -> None:
    """Removes the records of messages that were sent or given up long ago."""
    session.execute(
        delete(MailMessage).where(
            MailMessage.state.in_(("sent", "failed")), MailMessage.created_at < now - KEEP
        )
    )

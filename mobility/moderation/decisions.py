"""Hide, restore and approve comments and replies, one or many, in one statement with history and record."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility import signals
from mobility.consultation.conversation.models import Reply
from mobility.consultation.models import HIDE_REASONS, TEXT_LIMIT, Comment, Moderation, Phase
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Invalid, NotFound
from mobility.moderation import letters

Action = Literal["hide", "restore", "approve"]
Subject = Literal["comment", "reply"]
MOST = 2000
"""Items of one decision about everything that matches."""
FITS = {
    "hide": "c.status IN ('published', 'pending', 'hidden')",
    "restore": "c.status = 'hidden'",
    "approve": "c.status IN ('published', 'pending')",
}
CHANGE = {
    "hide": "status = 'hidden', hidden_reason = :reason, hidden_note = :note",
    "restore": "status = 'published', hidden_reason = NULL, hidden_note = NULL",
    "approve": "status = 'published'",
}
DECIDE = """
WITH target AS (
  SELECT c.id, c.status AS was FROM {table} c
  WHERE c.plan_id = :plan AND c.id = ANY (:ids) AND c.erased_at IS NULL AND {fits}
  ORDER BY c.id FOR UPDATE
), changed AS (
  UPDATE {table} c SET {change}, updated_at = :now FROM target t
  WHERE t.id = c.id AND (:action <> 'approve' OR t.was = 'pending')
), noted AS (
  INSERT INTO moderation ({subject}_id, account_id, action, reason, note, created_at)
  SELECT id, :account, :action, :reason, :note, :now FROM target
), settled AS (
  UPDATE abuse_report r SET settled_at = :now, settled_by = :account,
    outcome = CASE :action WHEN 'hide' THEN 'hidden' ELSE 'kept' END
  FROM target t WHERE r.{subject}_id = t.id AND r.settled_at IS NULL
), logged AS (
  INSERT INTO audit_log (at, action, account_id, plan_id, subject, subject_id, details)
  SELECT :now, '{subject}.' || :action, :account, :plan, '{subject}', id, CAST(:details AS jsonb) FROM target
){looked}
SELECT id, was FROM target ORDER BY id
"""
LOOKED = """, looked AS (
  INSERT INTO comment_review (comment_id, plan_id, score, signals, looked_at)
  SELECT id, :plan, 0, '[]', :now FROM target
  ON CONFLICT (comment_id) DO UPDATE SET looked_at = excluded.looked_at
)
"""
TABLES = {"comment": "comment", "reply": "comment_reply"}
PARTS = {"comment": LOOKED, "reply": ""}


@dataclass(frozen=True)
class Decided:
    """What a decision changed; `left` is how many of those asked for it did not fit."""

    ids: tuple[int, ...]
    left: int


def decide(
    session: Session,
    *,
    plan_id: int,
    ids: Sequence[int],
    action: Action,
    account_id: int | None,
    reason: str = "",
    note: str = "",
    subject: Subject = "comment",
    quiet: bool = False,
    address: Callable[[int], str] = lambda _key: "",
    now: datetime,
) -> Decided:
    """Decide on items of a plan together; those withdrawn, erased or of another plan are left alone.

    With `quiet` their authors are not told: whoever decides tells them otherwise. `address` says where the
    author of a reply reads why it is hidden and may appeal.

    Hiding hidden ones changes their reason. Approving public ones says that somebody has looked at them.
    Raises Invalid for an unknown reason or a long note.
    """
    words = check_note(note) if action == "hide" else ""
    if action == "hide" and reason not in HIDE_REASONS:
        raise Invalid("reason", _l("Choose a reason from the list."))
    asked = sorted(set(ids))[:MOST]
    values = {
        "plan": plan_id,
        "ids": asked,
        "action": action,
        "account": account_id,
        "reason": reason if action == "hide" else None,
        "note": words or None,
        "details": json.dumps({"reason": reason} if action == "hide" else {}),
        "now": now,
    }
    session.flush()
    statement = DECIDE.format(
        table=TABLES[subject],
        subject=subject,
        fits=FITS[action],
        change=CHANGE[action],
        looked=PARTS[subject],
    )
    rows = session.execute(text(statement), values).all()
    decided = [(row.id, row.was) for row in rows]
    if subject == "comment":
        tell(session, decided, action, account_id, now, quiet=quiet)
    else:
        tell_of_replies(session, decided, action, address, now)
    return Decided(tuple(row.id for row in rows), len(asked) - len(rows))


def read_action(typed: str) -> Action:
    """One of the three decisions. Raises Invalid."""
    for action in get_args(Action):
        if typed == action:
            return cast("Action", action)
    raise Invalid("action", _l("Choose what to do."))


def check_note(typed: str | None) -> str:
    """The note as it will be kept. Raises Invalid when it is too long."""
    words, _removed = clean(typed)
    if len(words) > TEXT_LIMIT:
        raise Invalid("note", _l("The note is too long: at most %(count)d characters.", count=TEXT_LIMIT))
    return words


def tell(
    session: Session,
    decided: Sequence[tuple[int, str]],
    action: str,
    account_id: int | None,
    now: datetime,
    *,
    quiet: bool = False,
) -> None:
    """Let other rooms know: the author is told of what changed, followers of what became public."""
    changed = [key for key, was in decided if action != "approve" or was == "pending"]
    if not changed:
        return
    query = select(Comment).where(Comment.id.in_(changed)).order_by(Comment.id)
    found = list(session.scalars(query.execution_options(populate_existing=True)))
    fresh = set(changed) if action == "approve" else _never_public(session, changed, action)
    if not quiet:
        signals.comments_decided.send(session, comments=found, action=action, account_id=account_id, now=now)
    for comment in found:
        if comment.id in fresh and comment.status == "published":
            signals.comment_published.send(session, comment=comment, now=now)


def tell_of_replies(
    session: Session,
    decided: Sequence[tuple[int, str]],
    action: str,
    address: Callable[[int], str],
    now: datetime,
) -> None:
    """Let other rooms know of replies that became public, and their authors of those that did not."""
    changed = [key for key, was in decided if action != "approve" or was == "pending"]
    query = select(Reply, Comment).join(Comment, Comment.id == Reply.comment_id).where(Reply.id.in_(changed))
    for reply, comment in session.execute(query.execution_options(populate_existing=True)) if changed else ():
        if action == "approve":
            signals.reply_published.send(session, reply=reply, comment=comment, now=now)
        elif action == "hide":
            letters.reply_hidden(session, reply=reply, address=address(reply.id), now=now)


def _never_public(session: Session, ids: Sequence[int], action: str) -> set[int]:
    """Those shown again that nobody could read before: hidden while they waited for approval."""
    if action == "hide":
        return set()
    approved = select(Moderation.comment_id).where(Moderation.action.in_(("approve", "restore")))
    query = (
        select(Comment.id)
        .join(Phase, Phase.id == Comment.phase_id)
        .where(Comment.id.in_(ids), Phase.moderation == "pre")
        .where(
            Comment.id.not_in(
                approved.where(Moderation.comment_id.in_(ids))
                .group_by(Moderation.comment_id)
                .having(text("count(*) > 1 OR bool_or(action = 'approve')"))
            )
        )
    )
    return set(session.scalars(query))


def hide_comment(
    session: Session, *, comment_id: int, account_id: int, reason: str, note: str = "", now: datetime
) -> Comment:
    """One comment, hidden. Raises NotFound, Invalid, and Conflict when its author has withdrawn it."""
    return _one(session, comment_id, "hide", account_id, now, reason, note)


def restore_comment(session: Session, *, comment_id: int, account_id: int, now: datetime) -> Comment:
    """One comment, public again; a public one stays as it is. Raises NotFound, Conflict when withdrawn."""
    return _one(session, comment_id, "restore", account_id, now)


def approve_comment(session: Session, *, comment_id: int, account_id: int, now: datetime) -> Comment:
    """One comment that somebody has read; a waiting one becomes public. Raises NotFound and Conflict."""
    return _one(session, comment_id, "approve", account_id, now)


def _one(
    session: Session,
    comment_id: int,
    action: Action,
    account_id: int,
    now: datetime,
    reason: str = "",
    note: str = "",
) -> Comment:
    comment = session.get(Comment, comment_id, populate_existing=True)
    if comment is None:
        raise NotFound
    if comment.status == "withdrawn" or comment.erased_at:
        raise Conflict(_l("The author has withdrawn this comment. There is nothing left to hide or to show."))
    decide(
        session,
        plan_id=comment.plan_id,
        ids=[comment.id],
        action=action,
        account_id=account_id,
        reason=reason,
        note=note,
        now=now,
    )
    return session.get_one(Comment, comment_id, populate_existing=True)

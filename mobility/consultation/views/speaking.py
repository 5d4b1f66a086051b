"""Who speaks in a conversation, in whose name, and how a refusal is said."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from mobility import web
from mobility.accounts.models import Participant
from mobility.consultation import votes
from mobility.consultation.comments import CommentingClosed
from mobility.consultation.views.frame import Frame
from mobility.errors import Closed
from mobility.extensions import db
from mobility.text import pick

ADDRESS = "/plans/<slug>/comments/<int:comment_id>"


def speaker(session: Session) -> Participant:
    """The participant behind the request, made at the first contribution."""
    found = web.current_participant(session, create=True)
    assert found is not None
    return found


def refused(frame: Frame, error: CommentingClosed) -> Closed:
    """The refusal with the reason and the next date in words."""
    return Closed(frame.why_not("comment", error.refusal))


@dataclass(frozen=True)
class Voice:
    """A name in which the reader may reply: `value` as the form sends it."""

    value: str
    label: str
    kind: str = "person"
    group_id: int | None = None


def voices_of(frame: Frame) -> list[Voice]:
    """Oneself; the groups one is a delegate of; the city, for those who answer for it."""
    account = current_user if current_user.is_authenticated else None
    groups = votes.voices_of(db.session, plan_id=frame.plan.id, account=account, now=frame.now)
    found = [Voice("", _("Myself"))]
    found += [Voice(f"group:{g.slug}", pick(g.name, frame.language), "group", g.id) for g in groups]
    if web.may("answer", frame.plan.id):
        found.append(Voice("city", _("The city"), "city"))
    return found

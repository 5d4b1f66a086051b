"""Tells the other delegates of a group that something waits for one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, StakeholderGroup
from mobility.consultation.models_proposals import VoteProposal
from mobility.consultation.proposals import delegates_of
from mobility.consultation.wording import position_label
from mobility.mail.services import queue_mail
from mobility.plans.models import Measure, Segment
from mobility.text import pick

FALLBACK = "it"


def tell_delegates(session: Session, *, proposal_id: int, url: str, now: datetime) -> int:
    """One message to each other delegate of the group, in the language of each; how many were queued."""
    query = (
        select(VoteProposal, StakeholderGroup, Account.name, Segment, Measure)
        .join(StakeholderGroup, StakeholderGroup.id == VoteProposal.group_id)
        .outerjoin(Account, Account.id == VoteProposal.proposed_by)
        .outerjoin(Segment, Segment.id == VoteProposal.segment_id)
        .outerjoin(Measure, Measure.id == VoteProposal.measure_id)
        .where(VoteProposal.id == proposal_id)
    )
    found: Any = session.execute(query).one()
    proposal, group, proposer, segment, measure = found
    told = 0
    for person in delegates_of(session, group_id=group.id, now=now):
        if person.id == proposal.proposed_by:
            continue
        language = person.language or FALLBACK
        with force_locale(language):
            subject, body = _words(
                proposal, group, proposer, measure if segment is None else segment, language, url
            )
        told += queue_mail(
            session,
            key=f"vote-proposal:{proposal.id}:{person.id}",
            recipient=person.email,
            subject=subject,
            body=body,
            language=language,
        )
    return told


def tell_proposer(session: Session, *, proposal: VoteProposal, who: str, url: str) -> bool:
    """That the proposal was declined, and with which word; False when its author has no account any more."""
    author = session.get(Account, proposal.proposed_by) if proposal.proposed_by else None
    group = session.get(StakeholderGroup, proposal.group_id)
    if author is None or group is None:
        return False
    language = author.language or FALLBACK
    with force_locale(language):
        name = pick(group.name, language)
        subject = _("%(group)s: your proposal was declined", group=name)
        said = _("%(who)s declined what you had proposed for %(group)s.", who=who, group=name)
        body = "\n\n".join(filter(None, (said, proposal.word, url)))
    return queue_mail(
        session,
        key=f"vote-proposal-declined:{proposal.id}",
        recipient=author.email,
        subject=subject,
        body=body,
        language=language,
    )


def _words(
    proposal: VoteProposal, group: StakeholderGroup, proposer: str | None, about: Any, language: str, url: str
) -> tuple[str, str]:
    """Subject and body."""
    name = pick(group.name, language)
    what = _("no vote any more") if proposal.position is None else position_label(proposal.position)
    title = about.street if isinstance(about, Segment) else pick(about.title, language)
    subject = _("%(group)s: a vote waits for you", group=name)
    lines = [
        _(
            "%(who)s proposes for %(group)s on %(code)s · %(title)s: %(position)s.",
            who=proposer or _("Somebody"),
            group=name,
            code=about.code,
            title=title,
            position=what,
        ),
        _("It counts as soon as another delegate confirms it. Read it, then confirm or decline:"),
        url,
    ]
    return subject, "\n\n".join(lines)

"""Mails about decisions, to those who gave an address: short, in their language, with one link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, Participant
from mobility.consultation.conversation.models import Reply
from mobility.consultation.moderation import reason_label
from mobility.consultation.wording import day
from mobility.mail.services import queue_mail
from mobility.moderation.models import Appeal, ParticipantBlock
from mobility.plans.words import _

Words = Callable[[], tuple[str, str]]


def write(session: Session, *, participant_id: int | None, key: str, words: Words) -> bool:
    """Queue the subject and text that `words` gives in the reader's language; False without an address."""
    person = session.get(Participant, participant_id) if participant_id else None
    if person is None or person.erased_at:
        return False
    account = session.get(Account, person.account_id) if person.account_id else None
    address = person.email or (account.email if account else None)
    if not address:
        return False
    language = person.language or (account.language if account else None) or "it"
    with force_locale(language):
        subject, body = words()
    return queue_mail(
        session,
        key=key,
        recipient=address,
        subject=subject,
        body=body,
        language=language,
        participant_id=person.id,
    )


def reply_hidden(session: Session, *, reply: Reply, address: str, now: datetime) -> None:
    """The author of a reply learns why it is hidden, and where to ask a second person."""

    def words() -> tuple[str, str]:
        why = reason_label(reply.hidden_reason)
        body = _("Your reply is no longer public because %(reason)s.", reason=why)
        ask = _("You can read why and ask a second person to look at it here:")
        parts = (body, reply.hidden_note or "", f"{ask}\n{address}" if address else "")
        return _("Your reply was hidden"), "\n\n".join(filter(None, parts))

    key = f"reply-hidden:{reply.id}:{now.timestamp()}"
    write(session, participant_id=reply.participant_id, key=key, words=words)


def blocked(session: Session, *, block: ParticipantBlock, address: str) -> None:
    """The participant learns of the block, its reason and end, and how to appeal."""

    def words() -> tuple[str, str]:
        end = _("It ends on %(day)s.", day=day(block.until)) if block.until else ""
        ask = _("You can read why and ask a second person to look at it here:")
        body = _("The city has stopped your contributions to the consultation.")
        return _("Your contributions were stopped"), " ".join(filter(None, (body, end, ask))) + f"\n{address}"

    write(session, participant_id=block.participant_id, key=f"block:{block.id}", words=words)


def appeal_decided(session: Session, *, appeal: Appeal, address: str) -> None:
    """Whoever appealed learns what the second person decided."""

    def words() -> tuple[str, str]:
        if appeal.outcome == "overturned":
            said = _("A second person has looked at it and changed the decision.")
        else:
            said = _("A second person has looked at it and confirms the decision.")
        return _("Your appeal was decided"), f"{said}\n\n{appeal.reason or ''}\n\n{address}"

    write(session, participant_id=appeal.participant_id, key=f"appeal:{appeal.id}", words=words)

"""Another e-mail address for the same person."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.accounts.models import EMAIL, Participant
from mobility.errors import Conflict, Forbidden
from mobility.identity import events, mails
from mobility.identity.links import Device, LinkEnded, Site, find_link, state_of, take_link
from mobility.identity.merging import lock_people, may_join, merge_participants
from mobility.identity.raising import Proof, lift
from mobility.mail.services import queue_mail


def confirm_change(session: Session, *, site: Site, token: str, device: Device, now: datetime) -> Participant:
    """The participant, with the new address; the old one is told. Only the browser that asked can do it.

    When the address belonged to another participant, both are one person from now on. Raises LinkEnded,
    Forbidden in another browser, Conflict when the two cannot be one.
    """
    link = find_link(session, token=token)
    if link is None or state_of(link, now) != "open":
        raise LinkEnded(state_of(link, now))
    if device.participant is None or link.participant_id != device.participant.id:
        raise Forbidden(_l("Open this link in the browser in which you asked for the new address."))
    link, address = take_link(session, token=token, kind="change", now=now)
    person, old = _give_address(session, device.participant, address, now)
    if old and old.lower() != address.lower():
        _tell(session, site, link.id, old, link.language)
    audit.record(session, action="participant.change_email", participant_id=person.id)
    events.note(
        session,
        kind="change",
        outcome="used",
        address_hash=link.address_hash,
        participant_id=person.id,
        now=now,
    )
    return person


def _give_address(
    session: Session, participant: Participant, address: str, now: datetime
) -> tuple[Participant, str | None]:
    """The person with the address, and the one it had before."""
    lock = select(func.pg_advisory_xact_lock(func.hashtextextended(Proof(EMAIL, email=address).lock, 0)))
    session.execute(lock)
    other = session.scalar(select(Participant.id).where(func.lower(Participant.email) == address.lower()))
    person = lock_people(session, participant.id)[participant.id]
    old = person.email
    if other is not None and other != person.id:
        people = lock_people(session, person.id, other)
        if not may_join(people[person.id], people[other]):
            raise Conflict(_l("This address belongs to somebody else who is known in another way."))
        person = merge_participants(session, kept_id=person.id, gone_id=other, now=now)
    person.email = address
    lift(session, participant=person, level=EMAIL, now=now)
    return person, old


def _tell(session: Session, site: Site, link_id: int, address: str, language: str) -> None:
    """The former address learns that it is no longer used."""
    words = mails.changed_mail(link=site.address("/imprint"), language=language)
    queue_mail(
        session,
        key=f"identity-changed:{link_id}",
        recipient=address,
        subject=words.subject,
        body=words.body,
        language=language,
    )

"""A verified identity: what the issuer of identities proves, and the little that is kept of it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from mobility.accounts.models import VERIFIED, Participant
from mobility.errors import Conflict
from mobility.identity import events
from mobility.identity.links import Device, change_token
from mobility.identity.raising import Proof, raise_participant


def use_identity(
    session: Session, *, verified_key: bytes, device: Device, include_device: bool, now: datetime
) -> str:
    """The browser's new token, for the person with this verified identity.

    Raises Conflict when the browser is signed in with an account whose identity is another one.
    """
    before = device.participant
    person = raise_participant(
        session,
        device=before,
        proof=Proof(VERIFIED, verified_key=verified_key),
        include_device=include_device,
        now=now,
    )
    if _is_other_account(before, person):
        raise Conflict(_l("This identity belongs to another account. Sign out first."))
    events.note(session, kind="verified", outcome="used", participant_id=person.id, now=now)
    return change_token(session, device=device, person=person, now=now)


def _is_other_account(before: Participant | None, person: Participant) -> bool:
    return before is not None and before.account_id is not None and person.id != before.id

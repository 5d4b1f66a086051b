"""Links by e-mail: asked for, sent, looked at, used once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility.accounts import tokens
from mobility.accounts.models import EMAIL, Participant
from mobility.errors import Conflict
from mobility.identity import events, keys, mails
from mobility.identity.models import IdentityLink
from mobility.identity.raising import Proof, raise_participant
from mobility.mail.services import queue_mail

LIFE = timedelta(minutes=30)
MINUTES = int(LIFE.total_seconds() // 60)
AN_HOUR, A_DAY = 5, 20
"""Links that one address may get; more are not sent, and nobody is told."""
State = Literal["open", "used", "expired", "unknown"]


@dataclass(frozen=True)
class Site:
    """What the installation knows of itself: its secret key and its public address."""

    secret: str
    base_url: str

    def address(self, path: str) -> str:
        return f"{self.base_url}{path}"


@dataclass(frozen=True)
class Device:
    """The browser behind a request: its token, and for whom it speaks."""

    token: str = ""
    participant: Participant | None = None
    by_account: bool = False
    """Signed in with a password: the account speaks, and the browser needs no token."""


class LinkEnded(Conflict):
    """The link cannot be used (any more); `state` says why."""

    title = _l("This link does not work any more")

    def __init__(self, state: State) -> None:
        self.state = state
        super().__init__(_l("Ask for a new link: it takes a minute."))


def ask_link(
    session: Session, *, site: Site, address: str, next_path: str, language: str, now: datetime
) -> str | None:
    """Send a link that confirms the address; its secret, or None when the address has had too many.

    Whether anybody is known by the address makes no difference.
    """
    address = address.strip()
    token = _new_link(session, site, "sign_in", address, now, next_path=next_path, language=language)
    if token is None:
        return None
    words = mails.sign_in_mail(
        link=site.address(f"/identity/link/{token}"), minutes=MINUTES, language=language
    )
    _send(session, token, address, words, language)
    return token


def ask_change(
    session: Session, *, site: Site, participant: Participant, address: str, language: str, now: datetime
) -> str | None:
    """Send a link that makes this the participant's address; None when there were too many."""
    address = address.strip()
    token = _new_link(
        session, site, "change", address, now, participant_id=participant.id, next_path="", language=language
    )
    if token is None:
        return None
    words = mails.change_mail(
        link=site.address(f"/identity/link/{token}"), minutes=MINUTES, language=language
    )
    _send(session, token, address, words, language)
    return token


def _new_link(
    session: Session,
    site: Site,
    kind: str,
    address: str,
    now: datetime,
    *,
    next_path: str,
    language: str,
    participant_id: int | None = None,
) -> str | None:
    known = keys.address_hash(site.secret, address)
    refused = _too_many(session, known, now)
    events.note(
        session,
        kind="link" if kind == "sign_in" else kind,
        outcome="too_many" if refused else "sent",
        address_hash=known,
        participant_id=participant_id,
        now=now,
    )
    if refused:
        return None
    token = keys.new_token()
    session.add(
        IdentityLink(
            token_hash=keys.link_hash(token),
            kind=kind,
            address=address,
            address_hash=known,
            participant_id=participant_id,
            next_path=next_path,
            language=language,
            created_at=now,
            expires_at=now + LIFE,
        )
    )
    session.flush()
    return token


def _too_many(session: Session, address_hash: bytes, now: datetime) -> bool:
    """Whether the address has had its links of this hour or day."""
    since = func.count().filter(IdentityLink.created_at > now - timedelta(hours=1))
    row = session.execute(
        select(since, func.count()).where(
            IdentityLink.address_hash == address_hash, IdentityLink.created_at > now - timedelta(days=1)
        )
    ).one()
    return bool(row[0] >= AN_HOUR or row[1] >= A_DAY)


def _send(session: Session, token: str, address: str, words: mails.Words, language: str) -> None:
    queue_mail(
        session,
        key=f"identity-link:{keys.link_hash(token).hex()}",
        recipient=address,
        subject=words.subject,
        body=words.body,
        language=language,
    )


def find_link(session: Session, *, token: str) -> IdentityLink | None:
    """The link of this secret, whatever became of it."""
    return session.scalar(select(IdentityLink).where(IdentityLink.token_hash == keys.link_hash(token)))


def state_of(link: IdentityLink | None, now: datetime) -> State:
    """Whether a link can be used now, else why not."""
    if link is None:
        return "unknown"
    if link.used_at is not None:
        return "used"
    return "open" if link.expires_at > now else "expired"


def take_link(session: Session, *, token: str, kind: str, now: datetime) -> tuple[IdentityLink, str]:
    """The link, used up by this call alone, and its address. Raises LinkEnded for all who come later."""
    taken = (
        update(IdentityLink)
        .where(
            IdentityLink.token_hash == keys.link_hash(token),
            IdentityLink.kind == kind,
            IdentityLink.used_at.is_(None),
            IdentityLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(IdentityLink)
        .execution_options(populate_existing=True)
    )
    link = session.scalar(taken)
    if link is None:
        raise LinkEnded(state_of(find_link(session, token=token), now))
    address, link.address = link.address, ""
    session.flush()
    return link, address


def use_link(
    session: Session, *, token: str, device: Device, include_device: bool, now: datetime
) -> tuple[str, str]:
    """Confirm the address: the browser's new token, and where its reader was. Raises LinkEnded.

    Other links that the address still has are used up too.
    """
    link, address = take_link(session, token=token, kind="sign_in", now=now)
    person = raise_participant(
        session,
        device=device.participant,
        proof=Proof(EMAIL, email=address),
        include_device=include_device,
        now=now,
    )
    person.language = link.language
    session.execute(
        update(IdentityLink)
        .where(
            IdentityLink.address_hash == link.address_hash,
            IdentityLink.kind == "sign_in",
            IdentityLink.used_at.is_(None),
        )
        .values(used_at=now, address="")
    )
    events.note(
        session,
        kind="link",
        outcome="used",
        address_hash=link.address_hash,
        participant_id=person.id,
        now=now,
    )
    return change_token(session, device=device, person=person, now=now), link.next_path


def change_token(session: Session, *, device: Device, person: Participant, now: datetime) -> str:
    """A new token for the browser; the one it had until now is worth nothing any more.

    Empty for a browser that is signed in with a password.
    """
    if device.by_account:
        return ""
    if device.token:
        tokens.end_token(session, token=device.token, now=now)
    return tokens.issue_token(session, participant=person, now=now)

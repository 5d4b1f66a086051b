"""Who speaks for a group: invited by e-mail, accepted once, ended; and the rule by which they decide."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.accounts.models import Account, Delegation, StakeholderGroup
from mobility.accounts.services import delegate, save_account
from mobility.consultation import proposals
from mobility.errors import Invalid, NotFound
from mobility.groups import letters
from mobility.groups.models import GroupInvitation, GroupPosition, GroupRuleChange

VALID = timedelta(days=7)
KEPT = timedelta(days=30)
"""How long the address of an invitation that ran out is kept, so that a new link can be sent."""
OPEN_LIMIT = 20
NAME_LIMIT = 80
ADDRESS_LIMIT = 254


@dataclass(frozen=True)
class Welcome:
    """An invitation that can be accepted: to which group, and by which account if there is one already."""

    invitation: GroupInvitation
    group: StakeholderGroup
    account: Account | None


def invite(
    session: Session,
    *,
    group: StakeholderGroup,
    email: str,
    language: str,
    account_id: int | None,
    plan_id: int | None,
    make_url: Callable[[str], str],
    now: datetime,
    recognised: bool = False,
    by: str = "",
) -> GroupInvitation:
    """Ask somebody by e-mail to speak for the group; a new link takes the place of an open one.

    Raises Invalid("email") for an address that is none, or whose account speaks for the group already.
    """
    address = check_address(email)
    proposals.lock_group(session, group_id=group.id)
    here = (person.email.lower() for person in proposals.delegates_of(session, group_id=group.id, now=now))
    if address.lower() in here:
        raise Invalid("email", _l("This person speaks for the group already."))
    _close(
        session,
        GroupInvitation.group_id == group.id,
        func.lower(GroupInvitation.email) == address.lower(),
        now=now,
    )
    open_ = select(func.count()).where(
        GroupInvitation.group_id == group.id, GroupInvitation.email.is_not(None)
    )
    if (session.scalar(open_) or 0) >= OPEN_LIMIT:
        raise Invalid("email", _l("Many invitations are open already. Take one back first."))
    secret = secrets.token_urlsafe(24)
    made = GroupInvitation(
        group_id=group.id,
        email=address,
        language=language,
        link_hash=_hash(secret),
        invited_by=account_id,
        created_at=now,
        expires_at=now + VALID,
    )
    session.add(made)
    session.flush()
    letters.invite_delegate(
        session, invitation=made, group=group, url=make_url(secret), recognised=recognised, by=by
    )
    note(session, "group.invite", group.id, account_id, plan_id)
    return made


def check_address(typed: str) -> str:
    """The address, trimmed. Raises Invalid("email")."""
    address = typed.strip()
    name, mark, host = address.rpartition("@")
    broken = not mark or not name or "." not in host or host.startswith(".") or host.endswith(".")
    if (
        broken
        or len(address) > ADDRESS_LIMIT
        or not address.isprintable()
        or any(ch in ' ,;<>"' for ch in address)
    ):
        raise Invalid("email", _l("Write an e-mail address, such as name@example.org."))
    return address


def find_invitation(session: Session, *, secret: str, now: datetime) -> Welcome:
    """The open invitation of a link. Raises NotFound for used, old and taken-back ones."""
    query = (
        select(GroupInvitation, StakeholderGroup, Account)
        .join(StakeholderGroup, StakeholderGroup.id == GroupInvitation.group_id)
        .outerjoin(Account, func.lower(Account.email) == func.lower(GroupInvitation.email))
        .where(
            GroupInvitation.link_hash == _hash(secret),
            GroupInvitation.email.is_not(None),
            GroupInvitation.expires_at > now,
            StakeholderGroup.active,
        )
        .with_for_update(of=GroupInvitation)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(_l("This invitation has been used already, was taken back, or is too old."))
    return Welcome(row[0], row[1], row[2])


def accept(session: Session, *, secret: str, name: str, password: str, now: datetime) -> Account:
    """The person speaks for the group from now on; without an account one is made with name and password.

    Raises NotFound, and Invalid for the name or password of a new account.
    """
    found = find_invitation(session, secret=secret, now=now)
    invitation, account = found.invitation, found.account
    if account is None:
        words = " ".join(name.split())
        if not words or len(words) > NAME_LIMIT:
            raise Invalid("name", _l("Write your name as the other delegates know you."))
        account = save_account(
            session,
            email=invitation.email or "",
            name=words,
            password=password,
            language=invitation.language,
        )
    elif not account.active:
        raise NotFound(_l("The account with this address is closed. Write to the city."))
    proposals.lock_group(session, group_id=found.group.id)
    delegate(session, account=account, group=found.group)
    session.execute(
        update(Delegation)
        .where(Delegation.group_id == found.group.id, Delegation.account_id == account.id)
        .values(since=now)
    )
    invitation.email, invitation.accepted_at = None, now
    session.flush()
    note(session, "delegation.begin", found.group.id, account.id, None, person=account.id)
    return account


def take_back(session: Session, *, group_id: int, invitation_id: int, now: datetime) -> None:
    """The link of an open invitation works no longer."""
    _close(session, GroupInvitation.group_id == group_id, GroupInvitation.id == invitation_id, now=now)


def _close(session: Session, *which: object, now: datetime) -> None:
    session.execute(
        update(GroupInvitation)
        .where(*which, GroupInvitation.email.is_not(None))  # type: ignore[arg-type]
        .values(email=None, ended_at=now)
    )


def forget_stale(session: Session, *, now: datetime) -> None:
    """The addresses of invitations that nobody accepted for a month are forgotten."""
    _close(session, GroupInvitation.expires_at < now - KEPT, now=now)


def open_invitations(session: Session, *, group_id: int) -> list[GroupInvitation]:
    """Invitations that were not accepted, the newest first; also those that have become too old."""
    query = select(GroupInvitation).where(
        GroupInvitation.group_id == group_id, GroupInvitation.email.is_not(None)
    )
    return list(session.scalars(query.order_by(GroupInvitation.id.desc()).limit(OPEN_LIMIT)))


def end_delegation(
    session: Session, *, group_id: int, person_id: int, account_id: int, plan_id: int | None, now: datetime
) -> None:
    """The person speaks for the group no longer. What counted for the group stays; what waited is taken back.

    Raises NotFound when the person was no delegate.
    """
    proposals.lock_group(session, group_id=group_id)
    if person_id not in {each.id for each in proposals.delegates_of(session, group_id=group_id, now=now)}:
        raise NotFound
    mine = (Delegation.group_id == group_id) & (Delegation.account_id == person_id)
    session.execute(update(Delegation).where(mine).values(until=now))
    proposals.end_all_by(session, group_id=group_id, account_id=person_id, now=now)
    session.execute(
        update(GroupPosition)
        .where(
            GroupPosition.group_id == group_id,
            GroupPosition.proposed_by == person_id,
            GroupPosition.state == "proposed",
        )
        .values(state="draft", proposed_by=None)
    )
    session.execute(
        update(GroupPosition)
        .where(GroupPosition.group_id == group_id, GroupPosition.proposed_by == person_id)
        .values(proposed_by=None)
    )
    session.execute(
        delete(GroupRuleChange).where(
            GroupRuleChange.group_id == group_id, GroupRuleChange.proposed_by == person_id
        )
    )
    note(session, "delegation.end", group_id, account_id, plan_id, person=person_id)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def note(
    session: Session,
    action: str,
    group_id: int,
    account_id: int | None,
    plan_id: int | None,
    **details: object,
) -> None:
    """A line of the audit log about a group."""
    record(
        session,
        action=action,
        account_id=account_id,
        plan_id=plan_id,
        subject="group",
        subject_id=group_id,
        details=details,
    )

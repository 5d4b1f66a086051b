"""Accounts, participants and delegations: find them, make them, check a password."""

from __future__ import annotations

import hashlib
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import (
    ANONYMOUS,
    INVITATION,
    Account,
    Delegation,
    Participant,
    ParticipantToken,
    PlanGroup,
    StakeholderGroup,
)
from mobility.accounts.passwords import PASSWORD_MIN, hash_password, verify_password
from mobility.accounts.permissions import ADMINISTRATOR, PLAN_ROLES, STAFF_ROLES
from mobility.accounts.roles import grant_role
from mobility.errors import Invalid


def token_hash(token: str) -> bytes:
    """SHA-256 of a participant's token: the database never holds the token itself."""
    return hashlib.sha256(token.encode()).digest()


def token_participant(
    session: Session, *, token: str, create: bool, now: datetime | None = None
) -> Participant | None:
    """The participant of a browser's token; made when missing and `create`, safe under double clicks.

    A token that has ended belongs to nobody, and no new participant is made for it. With `create` the
    participant is held until the transaction ends: nobody merges it meanwhile.
    """
    key = token_hash(token)
    moment = func.now() if now is None else now
    wanted = (
        select(Participant)
        .join(ParticipantToken, ParticipantToken.participant_id == Participant.id)
        .where(
            ParticipantToken.token_hash == key,
            ParticipantToken.expires_at.is_(None) | (ParticipantToken.expires_at > moment),
            Participant.merged_into.is_(None),
        )
    )
    if create:
        wanted = wanted.with_for_update(key_share=True, read=True, of=Participant)
    found: Participant | None = session.scalar(wanted)
    if found is None and create:
        made = session.scalar(insert(Participant).values(identity_level=ANONYMOUS).returning(Participant.id))
        known = insert(ParticipantToken).values(token_hash=key, participant_id=made)
        entry = known.on_conflict_do_nothing().returning(ParticipantToken.token_hash)
        if session.scalar(entry) is None:
            session.execute(delete(Participant).where(Participant.id == made))
        found = session.scalar(wanted)
    return found


def account_participant(session: Session, *, account: Account, create: bool) -> Participant | None:
    """The participant of a signed-in account, whose identity the city vouches for by invitation."""
    wanted = select(Participant).where(Participant.account_id == account.id)
    found: Participant | None = session.scalar(wanted)
    if found is None and create:
        values = {"account_id": account.id, "identity_level": INVITATION}
        session.execute(insert(Participant).values(values).on_conflict_do_nothing())
        found = session.scalar(wanted)
    return found


def authenticate(session: Session, *, email: str, password: str, now: datetime) -> Account | None:
    """The active account with this address and password, else None; takes as long for unknown addresses.

    Who has a second factor is signed in only after its code.
    """
    account: Account | None = session.scalar(
        select(Account).where(func.lower(Account.email) == email.strip().lower())
    )
    if not verify_password(account, password) or account is None or not account.active:
        return None
    if not account.has_second_factor:
        account.last_sign_in_at = now
    session.flush()
    return account


def save_account(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    role: str = "member",
    language: str | None = None,
) -> Account:
    """The account with this address, made or updated; `role` is a staff role, or `member`.

    A role other than administrator is given for every plan. Raises Invalid for a short password or an
    unknown role.
    """
    if len(password) < PASSWORD_MIN:
        raise Invalid("password", _l("A password needs at least %(n)d characters.", n=PASSWORD_MIN))
    if role not in (*STAFF_ROLES, "member"):
        known = ", ".join((*STAFF_ROLES, "member"))
        raise Invalid("role", _l("Unknown role. Choose one of: %(roles)s.", roles=known))
    if "@" not in email:
        raise Invalid("email", _l("This is not an e-mail address."))
    account = session.scalar(select(Account).where(func.lower(Account.email) == email.strip().lower()))
    if account is None:
        account = Account(email=email.strip())
        session.add(account)
    account.name, account.language, account.active = name, language, True
    account.role = role if role == ADMINISTRATOR else "member"
    account.password_hash = hash_password(password)
    session.flush()
    if role in PLAN_ROLES:
        grant_role(session, account=account, role=role, plan_id=None)
    return account


def delegate(session: Session, *, account: Account, group: StakeholderGroup) -> None:
    """Let the account vote for the group from now on."""
    session.execute(
        insert(Delegation)
        .values(account_id=account.id, group_id=group.id)
        .on_conflict_do_update(
            index_elements=[Delegation.group_id, Delegation.account_id], set_={"until": None}
        )
    )


def delegated_groups(
    session: Session, *, account_id: int, plan_id: int, now: datetime
) -> list[StakeholderGroup]:
    """The active groups invited to the plan for which the account may vote now, by name."""
    query = (
        select(StakeholderGroup)
        .join(Delegation, Delegation.group_id == StakeholderGroup.id)
        .join(PlanGroup, PlanGroup.group_id == StakeholderGroup.id)
        .where(
            Delegation.account_id == account_id,
            PlanGroup.plan_id == plan_id,
            StakeholderGroup.active,
            (Delegation.until.is_(None)) | (Delegation.until > now),
        )
        .order_by(StakeholderGroup.slug)
    )
    return list(session.scalars(query))


def accounts_of_domain(session: Session, *, domain: str) -> list[Account]:
    """The active accounts whose address ends in this domain, staff first; at most 10."""
    query = select(Account).where(Account.active, Account.email.endswith(f"@{domain}", autoescape=True))
    return list(session.scalars(query.order_by((Account.role == "member"), Account.id).limit(10)))

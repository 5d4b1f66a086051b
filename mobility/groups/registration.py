"""A group asks to be heard; its contact proves the address; a planner recognises it or declines."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.accounts.models import GROUP_RULES, PlanGroup, StakeholderGroup
from mobility.db import I18n
from mobility.errors import Conflict, Invalid, NotFound
from mobility.groups import documents, letters
from mobility.groups.delegates import invite
from mobility.groups.models import GroupDocument, GroupRegistration
from mobility.groups.names import alike, make_slug
from mobility.plans.models import Plan
from mobility.text import pick

LINK_DAYS = timedelta(days=7)
REASON_LIMIT = 1000
COMPARED = 2000
"""Groups of a city whose names are compared with a new one."""
MakeUrl = Callable[[str], str]


@dataclass(frozen=True)
class Application:
    """What a group says about itself."""

    name: I18n
    kind: str
    area: I18n
    about: I18n
    members: int | None
    website: str | None
    email: str
    language: str


def link_hash(secret: str) -> bytes:
    """What the database keeps of a link's secret."""
    return hashlib.sha256(secret.encode()).digest()


def register(
    session: Session,
    *,
    plan: Plan,
    application: Application,
    statute: documents.Prepared | None,
    make_url: MakeUrl,
    now: datetime,
) -> GroupRegistration:
    """Keep the application and ask the contact to prove the address."""
    secret = secrets.token_urlsafe(24)
    made = GroupRegistration(
        plan_id=plan.id,
        **vars(application),
        link_hash=link_hash(secret),
        created_at=now,
        expires_at=now + LINK_DAYS,
    )
    session.add(made)
    session.flush()
    if statute:
        documents.attach(session, prepared=statute, registration_id=made.id, now=now)
    letters.ask_to_confirm(session, registration=made, url=make_url(secret))
    return made


def forget_stale(session: Session, *, now: datetime, batch: int = 200) -> int:
    """Registrations whose address was never proved go, with their statutes; how many."""
    stale = select(GroupRegistration).where(
        GroupRegistration.state == "unconfirmed", GroupRegistration.expires_at < now
    )
    found = session.scalars(stale.limit(batch).with_for_update(skip_locked=True)).all()
    for asked in found:
        drop_registration(session, asked=asked, now=now)
    return len(found)


def drop_registration(session: Session, *, asked: GroupRegistration, now: datetime) -> None:
    """The registration goes, and the file of its statute with it."""
    papers = select(GroupDocument).where(GroupDocument.registration_id == asked.id)
    for paper in session.scalars(papers).all():
        documents.remove_document(session, document=paper, now=now)
    session.delete(asked)
    session.flush()


def find_link(session: Session, *, secret: str, now: datetime) -> tuple[GroupRegistration, Plan]:
    """The registration whose address this link proves. Raises NotFound for used and old links."""
    query = (
        select(GroupRegistration, Plan)
        .join(Plan, Plan.id == GroupRegistration.plan_id)
        .where(GroupRegistration.link_hash == link_hash(secret), GroupRegistration.expires_at > now)
        .with_for_update(of=GroupRegistration)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(_l("This link has been used already or is too old."))
    return row[0], row[1]


def confirm_address(session: Session, *, secret: str, now: datetime) -> tuple[GroupRegistration, Plan]:
    """The contact has the address: the registration goes to the city. The link works once."""
    registration, plan = find_link(session, secret=secret, now=now)
    registration.state, registration.link_hash = "requested", None
    session.flush()
    return registration, plan


def take_requested(session: Session, *, plan_id: int, registration_id: int) -> GroupRegistration:
    """The registration that waits for a decision, locked. Raises NotFound, Conflict when it is decided."""
    found = find_registration(session, plan_id=plan_id, registration_id=registration_id, lock=True)
    if found.state not in ("requested", "unconfirmed"):
        raise Conflict(_l("Somebody decided about this registration meanwhile."))
    return found


def find_registration(
    session: Session, *, plan_id: int, registration_id: int, lock: bool = False
) -> GroupRegistration:
    """One registration of the plan. Raises NotFound."""
    query = select(GroupRegistration).where(
        GroupRegistration.id == registration_id, GroupRegistration.plan_id == plan_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query) if registration_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def recognise(
    session: Session,
    *,
    plan: Plan,
    registration_id: int,
    rule: str,
    account_id: int,
    make_url: MakeUrl,
    now: datetime,
) -> StakeholderGroup:
    """The group may speak on the plan; its contact is invited as the first delegate.

    Raises NotFound, Conflict when it was decided, Invalid while the address is not proved.
    """
    if rule not in GROUP_RULES:
        raise Invalid("rule", _l("Choose one."))
    asked = take_requested(session, plan_id=plan.id, registration_id=registration_id)
    if asked.state == "unconfirmed" or not asked.email:
        raise Invalid("rule", _l("The contact has not confirmed the address yet."))
    taken = session.scalars(select(StakeholderGroup.slug).where(StakeholderGroup.city_id == plan.city_id))
    group = StakeholderGroup(
        city_id=plan.city_id,
        slug=make_slug(pick(asked.name, plan.languages[0]), set(taken)),
        name=asked.name,
        kind=asked.kind,
        about=asked.about,
        members=asked.members,
        area=asked.area,
        website=asked.website,
        rule=rule,
        recognised_at=now,
    )
    session.add(group)
    session.flush()
    session.execute(insert(PlanGroup).values(plan_id=plan.id, group_id=group.id))
    email = asked.email
    _decide(asked, "recognised", account_id, now)
    asked.group_id = group.id
    invite(
        session,
        group=group,
        email=email,
        language=asked.language,
        account_id=account_id,
        plan_id=plan.id,
        make_url=make_url,
        now=now,
        recognised=True,
    )
    _note(session, "group.recognise", asked, account_id, {"group": group.id, "rule": rule})
    return group


def decline(
    session: Session, *, plan_id: int, registration_id: int, reason: str, account_id: int, now: datetime
) -> None:
    """The group is not recognised; its contact reads why.

    Raises NotFound, Conflict when it was decided, Invalid without a reason.
    """
    words = reason.strip()
    if not words or len(words) > REASON_LIMIT:
        raise Invalid("reason", _l("Give a reason of at most %(limit)d characters.", limit=REASON_LIMIT))
    asked = take_requested(session, plan_id=plan_id, registration_id=registration_id)
    proved = asked.state == "requested"
    asked.reason = words
    if proved and asked.email:
        letters.tell_declined(session, registration=asked)
    _decide(asked, "declined", account_id, now)
    _note(session, "group.decline", asked, account_id, {})


def _decide(asked: GroupRegistration, state: str, account_id: int, now: datetime) -> None:
    asked.state, asked.decided_at, asked.decided_by = state, now, account_id
    asked.email, asked.link_hash = None, None


def _note(
    session: Session, action: str, asked: GroupRegistration, account_id: int, details: dict[str, Any]
) -> None:
    record(
        session,
        action=action,
        account_id=account_id,
        plan_id=asked.plan_id,
        subject="group_registration",
        subject_id=asked.id,
        details=details,
    )


def groups_alike(session: Session, *, city_id: int, name: I18n) -> list[StakeholderGroup]:
    """Recognised groups of the city that people may take for one of this name."""
    query = select(StakeholderGroup).where(StakeholderGroup.city_id == city_id, StakeholderGroup.active)
    rows = session.scalars(query.order_by(StakeholderGroup.slug).limit(COMPARED))
    return [group for group in rows if alike(group.name, name)][:5]


def registrations_alike(session: Session, *, asked: GroupRegistration) -> list[GroupRegistration]:
    """Other registrations for the plan, waiting or declined, under a similar name."""
    query = select(GroupRegistration).where(
        GroupRegistration.plan_id == asked.plan_id,
        GroupRegistration.id != asked.id,
        GroupRegistration.state.in_(("requested", "declined")),
    )
    rows = session.scalars(query.order_by(GroupRegistration.id.desc()).limit(COMPARED))
    return [each for each in rows if alike(each.name, asked.name)][:5]

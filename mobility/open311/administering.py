"""Set up the systems to which comments of a plan are handed on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.consultation.models import Topic
from mobility.errors import Invalid, NotFound
from mobility.offices.models import Office
from mobility.open311.forwarding import seal_key
from mobility.open311.models import Endpoint, EndpointRule, Forward, ForwardLog
from mobility.outgoing import OutgoingError, OutgoingRefused, check_url, resolve
from mobility.plans.models import Plan

SHOWN = 50
LARGEST = 2**63


def endpoints_of(session: Session, *, plan_id: int) -> list[Endpoint]:
    """The systems of a plan; at most 50."""
    query = select(Endpoint).where(Endpoint.plan_id == plan_id).order_by(Endpoint.id).limit(SHOWN)
    return list(session.scalars(query))


def find_endpoint(session: Session, *, plan_id: int, endpoint_id: int) -> Endpoint:
    """A system of the plan. Raises NotFound."""
    found = session.get(Endpoint, endpoint_id) if endpoint_id < LARGEST else None
    if found is None or found.plan_id != plan_id:
        raise NotFound
    return found


def save_endpoint(
    session: Session,
    *,
    plan: Plan,
    endpoint: Endpoint | None,
    name: str,
    url: str,
    jurisdiction: str,
    key: str,
    active: bool,
    secret: str,
    hosts: Collection[str],
    account_id: int,
    now: datetime,
) -> Endpoint:
    """The system, new or changed; an empty key leaves the one that is kept.

    Raises Invalid for an address that must not be asked: not https, or inside the network.
    """
    address = url.strip().rstrip("/")
    try:
        target = check_url(address, hosts=hosts)
        resolve(target)
    except OutgoingRefused as error:
        words = {
            "scheme": _l("The address begins with https://."),
            "url": _l("This is not the address of a service."),
            "address": _l("This address lies inside the network of the platform."),
        }
        raise Invalid("url", words.get(error.code, words["url"])) from None
    except OutgoingError:  # the name is not known today: each sending looks again
        pass
    if "?" in target.path:
        raise Invalid("url", _l("Leave out what stands after the question mark."))
    found = endpoint or Endpoint(plan_id=plan.id, since=now)
    if endpoint is not None and active and not endpoint.active:
        found.since = now
    if endpoint is not None and address != endpoint.url and not key:
        found.key_sealed = None
    found.name, found.url, found.active = name.strip(), address, active
    found.jurisdiction = jurisdiction.strip() or None
    if key:
        found.key_sealed = seal_key(secret, key)
    session.add(found)
    session.flush()
    record(session, action="open311.save", account_id=account_id, plan_id=plan.id, subject="open311_endpoint",
           subject_id=found.id, details={"active": active})  # fmt: skip
    return found


def save_rule(
    session: Session, *, endpoint: Endpoint, topic: str, office: str, service_code: str, account_id: int
) -> None:
    """One more rule; the same topic and office again only changes the code. Raises Invalid."""
    topic_id = office_id = None
    if topic:
        topic_id = session.scalar(
            select(Topic.id).where(Topic.plan_id == endpoint.plan_id, Topic.slug == topic)
        )
    if office:
        city = select(Plan.city_id).where(Plan.id == endpoint.plan_id).scalar_subquery()
        office_id = session.scalar(select(Office.id).where(Office.city_id == city, Office.slug == office))
    if (topic and topic_id is None) or (office and office_id is None):
        raise Invalid("topic", _l("Choose from the list."))
    values = {
        "endpoint_id": endpoint.id,
        "topic_id": topic_id,
        "office_id": office_id,
        "service_code": service_code.strip(),
    }
    session.execute(
        insert(EndpointRule)
        .values(values)
        .on_conflict_do_update(
            index_elements=["endpoint_id", "topic_id", "office_id"],
            set_={"service_code": values["service_code"]},
        )
    )
    record(session, action="open311.rule", account_id=account_id, plan_id=endpoint.plan_id,
           subject="open311_endpoint", subject_id=endpoint.id)  # fmt: skip


def drop_rule(session: Session, *, endpoint: Endpoint, rule_id: int, account_id: int) -> None:
    """The rule is gone; what was handed on stays. Raises NotFound."""
    rule = session.get(EndpointRule, rule_id) if rule_id < LARGEST else None
    if rule is None or rule.endpoint_id != endpoint.id:
        raise NotFound
    session.delete(rule)
    session.flush()
    record(session, action="open311.drop_rule", account_id=account_id, plan_id=endpoint.plan_id,
           subject="open311_endpoint", subject_id=endpoint.id)  # fmt: skip


def rules_of(session: Session, *, endpoint_id: int) -> list[Any]:
    """The rules with the names of topic and office; at most 200."""
    query = (
        select(EndpointRule.id, EndpointRule.service_code, Topic.label, Office.name)
        .outerjoin(Topic, Topic.id == EndpointRule.topic_id)
        .outerjoin(Office, Office.id == EndpointRule.office_id)
        .where(EndpointRule.endpoint_id == endpoint_id)
    )
    return list(session.execute(query.order_by(EndpointRule.id).limit(200)))


def counts_of(session: Session, *, endpoint_id: int) -> dict[str, int]:
    """How many comments are in which state."""
    query = select(Forward.state, func.count()).where(Forward.endpoint_id == endpoint_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(Forward.state))}


def log_of(session: Session, *, endpoint_id: int) -> list[Any]:
    """The last exchanges, the newest first; at most 50."""
    query = (
        select(ForwardLog.at, ForwardLog.act, ForwardLog.outcome, ForwardLog.http_status,
               Forward.comment_id, Forward.remote_id, Forward.state, Forward.remote_status)
        .join(Forward, Forward.id == ForwardLog.forward_id)
        .where(Forward.endpoint_id == endpoint_id)
    )  # fmt: skip
    return list(session.execute(query.order_by(ForwardLog.id.desc()).limit(SHOWN)))


def forwards_of(session: Session, *, comment_id: int) -> list[Any]:
    """Where a comment was handed on to, and how it stands there; without what failed."""
    query = (
        select(Endpoint.name, Forward.state, Forward.remote_id, Forward.remote_status, Forward.remote_notes,
               Forward.sent_at, Forward.checked_at)
        .join(Endpoint, Endpoint.id == Forward.endpoint_id)
        .where(Forward.comment_id == comment_id, Forward.state.in_(("token", "sent", "closed")))
    )  # fmt: skip
    return list(session.execute(query.order_by(Forward.id)))

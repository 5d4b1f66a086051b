"""Loading the plan: itself, its groups and its topics."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.errors import Conflict
from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.writing import Changes, columns, identities, remove, stored, table, upsert

_PLAN = ("slug", "title", "summary", "languages", "view", "status", "licence", "privacy")
_TOPIC = ("slug", "label", "sensitive")


def load_plan(session: Session, bundle: Bundle, city_id: int, changes: Changes) -> int:
    """The id of the plan, written with its groups. Raises Conflict when another city has the slug."""
    plan = bundle.plan
    target = table("plan")
    owner = session.execute(select(target.c.city_id).where(target.c.slug == plan.slug)).scalar()
    if owner is not None and owner != city_id:
        raise Conflict(_l("Another city already has a plan with the address “%(slug)s”.", slug=plan.slug))
    row = {**columns(plan, _PLAN), "city_id": city_id, "boundary": stored(bundle.boundary)}
    upsert(session, "plan", [row], ["slug"], changes)
    plan_id = int(session.execute(select(target.c.id).where(target.c.slug == plan.slug)).scalar_one())
    _load_groups(session, bundle, city_id, plan_id, changes)
    return plan_id


def load_topics(session: Session, bundle: Bundle, plan_id: int, changes: Changes) -> None:
    """Writes the topics in their order."""
    rows = [
        {**columns(topic, _TOPIC), "plan_id": plan_id, "position": position}
        for position, topic in enumerate(bundle.topics, 1)
    ]
    upsert(session, "topic", rows, ["plan_id", "slug"], changes)


def _load_groups(session: Session, bundle: Bundle, city_id: int, plan_id: int, changes: Changes) -> None:
    ids = identities(session, "stakeholder_group", "slug", "city_id", city_id)
    target = table("plan_group")
    wanted = {ids[slug] for slug in bundle.plan.groups}
    found = session.execute(select(target.c.group_id).where(target.c.plan_id == plan_id))
    there = {int(group_id) for (group_id,) in found}
    if there - wanted:
        gone = target.c.group_id.in_(there - wanted)
        remove(session, "plan_group", changes, target.c.plan_id == plan_id, gone)
    if wanted - there:
        rows = [{"plan_id": plan_id, "group_id": group_id} for group_id in sorted(wanted - there)]
        session.execute(target.insert(), rows)
        changes.of("plan_group").created += len(rows)

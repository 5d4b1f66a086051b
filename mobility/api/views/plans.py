"""Plans with their phases, topics, offices and groups."""

from __future__ import annotations

from flask import Response

from mobility.api import queries, shapes
from mobility.api.document import described
from mobility.api.schemas import plans as types
from mobility.api.schemas.asked import Paged, Query
from mobility.api.views.blueprint import base, bp, each, listed, now, one, page_address, public_plan
from mobility.extensions import db
from mobility.groups.queries import find_group


@bp.get("/plans")
@described(types.PlanPage, tag="Plans", query=Paged)
def plans() -> Response:
    """List plans

    Every plan that is public, the oldest first.
    """
    return listed(*queries.plans(), each(lambda row: shapes.plan(row.Plan, row.City, base())))


@bp.get("/plans/<slug>")
@described(types.PlanInFull, tag="Plans", query=Query)
def plan(slug: str) -> Response:
    """Read a plan

    With the boundary of its consultation.
    """
    found, city = public_plan(slug)
    boundary = shapes.shape(queries.boundary(db.session, plan_id=found.id))
    return one({**shapes.plan(found, city, base()), "boundary": boundary})


@bp.get("/plans/<slug>/phases")
@described(types.PhasePage, tag="Plans", query=Paged)
def phases(slug: str) -> Response:
    """List phases

    In order of time.
    """
    found, _city = public_plan(slug)
    moment = now()
    return listed(*queries.phases(found.id), each(lambda row: shapes.phase(row.Phase, moment)))


@bp.get("/plans/<slug>/topics")
@described(types.TopicPage, tag="Plans", query=Paged)
def topics(slug: str) -> Response:
    """List topics

    What comments are sorted by.
    """
    found, _city = public_plan(slug)
    return listed(*queries.topics(found.id), each(lambda row: shapes.copied(row.Topic, "slug", "label")))


@bp.get("/plans/<slug>/offices")
@described(types.OfficePage, tag="Plans", query=Paged)
def offices(slug: str) -> Response:
    """List offices

    The offices of the city that answer comments.
    """
    _found, city = public_plan(slug)
    names = ("slug", "name", "about", "email", "phone", "deadline_days", "active")
    return listed(*queries.offices(city.id), each(lambda row: shapes.copied(row.Office, *names)))


@bp.get("/plans/<slug>/groups")
@described(types.GroupPage, tag="Groups", query=Paged)
def groups(slug: str) -> Response:
    """List groups

    Organisations that the city has recognised for this plan.
    """
    found, _city = public_plan(slug)
    page = page_address(found)
    return listed(*queries.groups(found.id), each(lambda row: shapes.group(row.StakeholderGroup, page)))


@bp.get("/plans/<slug>/groups/<group>/positions")
@described(types.PositionPage, tag="Groups", query=Paged)
def positions(slug: str, group: str) -> Response:
    """List the votes of a group

    Groups vote in public. Votes of people are counted, and never listed.
    """
    found, _city = public_plan(slug)
    speaker = find_group(db.session, plan_id=found.id, slug=group)
    return listed(*queries.positions(found.id, speaker.id), each(shapes.position))


@bp.get("/plans/<slug>/groups/<group>/statements")
@described(types.StatementPage, tag="Groups", query=Paged)
def statements(slug: str, group: str) -> Response:
    """List the statements of a group

    What it says about measures in its own words.
    """
    found, _city = public_plan(slug)
    speaker = find_group(db.session, plan_id=found.id, slug=group)
    show = each(lambda row: shapes.statement(row.GroupPosition, row.measure, speaker.slug))
    return listed(*queries.statements(found.id, speaker.id), show)

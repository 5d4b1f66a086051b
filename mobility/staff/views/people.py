"""The list of accounts, and the invitation of a colleague."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.accounts import staff
from mobility.accounts.views.sessions import base_url, me, page
from mobility.db import unit_of_work
from mobility.errors import Invalid
from mobility.extensions import db, limiter
from mobility.staff import queries
from mobility.staff.forms import InviteForm
from mobility.staff.views.blueprint import bp, only
from mobility.staff.words import role_words
from mobility.text import pick

SHOWN = ("staff", "members", "closed")


@bp.get("/staff")
@only("manage_staff")
def people() -> ResponseReturnValue:
    now = datetime.now(UTC)
    wanted = request.args.get("show", "")
    show = wanted if wanted in SHOWN else SHOWN[0]
    number = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    words = request.args.get("q", "").replace("\0", "")[:100].strip()
    found, total = queries.people(db.session, show=show, words=words, now=now, page=number)
    return page(
        "staff/people.html",
        people=found,
        held=queries.roles_held(db.session, account_ids=[each.id for each in found], now=now),
        roles=role_words(),
        show=show,
        words=words,
        number=number,
        pages=-(-total // queries.PAGE),
        total=total,
        page_url=lambda to: url_for("staff.people", show=show, q=words or None, page=to),
    )


def plan_choices() -> list[tuple[int, str]]:
    """The plans in which a role can be given, with their titles."""
    return [(plan.id, pick(plan.title, web.language())) for plan in queries.all_plans(db.session)]


@bp.get("/staff/invite")
@only("manage_staff")
def invite() -> ResponseReturnValue:
    return page("staff/invite.html", form=InviteForm(role="planner").with_plans(plan_choices()))


@bp.post("/staff/invite")
@limiter.limit("20 per minute; 100 per hour")
@only("manage_staff")
def invite_submit() -> ResponseReturnValue:
    form = InviteForm().with_plans(plan_choices())
    try:
        if not form.validate_on_submit():
            return page("staff/invite.html", 422, form=form)
        with unit_of_work() as session:
            account = staff.invite(
                session,
                email=form.email.data or "",
                language=web.language(),
                by=me().id,
                now=datetime.now(UTC),
                base_url=base_url(),
            )
            staff.give_role(session, account=account, role=form.role.data, plan_id=form.plan_id, by=me().id)
    except Invalid as error:
        form[error.field].errors = [error.message]
        return page("staff/invite.html", 422, form=form)
    flash(
        _("The invitation is on its way to %(email)s. It holds for 7 days.", email=account.email), "success"
    )
    return redirect(url_for("staff.person", account_id=account.id), 303)

"""One's own page: the groups for which one may vote, where, and what they have voted so far."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.accounts.entering import last_sign_ins
from mobility.consultation import proposals
from mobility.extensions import db
from mobility.insight import cards, queries
from mobility.insight.views.blueprint import bp
from mobility.plans.queries import open_plans


@bp.get("/account")
def account() -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=url_for("insight.account")))
    html = render_template(
        "insight/account.html",
        groups=read_groups(),
        staff=web.may("see_desk"),
        administers=web.may("manage_staff"),
        owed=web.owes_second_factor(),
        sign_ins=last_sign_ins(db.session, account_id=current_user.id, limit=3),
        plans=[plan for plan, _city in open_plans(db.session) if web.may("see_desk", plan.id)],
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


def read_groups() -> list[cards.Card]:
    """One card for each group and plan: whether voting is open, and the votes with their reasons."""
    now, language = datetime.now(UTC), web.language()
    pairs = queries.my_groups(db.session, account_id=current_user.id, now=now)
    votes = queries.votes_of_groups(db.session, group_ids={group.id for group, _plan in pairs})
    waiting = proposals.waiting_rows(db.session, group_ids={group.id for group, _plan in pairs})
    subjects = queries.subjects_of(db.session, proposals=[row[0] for row in waiting])
    phases = queries.phases_of_plans(db.session, plan_ids={plan.id for _group, plan in pairs})
    return [
        cards.group_card(
            group,
            plan,
            [vote for vote in votes if vote.group_id == group.id and vote.plan_id == plan.id],
            phases.get(plan.id, []),
            now=now,
            language=language,
        )
        | {
            "proposals": cards.waiting_cards(
                [row for row in waiting if row[0].group_id == group.id and row[0].plan_id == plan.id],
                subjects,
                slug=plan.slug,
                account_id=current_user.id,
                language=language,
            ),
            "manage_url": url_for("groups.manage", slug=plan.slug, group=group.slug),
            "page_url": url_for("groups.group", slug=plan.slug, group=group.slug),
        }
        for group, plan in pairs
    ]

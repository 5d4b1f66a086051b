"""One account: its roles, and what an administrator can do for its person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility.accounts import entering, staff
from mobility.accounts.models import Account
from mobility.accounts.views.sessions import base_url, me, page, proved
from mobility.db import unit_of_work
from mobility.errors import Conflict, Forbidden
from mobility.extensions import db, limiter
from mobility.staff import queries
from mobility.staff.forms import RoleForm
from mobility.staff.views.blueprint import bp, only
from mobility.staff.views.people import plan_choices
from mobility.staff.words import role_words

LIMIT = "60 per minute"


def _page(account: Account, form: RoleForm, status: int = 200) -> ResponseReturnValue:
    now = datetime.now(UTC)
    return page(
        "staff/person.html",
        status,
        colleague=account,
        held=queries.roles_held(db.session, account_ids=[account.id], now=now)[account.id],
        roles=role_words(),
        form=form,
        sign_ins=entering.last_sign_ins(db.session, account_id=account.id),
        own=account.id == me().id,
        can_reset=me().has_second_factor,
    )


@bp.get("/staff/<int:account_id>")
@only("manage_staff")
def person(account_id: int) -> ResponseReturnValue:
    account = queries.find_person(db.session, account_id=account_id)
    return _page(account, RoleForm().with_plans(plan_choices()))


def _act(account_id: int, act: Callable[[Session, Account], None], done: str) -> ResponseReturnValue:
    """Does it and says so; what cannot be done is said on the same page."""
    account = queries.find_person(db.session, account_id=account_id)
    try:
        with unit_of_work() as session:
            act(session, account)
        flash(done, "success")
    except Conflict as error:
        flash(str(error.message), "error")
    return redirect(url_for("staff.person", account_id=account_id), 303)


@bp.post("/staff/<int:account_id>/roles")
@limiter.limit(LIMIT)
@only("manage_staff")
def give_role(account_id: int) -> ResponseReturnValue:
    form = RoleForm().with_plans(plan_choices())
    if not form.validate_on_submit():
        return _page(queries.find_person(db.session, account_id=account_id), form, 422)
    return _act(
        account_id,
        lambda session, account: staff.give_role(
            session, account=account, role=form.role.data, plan_id=form.plan_id, by=me().id
        ),
        _("The role is given."),
    )


@bp.post("/staff/<int:account_id>/roles/end")
@limiter.limit(LIMIT)
@only("manage_staff")
def end_role(account_id: int) -> ResponseReturnValue:
    role = request.form.get("role", "")
    plan_id = request.form.get("plan", type=int)

    def end(session: Session, account: Account) -> None:
        now = datetime.now(UTC)
        if not staff.end_role(session, account=account, role=role, plan_id=plan_id, by=me().id, now=now):
            raise Conflict(_("This role was not held any more."))

    return _act(account_id, end, _("The role has ended."))


@bp.post("/staff/<int:account_id>/send-link")
@limiter.limit("20 per minute; 100 per hour")
@only("manage_staff")
def send_link(account_id: int) -> ResponseReturnValue:
    return _act(
        account_id,
        lambda session, account: staff.send_reset(
            session, account=account, by=me().id, now=datetime.now(UTC), base_url=base_url()
        ),
        _("The link is on its way by mail."),
    )


@bp.post("/staff/<int:account_id>/reset-second-factor")
@limiter.limit("20 per minute; 100 per hour")
@only("manage_staff")
def reset_second_factor(account_id: int) -> ResponseReturnValue:
    if not me().has_second_factor or me().id == account_id:
        raise Forbidden(_("Only a colleague with a second factor of their own can remove that of somebody."))
    if not proved(by_factor=True):
        back = url_for("staff.person", account_id=account_id)
        return redirect(url_for("accounts.prove_again", next=back), 303)
    return _act(
        account_id,
        lambda session, account: staff.reset_second_factor(
            session, account=account, by=me().id, base_url=base_url()
        ),
        _("The second factor is removed. The person was told by mail."),
    )


@bp.post("/staff/<int:account_id>/close")
@limiter.limit(LIMIT)
@only("manage_staff")
def close(account_id: int) -> ResponseReturnValue:
    return _act(
        account_id,
        lambda session, account: staff.close_account(
            session, account=account, by=me().id, now=datetime.now(UTC)
        ),
        _("The account is closed. Its sessions and delegations have ended."),
    )


@bp.post("/staff/<int:account_id>/open")
@limiter.limit(LIMIT)
@only("manage_staff")
def reopen(account_id: int) -> ResponseReturnValue:
    return _act(
        account_id,
        lambda session, account: staff.open_account(session, account=account, by=me().id),
        _("The account is open again."),
    )

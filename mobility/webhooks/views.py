"""Pages for administrators: the addresses that are told what happens, and what was sent to each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility import web
from mobility.accounts.views.sessions import me, page, secret_key
from mobility.db import unit_of_work
from mobility.errors import Conflict, Invalid
from mobility.extensions import db, limiter
from mobility.staff.queries import all_plans
from mobility.staff.views.blueprint import only
from mobility.text import pick
from mobility.webhooks import queries, services
from mobility.webhooks.forms import WebhookForm
from mobility.webhooks.models import Webhook
from mobility.webhooks.words import EVENT_WORDS, OFF_WORDS, fault_words

bp = Blueprint("webhooks", __name__)

ACTION = "manage_integrations"
LIMIT = "60 per minute"


def hosts() -> frozenset[str]:
    """The hosts inside the network that the operator allows."""
    found: frozenset[str] = current_app.config["OUTGOING_HOSTS"]
    return found


def plan_titles() -> dict[int, str]:
    return {plan.id: pick(plan.title, web.language()) for plan in all_plans(db.session)}


def show(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """A page with the words that all of them need."""
    return page(
        template,
        status,
        event_words=EVENT_WORDS,
        off_words=OFF_WORDS,
        fault_words=fault_words,
        plan_titles=plan_titles(),
        **values,
    )


@bp.get("/staff/integrations")
@only(ACTION)
def index() -> ResponseReturnValue:
    return show("webhooks/index.html", webhooks=queries.all_webhooks(db.session))


@bp.get("/staff/integrations/new")
@only(ACTION)
def new() -> ResponseReturnValue:
    return show("webhooks/new.html", form=WebhookForm().with_plans(list(plan_titles().items())))


@bp.post("/staff/integrations/new")
@limiter.limit(LIMIT)
@only(ACTION)
def create() -> ResponseReturnValue:
    form = WebhookForm().with_plans(list(plan_titles().items()))
    if not form.validate_on_submit():
        return show("webhooks/new.html", 422, form=form)
    try:
        with unit_of_work() as session:
            webhook, secret = services.add_webhook(
                session,
                **given(form),
                key=secret_key(),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form[error.field].errors = [error.message]
        return show("webhooks/new.html", 422, form=form)
    return show("webhooks/secret.html", webhook=webhook, secret=secret)


def given(form: WebhookForm) -> dict[str, Any]:
    """What the form says, as the services take it."""
    return {
        "name": form.name.data or "",
        "url": form.url.data or "",
        "events": form.events.data or [],
        "plan_id": form.plan_id,
        "account_id": me().id,
        "hosts": hosts(),
    }


@bp.get("/staff/integrations/<int:webhook_id>")
@only(ACTION)
def detail(webhook_id: int) -> ResponseReturnValue:
    webhook = queries.find_webhook(db.session, webhook_id=webhook_id)
    return show_detail(webhook, WebhookForm.of(webhook))


def show_detail(webhook: Webhook, form: WebhookForm, status: int = 200) -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    rows, older = queries.deliveries(
        db.session, webhook_id=webhook.id, before=min(before, 2**63 - 1) if before else None
    )
    return show(
        "webhooks/detail.html",
        status,
        webhook=webhook,
        form=form.with_plans(list(plan_titles().items())),
        rows=rows,
        attempts=queries.attempts_of(db.session, delivery_ids=[row[0].id for row in rows]),
        older_url=url_for("webhooks.detail", webhook_id=webhook.id, before=older) if older else "",
        newest_url=url_for("webhooks.detail", webhook_id=webhook.id) if before else "",
    )


@bp.post("/staff/integrations/<int:webhook_id>")
@limiter.limit(LIMIT)
@only(ACTION)
def change(webhook_id: int) -> ResponseReturnValue:
    webhook = queries.find_webhook(db.session, webhook_id=webhook_id)
    form = WebhookForm().with_plans(list(plan_titles().items()))
    if not form.validate_on_submit():
        return show_detail(webhook, form, 422)
    try:
        with unit_of_work() as session:
            services.change_webhook(session, webhook=webhook, **given(form))
    except Invalid as error:
        form[error.field].errors = [error.message]
        return show_detail(queries.find_webhook(db.session, webhook_id=webhook_id), form, 422)
    flash(_("Saved."), "success")
    return redirect(url_for("webhooks.detail", webhook_id=webhook_id), 303)


def act(webhook_id: int, do: Callable[[Session, Webhook], None], done: str) -> ResponseReturnValue:
    """Does it and says so; what cannot be done is said on the same page."""
    webhook = queries.find_webhook(db.session, webhook_id=webhook_id)
    try:
        with unit_of_work() as session:
            do(session, webhook)
        flash(done, "success")
    except Conflict as error:
        flash(str(error.message), "error")
    return redirect(url_for("webhooks.detail", webhook_id=webhook_id), 303)


@bp.post("/staff/integrations/<int:webhook_id>/ping")
@limiter.limit(LIMIT)
@only(ACTION)
def ping(webhook_id: int) -> ResponseReturnValue:
    return act(
        webhook_id,
        lambda session, webhook: services.ping(session, webhook=webhook, now=datetime.now(UTC)),
        _("The test message goes out within seconds. Load the page again to see what came of it."),
    )


@bp.post("/staff/integrations/<int:webhook_id>/switch")
@limiter.limit(LIMIT)
@only(ACTION)
def switch(webhook_id: int) -> ResponseReturnValue:
    on = request.form.get("on") == "1"
    return act(
        webhook_id,
        lambda session, webhook: services.switch(
            session, webhook=webhook, on=on, account_id=me().id, now=datetime.now(UTC)
        ),
        _("Switched on. What waited goes out now, the oldest first.") if on else _("Switched off."),
    )


@bp.post("/staff/integrations/<int:webhook_id>/secret")
@limiter.limit(LIMIT)
@only(ACTION)
def renew_secret(webhook_id: int) -> ResponseReturnValue:
    webhook = queries.find_webhook(db.session, webhook_id=webhook_id)
    with unit_of_work() as session:
        secret = services.renew_secret(session, webhook=webhook, account_id=me().id, key=secret_key())
    return show("webhooks/secret.html", webhook=webhook, secret=secret)


@bp.post("/staff/integrations/<int:webhook_id>/deliveries/<int:delivery_id>")
@limiter.limit(LIMIT)
@only(ACTION)
def send_again(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    return act(
        webhook_id,
        lambda session, webhook: services.send_again(
            session, webhook=webhook, delivery_id=min(delivery_id, 2**63 - 1), now=datetime.now(UTC)
        ),
        _("It is sent again within seconds, with the same id."),
    )


@bp.post("/staff/integrations/<int:webhook_id>/remove")
@limiter.limit(LIMIT)
@only(ACTION)
def remove(webhook_id: int) -> ResponseReturnValue:
    webhook = queries.find_webhook(db.session, webhook_id=webhook_id)
    with unit_of_work() as session:
        services.remove_webhook(session, webhook=webhook, account_id=me().id)
    flash(_("Removed. Nothing is sent there any more."), "success")
    return redirect(url_for("webhooks.index"), 303)

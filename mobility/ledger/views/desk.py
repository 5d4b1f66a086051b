"""The desk page on which a consultation ends: what is missing, outcomes of measures, the conclusion."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid, MobilityError
from mobility.extensions import db, limiter
from mobility.ledger import queries, services
from mobility.ledger.cards import measure_cards, outcome_card
from mobility.ledger.conclusion import missing
from mobility.ledger.forms import ConcludeForm, OutcomeForm, ReopenForm, conclude_form, outcome_form
from mobility.ledger.jobs import LIST
from mobility.ledger.views.blueprint import bp
from mobility.ledger.views.public import summary
from mobility.ledger.wording import missing_text
from mobility.offices.models import Office
from mobility.plans import queries as plans
from mobility.plans import versions
from mobility.plans.models import Measure
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.tasks.services import begin_task
from mobility.text import pick

each_planner = limiter.limit("60 per minute", key_func=web.participant_key)


@bp.get("/plans/<slug>/desk/conclusion")
@staff_only
def conclusion(frame: Frame) -> ResponseReturnValue:
    """Where the answers stand, every measure with its outcome, and the way to the end."""
    must("conclude", frame)
    return show(frame, conclude_form(frame.plan.languages))


def show(
    frame: Frame, form: ConcludeForm, *, reopening: ReopenForm | None = None, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    plan_id, slug = frame.plan.id, frame.plan.slug
    standing = queries.read_standing(db.session, plan_id=plan_id, now=frame.now)
    names = {each.id: each for each in db.session.query(Office).filter(Office.id.in_(standing.unanswered))}
    measures = measure_cards(
        plans.measures_of(db.session, plan_id=plan_id),
        queries.counts_by_measure(db.session, plan_id=plan_id, now=frame.now),
        queries.current_outcomes(db.session, plan_id=plan_id),
        slug=slug,
        language=frame.language,
    )
    return render_desk(
        frame,
        "ledger/conclusion.html",
        tab="conclusion",
        status=status,
        form=form,
        reopening=reopening or ReopenForm(formdata=None),
        tags=frame.plan.languages,
        gaps=[gap_card(frame, each) for each in missing(standing)],
        by_office=[office_gap(frame, names.get(key or 0), n) for key, n in standing.unanswered.items()],
        undecided=standing.undecided,
        measures=measures,
        writing=frame.open_to_some("comment") or frame.open_to_some("vote"),
        may_reopen=web.may("reopen_plan", plan_id),
        **summary(frame),
    )


def gap_card(frame: Frame, gap: Any) -> dict[str, str]:
    """Something that stands in the way, with the page where it is done."""
    slug = frame.plan.slug
    urls = {
        "unread": url_for("moderation.queue", slug=slug, state="pending"),
        "appeals": url_for("moderation.appeals", slug=slug),
        "outcomes": "#outcomes",
    }
    return {"kind": gap.kind, "text": missing_text(gap), "url": urls.get(gap.kind, "#by-office")}


def office_gap(frame: Frame, office: Office | None, n: int) -> dict[str, Any]:
    """How many comments an office has not answered, with the list of them."""
    slug = office.slug if office else "none"
    return {
        "name": pick(office.name, frame.language) if office else _("No office yet"),
        "n": n,
        "urls": [
            (label, url_for("ledger.answers", slug=frame.plan.slug, office=slug, status=state))
            for state, label in (("received", _("Received")), ("with_office", _("With the office")))
            if (state == "with_office") == bool(office)
        ],
    }


@bp.post("/plans/<slug>/desk/conclusion")
@each_planner
@staff_only
def conclude(frame: Frame) -> ResponseReturnValue:
    """Conclude; or the page again, with what is missing."""
    must("conclude", frame)
    form = conclude_form(frame.plan.languages)
    if not form.validate():
        return show(frame, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        in_transaction(
            lambda session: services.conclude(
                session,
                plan=frame.plan,
                statement=form.texts(frame.plan.languages),
                account_id=current_user.id,
                language=frame.language,
                now=datetime.now(UTC),
            )
        )
    except MobilityError as error:
        form.sure.errors = [error.message]
        return show(frame, form, status=error.status)
    flash(_("The consultation is concluded. Everybody who can be reached gets a letter."), "success")
    return redirect(url_for("ledger.conclusion", slug=frame.plan.slug), 303)


@bp.post("/plans/<slug>/desk/conclusion/reopen")
@each_planner
@staff_only
def reopen(frame: Frame) -> ResponseReturnValue:
    """Open a concluded consultation again, with a public reason."""
    must("reopen_plan", frame)
    form = ReopenForm()
    try:
        in_transaction(
            lambda session: services.reopen(
                session,
                plan=frame.plan,
                reason=form.reason.data or "",
                account_id=current_user.id,
                now=datetime.now(UTC),
            )
        )
    except MobilityError as error:
        form.reason.errors = [error.message]
        return show(frame, conclude_form(frame.plan.languages), reopening=form, status=error.status)
    flash(_("The consultation is open again."), "success")
    return redirect(url_for("ledger.conclusion", slug=frame.plan.slug), 303)


@bp.get("/plans/<slug>/desk/conclusion/measures/<code>")
@staff_only
def edit_outcome(frame: Frame, code: str) -> ResponseReturnValue:
    """What was decided about a measure, with all earlier decisions."""
    must("conclude", frame)
    measure, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    return show_outcome(frame, measure, form_of(frame, measure))


def form_of(frame: Frame, measure: Measure) -> OutcomeForm:
    kept = versions.versions_of(db.session, measure_id=measure.id)
    before = queries.current_outcomes(db.session, plan_id=frame.plan.id).get(measure.id)
    numbers = sorted((each.version for each in kept), reverse=True)
    return outcome_form(frame.plan.languages, numbers, before)


def show_outcome(
    frame: Frame, measure: Measure, form: OutcomeForm, status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    slug = frame.plan.slug
    return render_desk(
        frame,
        "ledger/outcome.html",
        tab="conclusion",
        status=status,
        form=form,
        tags=frame.plan.languages,
        code=measure.code,
        measure_title=pick(measure.title, frame.language),
        history=[
            outcome_card(each, slug=slug, code=measure.code, language=frame.language)
            for each in queries.outcomes_of(db.session, measure_id=measure.id)
        ],
    )


@bp.post("/plans/<slug>/desk/conclusion/measures/<code>")
@each_planner
@staff_only
def save_outcome(frame: Frame, code: str) -> ResponseReturnValue:
    """Keep the decision; or the form again, with what is wrong."""
    must("conclude", frame)
    measure, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    form = form_of(frame, measure)
    if not form.validate():
        return show_outcome(frame, measure, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        in_transaction(
            lambda session: services.record_outcome(
                session,
                plan=frame.plan,
                measure=measure,
                outcome=form.outcome.data,
                why=form.texts(frame.plan.languages),
                version=form.read_version(),
                account_id=current_user.id,
                now=datetime.now(UTC),
            )
        )
    except MobilityError as error:
        field = error.field if isinstance(error, Invalid) and error.field in form else "outcome"
        form[field].errors = [error.message]
        return show_outcome(frame, measure, form, error.status)
    flash(_("The outcome of %(code)s is kept and public.", code=code), "success")
    return redirect(url_for("ledger.conclusion", slug=frame.plan.slug, _anchor="outcomes"), 303)


@bp.post("/plans/<slug>/desk/conclusion/list")
@each_planner
@staff_only
def make_list(frame: Frame) -> ResponseReturnValue:
    """Have the document of the whole plan made in the background."""
    must("conclude", frame)
    in_transaction(
        lambda session: begin_task(
            session, kind=LIST, plan_id=frame.plan.id, account_id=current_user.id, language=frame.language
        )
    )
    flash(_("The document is being made. It stands here in a few minutes."), "success")
    return redirect(url_for("ledger.answers_pdf", slug=frame.plan.slug), 303)

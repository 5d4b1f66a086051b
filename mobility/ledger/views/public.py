""" "You said, we did": every comment with what became of it, and every measure with what was decided."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mobility.consultation import queries as consultation
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.extensions import db
from mobility.ledger import queries
from mobility.ledger.cards import Card, line_card, measure_cards, outcome_card
from mobility.ledger.figures import figures
from mobility.ledger.filters import STATES, LedgerFilter, read_ledger_filter
from mobility.ledger.views.blueprint import bp
from mobility.ledger.wording import rate_text, state_label, time_text, waiting_text
from mobility.plans import queries as plans
from mobility.plans.words import _
from mobility.text import pick


@bp.get("/plans/<slug>/answers")
def answers(slug: str) -> ResponseReturnValue:
    """One page of the ledger, with the filters and figures."""
    frame = open_frame(slug)
    wanted = read_ledger_filter(request.args)
    page = queries.ledger_page(
        db.session, plan_id=frame.plan.id, wanted=wanted, now=frame.now, before=asked_before()
    )
    outcomes = queries.current_outcomes(db.session, plan_id=frame.plan.id)
    return render_panel(
        frame,
        "ledger/answers.html",
        tab="answers",
        wanted=wanted,
        total=queries.count_lines(db.session, plan_id=frame.plan.id, wanted=wanted, now=frame.now),
        count_cap=queries.COUNT_CAP,
        cards=[
            line_card(
                row,
                slug=slug,
                language=frame.language,
                now=frame.now,
                outcome=outcomes.get(row.measure_id or 0),
            )
            for row in page.rows
        ],
        older_url=url_for("ledger.answers", slug=slug, **wanted.arguments(before=page.before))
        if page.before
        else "",
        newest_url=url_for("ledger.answers", slug=slug, **wanted.arguments()) if asked_before() else "",
        **summary(frame),
        **choices(frame),
    )


@bp.get("/plans/<slug>/answers/measures")
def by_measure(slug: str) -> ResponseReturnValue:
    """What was said about each measure, in numbers, and what the city did."""
    frame = open_frame(slug)
    return render_panel(
        frame,
        "ledger/measures.html",
        tab="answers",
        wanted=LedgerFilter(),
        measures=measure_cards(
            plans.measures_of(db.session, plan_id=frame.plan.id),
            queries.counts_by_measure(db.session, plan_id=frame.plan.id, now=frame.now),
            queries.current_outcomes(db.session, plan_id=frame.plan.id),
            slug=slug,
            language=frame.language,
        ),
        **summary(frame),
    )


@bp.app_template_global("ledger_line")
def line_on_comment(frame: Frame, comment_id: int) -> Card | None:
    """Where a comment stands, for its own page."""
    row = queries.line_of(db.session, comment_id=comment_id)
    if row is None:
        return None
    outcomes = queries.current_outcomes(db.session, plan_id=frame.plan.id) if row.measure_id else {}
    return line_card(
        row,
        slug=frame.plan.slug,
        language=frame.language,
        now=frame.now,
        outcome=outcomes.get(row.measure_id or 0),
    )


@bp.app_template_global("measure_outcome")
def outcome_on_measure(frame: Frame, code: str) -> Card | None:
    """What the city did about a measure, for its card; None while nothing is decided."""
    found = queries.current_outcome(db.session, plan_id=frame.plan.id, code=code)
    if found is None:
        return None
    return outcome_card(found, slug=frame.plan.slug, code=code, language=frame.language)


def asked_before() -> int | None:
    """The key of the page that is asked for; None for what cannot be one."""
    number = request.args.get("before", type=int)
    return number if number is not None and 0 < number < 2**63 else None


def summary(frame: Frame) -> dict[str, Any]:
    """The public figures in sentences, and how the consultation ended."""
    found = figures(queries.read_counts(db.session, plan_id=frame.plan.id, now=frame.now))
    last = queries.last_conclusion(db.session, plan_id=frame.plan.id)
    return {
        "ledger_figures": found,
        "sentences": [text for text in (rate_text(found), time_text(found), waiting_text(found)) if text],
        "conclusion": last,
        "statement": pick(last.statement, frame.language) if last else "",
    }


def choices(frame: Frame) -> dict[str, Any]:
    """What the filters offer."""
    language = frame.language
    topics = consultation.topics_of(db.session, plan_id=frame.plan.id)
    measures = plans.measures_of(db.session, plan_id=frame.plan.id)
    offices = queries.offices_of(db.session, plan_id=frame.plan.id)
    return {
        "topics": [(topic.slug, pick(topic.label, language)) for topic in topics],
        "measure_choices": [(m.code, f"{m.code} · {pick(m.title, language)}") for m in measures],
        "office_choices": [
            *((office.slug, pick(office.name, language)) for office in offices),
            ("none", _("No office yet")),
        ],
        "state_choices": [(state, state_label(state)) for state in STATES],
    }

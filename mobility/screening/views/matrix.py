"""The matrix of measures and attributes, and the page of one measure."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import NotFound
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.plans.cards import heritage_cards
from mobility.plans.models import Measure
from mobility.plans.words import _
from mobility.screening import queries
from mobility.screening.cards import cells, perceived_card, statement_card, summary_card
from mobility.screening.services import CODE
from mobility.screening.views.blueprint import bp
from mobility.text import pick

PAGE = 30
SHOWS = ("all", "missing", "contested")


def find(frame: Frame, code: str) -> Measure | None:
    """The published measure of that code, None for one that is not published yet. Raises NotFound."""
    if not CODE.fullmatch(code):
        raise NotFound
    measures = plans.measures_of(db.session, plan_id=frame.plan.id)
    return next((one for one in measures if one.code == code), None)


@bp.get("/plans/<slug>/desk/screening")
@staff_only
def matrix(frame: Frame) -> ResponseReturnValue:
    """Every measure that touches a protected zone, beside every attribute."""
    must("screen_heritage", frame)
    wanted = request.args.get("show", "all")
    wanted = wanted if wanted in SHOWS else "all"
    attributes = queries.attributes_of(db.session, city_id=frame.city.id)
    found = queries.screenings_of(db.session, plan=frame.plan)
    contested = queries.contested_codes(db.session, plan_id=frame.plan.id)
    every = plans.measures_of(db.session, plan_id=frame.plan.id)
    touching = [one for one in every if found[one.code].verdict.state != "not_needed"]
    lists = {
        "all": touching,
        "missing": [one for one in touching if not found[one.code].verdict.clear],
        "contested": [one for one in touching if one.code in contested],
    }
    page = min(max(request.args.get("page", 1, type=int), 1), 1000)
    return render_desk(
        frame,
        "screening/matrix.html",
        tab="screening",
        attributes=[pick(one.name, frame.language) for one in attributes],
        rows=[
            row(frame, one, found[one.code], attributes, contested)
            for one in lists[wanted][(page - 1) * PAGE : page * PAGE]
        ],
        tabs_shown=shown_tabs(frame, wanted, {key: len(rows) for key, rows in lists.items()}),
        apart=len(every) - len(touching),
        page=page,
        pages=max(1, -(-len(lists[wanted]) // PAGE)),
        make_url=lambda number: url_for("screening.matrix", slug=frame.plan.slug, show=wanted, page=number),
    )


def shown_tabs(frame: Frame, wanted: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """The three ways to look at the matrix."""
    labels = {
        "all": _("Touch a protected zone"),
        "missing": _("Not complete"),
        "contested": _("Contested and touch an attribute"),
    }
    return [
        {
            "label": labels[key],
            "url": url_for("screening.matrix", slug=frame.plan.slug, show=key),
            "current": key == wanted,
            "count": counts[key],
        }
        for key in SHOWS
    ]


def row(
    frame: Frame,
    measure: Measure,
    screening: queries.Screening,
    attributes: list[Any],
    contested: set[str],
) -> dict[str, Any]:
    """One measure of the matrix."""
    slug, language = frame.plan.slug, frame.language
    return {
        "code": measure.code,
        "title": pick(measure.title, language),
        "url": url_for("screening.measure", slug=slug, code=measure.code),
        "contested": measure.code in contested,
        "cells": cells(
            attributes, screening, slug=slug, code=measure.code, version=measure.version, language=language
        ),
        **summary_card(screening),
    }


@bp.get("/plans/<slug>/desk/screening/<code>")
@staff_only
def measure(frame: Frame, code: str) -> ResponseReturnValue:
    """One measure: what it touches, every grade with its reason, and what residents think, apart."""
    must("screen_heritage", frame)
    found, plan_id = find(frame, code), frame.plan.id
    attributes = queries.attributes_of(db.session, city_id=frame.city.id)
    screening = queries.screening_of(db.session, plan=frame.plan, code=code)
    version = found.version if found else 0
    touches = plans.heritage_of_measure(db.session, measure_id=found.id) if found else []
    statements = queries.past_statements(db.session, plan_id=plan_id, code=code)
    return render_desk(
        frame,
        "screening/measure.html",
        tab="screening",
        code=code,
        measure_title=pick(found.title, frame.language) if found else "",
        published=found is not None,
        heritage=heritage_cards(touches, language=frame.language, url=""),
        screening=summary_card(screening),
        cells=cells(
            attributes,
            screening,
            slug=frame.plan.slug,
            code=code,
            version=version,
            language=frame.language,
        ),
        statement=statement_card(screening.statement, version=version) if screening.statement else None,
        earlier=[statement_card(one) for one in statements if one.withdrawn_at],
        perceived=perceived_card(queries.perceived_by_measure(db.session, plan_id=plan_id).get(code)),
        contested=code in queries.contested_codes(db.session, plan_id=plan_id),
    )

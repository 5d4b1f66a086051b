"""Results per measure and stretch, by way of taking part and by group, in a table."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mobility.accounts.models import LEVELS
from mobility.consultation import voices
from mobility.consultation.views.frame import Frame
from mobility.consultation.wording import voters_label
from mobility.extensions import db
from mobility.insight import cards
from mobility.insight import results as outcome
from mobility.insight.results import ResultFilter
from mobility.insight.views.blueprint import bp
from mobility.insight.views.frame import download_links, page_number, render_desk, staff_only
from mobility.insight.views.overview import subject_url
from mobility.plans.words import _
from mobility.text import pick

PAGE = 25


@bp.get("/plans/<slug>/desk/results")
@staff_only
def results(frame: Frame) -> ResponseReturnValue:
    wanted = outcome.read_result_filter(request.args)
    named = {"measure": wanted.measure} if wanted.measure else {}
    return render_desk(
        frame,
        "insight/results.html",
        tab="results",
        wanted=wanted,
        sentence=voices.agreement_sentence(),
        aside=voices.count_aside(db.session, plan_id=frame.plan.id),
        downloads=download_links(frame, "segments", "measures", **named),
        **read_table(frame, wanted, page_number()),
    )


def read_table(frame: Frame, wanted: ResultFilter, page: int) -> dict[str, Any]:
    """One page of the table and what its filters offer."""
    plan_id, slug, language = frame.plan.id, frame.plan.slug, frame.language
    everything = outcome.read_results(db.session, plan_id=plan_id)
    groups = outcome.read_groups(db.session, plan_id=plan_id)
    chosen = outcome.choose(everything, wanted, groups)
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(page, pages)
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    votes = outcome.read_group_votes(db.session, plan_id=plan_id, results=shown)
    names = cards.group_names(groups, language)
    here: dict[str, Any] = dict(wanted.arguments())
    return {
        "rows": [
            cards.result_card(
                each,
                votes.get(each.key, []),
                names,
                language=language,
                url=subject_url(slug, each),
                level=wanted.level,
            )
            for each in shown
        ],
        "total": len(chosen),
        "page": page,
        "pages": pages,
        "make_url": lambda number: url_for("insight.results", slug=slug, page=number, **here),
        "choices": choices(frame, everything, groups),
    }


def choices(
    frame: Frame, everything: list[outcome.Result], groups: list[outcome.Group]
) -> dict[str, list[tuple[str, str]]]:
    """What the filters and the order offer."""
    return {
        "measure": [
            (each.row.code, f"{each.row.code} · {pick(each.row.title, frame.language)}")
            for each in everything
            if each.kind == "measure"
        ],
        "group": [(group.slug, pick(group.name, frame.language)) for group in groups],
        "level": [(str(level), voters_label(level)) for level in LEVELS],
        "sort": [
            ("plan", _("as in the plan")),
            ("n", _("most votes first")),
            ("support", _("most support first")),
            ("oppose", _("least support first")),
            ("contested", _("most contested first")),
        ],
    }

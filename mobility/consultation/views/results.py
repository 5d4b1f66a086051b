"""The results tab: support for each measure and stretch, as far as the phase shows it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mobility.consultation import tallies
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.plans.cards import measure_row, segment_card

SEGMENTS_A_PAGE = 40
ORDERS = ("plan", "most", "support", "oppose", "contested")


@bp.get("/plans/<slug>/results")
def results(slug: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    if not frame.shows_results():
        return render_panel(
            frame, "plans/results_hidden.html", tab="results", why=frame.hidden_results_text()
        )
    order = request.args.get("order", "plan")
    page = request.args.get("page", 1, type=int)
    values = read_results(frame, order if order in ORDERS else "plan", page)
    return render_panel(frame, "plans/results.html", tab="results", **values)


def read_results(frame: Frame, order: str, page: int) -> dict[str, Any]:
    """Measures with votes of their own, and one page of the segments in the wanted order."""
    slug, plan_id = frame.plan.slug, frame.plan.id
    by_segment, by_measure = tallies.plan_tallies(db.session, plan_id=plan_id)
    measures = plans.measures_of(db.session, plan_id=plan_id)
    counts = plans.segment_counts(db.session, plan_id=plan_id)
    rows = plans.segments_of(db.session, plan_id=plan_id, limit=2000)
    rows = in_order(rows, by_segment, order)
    pages = max(1, -(-len(rows) // SEGMENTS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = rows[(page - 1) * SEGMENTS_A_PAGE : page * SEGMENTS_A_PAGE]
    return {
        "order": order,
        "orders": ORDERS,
        "page": page,
        "pages": pages,
        "total": len(rows),
        "measures": [
            measure_row(
                measure,
                language=frame.language,
                url=url_for("consultation.measure", slug=slug, code=measure.code),
                segments=counts.get(measure.id, 0),
                tally=by_measure[measure.id],
            )
            for measure in measures
            if measure.id in by_measure
        ],
        "segments": [
            segment_card(
                row,
                language=frame.language,
                url=url_for("consultation.segment", slug=slug, code=row.code),
                tally=by_segment.get(row.id),
            )
            for row in shown
        ],
    }


def in_order(rows: list[Any], by_segment: dict[int, tallies.Tally], order: str) -> list[Any]:
    """The segments in the order of the plan, or by votes, support or division; ties keep the plan's order."""
    if order == "plan":
        return rows
    nothing = tallies.Tally()

    def key(row: Any) -> tuple[float, float]:
        tally = by_segment.get(row.id, nothing)
        support = tally.support
        if order == "most" or support is None:
            return (0 if support else 1, -tally.n)
        if order == "contested":
            contest = tally.contest
            return (0 if contest.contested else 0.5, -max(contest.within, contest.between))
        return (0, -support.mean if order == "support" else support.mean)

    return sorted(rows, key=key)

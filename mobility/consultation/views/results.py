"""The results tab: support, or agreement between groups, as far as the phase shows it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mobility.consultation import tallies, voices
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.plans.cards import measure_row, segment_card
from mobility.plans.words import _

SEGMENTS_A_PAGE = 40
ORDERS = ("plan", "most", "support", "oppose", "contested", "conflict", "agreed")
VIEWS = ("support", "agreement")


@bp.get("/plans/<slug>/results")
def results(slug: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    if not frame.shows_results():
        return render_panel(
            frame, "plans/results_hidden.html", tab="results", why=frame.hidden_results_text()
        )
    way = request.args.get("view", "")
    way = way if way in VIEWS else "support"
    order = request.args.get("order", "")
    order = order if order in ORDERS else "conflict" if way == "agreement" else "plan"
    page = request.args.get("page", 1, type=int)
    return render_panel(
        frame,
        "plans/results.html",
        tab="results",
        shown={"view": way},
        way=way,
        links=view_links(slug),
        static_map_url=url_for("maps.static_map", slug=slug, results=way, lang=frame.language),
        sentence=voices.agreement_sentence(),
        aside=voices.count_aside(db.session, plan_id=frame.plan.id),
        **read_results(frame, order, page),
    )


def view_links(slug: str) -> list[dict[str, str]]:
    """The two things that map and list can show."""
    labels = {"support": _("Support for the measures"), "agreement": _("Agreement between groups")}
    return [
        {"value": view, "label": label, "url": url_for("consultation.results", slug=slug, view=view)}
        for view, label in labels.items()
    ]


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
    chosen = [measure for measure in measures if measure.id in by_measure]
    nothing = tallies.Tally()
    heard = [by_segment.get(row.id, nothing) for row in shown] + [by_measure[each.id] for each in chosen]
    names = voices.group_names(db.session, tallies=heard, language=frame.language)
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
            | {"accord": voices.accord_card(by_measure[measure.id], names)}
            for measure in chosen
        ],
        "segments": [segment_result(frame, row, by_segment.get(row.id), names) for row in shown],
    }


def segment_result(
    frame: Frame, row: Any, tally: tallies.Tally | None, names: dict[int, str]
) -> dict[str, Any]:
    """One segment of the list with its support and who agrees."""
    url = url_for("consultation.segment", slug=frame.plan.slug, code=row.code)
    card = segment_card(row, language=frame.language, url=url, tally=tally)
    return card | {"accord": voices.accord_card(tally or tallies.Tally(), names)}


def in_order(rows: list[Any], by_segment: dict[int, tallies.Tally], order: str) -> list[Any]:
    """The segments in the order of the plan, or by votes, support or division; ties keep the plan's order."""
    if order == "plan":
        return rows
    nothing = tallies.Tally()

    def key(row: Any) -> tuple[float, float]:
        tally = by_segment.get(row.id, nothing)
        support = tally.support
        if order in ("conflict", "agreed"):
            accord = tally.accord
            if accord.agreement is None or accord.conflict is None:
                return (1, -float(accord.voices))
            return (0, accord.agreement - accord.conflict * 2 if order == "conflict" else -accord.agreement)
        if order == "contested":
            contest = tally.contest
            return (0 if contest.contested else 0.5, -max(contest.within, contest.between))
        if order == "most" or support is None:
            return (0 if support else 1, -tally.n)
        return (0, -support.mean if order == "support" else support.mean)

    return sorted(rows, key=key)

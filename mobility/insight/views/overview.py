"""The first page of the desk: how much came in, what is new, where people agree and where they do not."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from mobility.consultation import opinions
from mobility.consultation import queries as comments
from mobility.consultation.filters import CommentFilter
from mobility.consultation.views.frame import Frame
from mobility.extensions import db
from mobility.insight import cards, queries, results
from mobility.insight.views.blueprint import bp
from mobility.insight.views.frame import download_links, render_desk, staff_only

NEWEST = 5


@bp.get("/plans/<slug>/desk")
@staff_only
def overview(frame: Frame) -> ResponseReturnValue:
    page = comments.comment_page(
        db.session, plan_id=frame.plan.id, wanted=CommentFilter(status="all"), limit=NEWEST
    )
    return render_desk(
        frame,
        "insight/overview.html",
        tab="overview",
        figures=queries.desk_figures(db.session, plan_id=frame.plan.id),
        newest=cards.desk_comments(page.rows, slug=frame.plan.slug, language=frame.language),
        downloads=download_links(frame, "comments", "segments", "measures", "cells"),
        relations=opinions.relations(db.session, plan_id=frame.plan.id),
        **extremes(frame),
    )


def extremes(frame: Frame) -> dict[str, Any]:
    """The stretches on which people disagree most, and those which they support most."""
    found = results.read_results(db.session, plan_id=frame.plan.id)
    segments = [result for result in found if result.kind == "segment"]
    names = cards.group_names(results.read_groups(db.session, plan_id=frame.plan.id), frame.language)

    def rows(chosen: list[results.Result]) -> list[cards.Card]:
        return [
            cards.result_card(
                each, [], names, language=frame.language, url=subject_url(frame.plan.slug, each)
            )
            for each in chosen
        ]

    return {
        "contested": rows(results.most_contested(segments)),
        "supported": rows(results.most_supported(segments)),
    }


def subject_url(slug: str, result: results.Result) -> str:
    """The public page of a measure or stretch."""
    return url_for(f"consultation.{result.kind}", slug=slug, code=result.row.code)

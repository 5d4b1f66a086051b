"""What people said and what the city answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response

from mobility.api import shapes, spoken
from mobility.api.document import described
from mobility.api.schemas import asked as params
from mobility.api.schemas import voices as types
from mobility.api.views.blueprint import asked, bp, each, listed, one, page_address, public_plan
from mobility.cities.models import City
from mobility.consultation.filters import CommentFilter, read_filter
from mobility.extensions import db
from mobility.plans.models import Plan

FILTER = ("topic", "stance", "measure", "segment", "phase", "q", "since", "until", "bbox")


def wanted_comments(city: City) -> CommentFilter:
    """The filter of this request, read as the screens read it."""
    given = {name: value for name in FILTER if (value := getattr(asked(), name, None))}
    return read_filter(given, timezone=city.timezone)


def show_comments(plan: Plan) -> Callable[[Sequence[Any]], list[Any]]:
    """Comments with the answers in force; two queries more for any page."""
    page = page_address(plan)

    def show(rows: Sequence[Any]) -> list[Any]:
        ids = [row.answer_id for row in rows if row.answer_id]
        given = {row["id"]: row for row in show_answers(spoken.answers_by_id(db.session, ids=ids))}
        return [shapes.comment(row, given.get(row.answer_id), page) for row in rows]

    return show


def show_answers(rows: Sequence[Any]) -> list[Any]:
    """Answers with the numbers of the public comments they answer."""
    numbers = spoken.answered_comments(db.session, answer_ids=[row.id for row in rows])
    return [shapes.answer(row, numbers.get(row.id, [])) for row in rows]


@bp.get("/plans/<slug>/comments")
@described(types.CommentPage, tag="Voices", query=params.Comments)
def comments(slug: str) -> Response:
    """List comments

    Published comments that the filter means, with office, state of the case and answer.
    """
    found, city = public_plan(slug)
    query = spoken.comments(found.id, wanted_comments(city), backwards=asked().order == "newest")
    return listed(*query, show_comments(found))


@bp.get("/plans/<slug>/comments/<int:comment_id>")
@described(types.Comment, tag="Voices", query=params.Query)
def comment(slug: str, comment_id: int) -> Response:
    """Read a comment

    Not found once it is hidden or withdrawn.
    """
    found, _city = public_plan(slug)
    row = spoken.one_comment(db.session, plan_id=found.id, comment_id=comment_id)
    return one(show_comments(found)([row])[0])


@bp.get("/plans/<slug>/comments/<int:comment_id>/replies")
@described(types.ReplyPage, tag="Voices", query=params.Paged)
def replies(slug: str, comment_id: int) -> Response:
    """List the replies to a comment

    The oldest first.
    """
    found, _city = public_plan(slug)
    row = spoken.one_comment(db.session, plan_id=found.id, comment_id=comment_id)
    return listed(*spoken.replies(row.id), each(shapes.reply))


@bp.get("/plans/<slug>/comments/<int:comment_id>/answers")
@described(types.AnswerPage, tag="Voices", query=params.Paged)
def comment_answers(slug: str, comment_id: int) -> Response:
    """List the answers to a comment

    The newest first; earlier ones stay to be read.
    """
    found, _city = public_plan(slug)
    row = spoken.one_comment(db.session, plan_id=found.id, comment_id=comment_id)
    return listed(*spoken.answers_of(row.id), show_answers)


@bp.get("/plans/<slug>/answers")
@described(types.AnswerPage, tag="Voices", query=params.Paged)
def answers(slug: str) -> Response:
    """List answers

    What offices answered in this plan, the newest first.
    """
    found, _city = public_plan(slug)
    return listed(*spoken.answers(found.id), show_answers)


@bp.get("/plans/<slug>/cells")
@described(types.CellPage, tag="Voices", query=params.Cells)
def cells(slug: str) -> Response:
    """Count comments by cell

    Squares of the grid of web maps that hold comments with a place, from west to east.
    """
    found, city = public_plan(slug)
    zoom = asked().z
    query = spoken.cells(found.id, wanted_comments(city), zoom=zoom)
    return listed(*query, each(lambda row: shapes.cell(row, zoom)))

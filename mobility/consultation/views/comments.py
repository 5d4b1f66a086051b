"""Reading comments: the list with its filters, and one comment at its own address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.consultation import queries
from mobility.consultation.cards import comment_card, comment_cards
from mobility.consultation.conversation import queries as voices
from mobility.consultation.conversation.cards import reply_columns
from mobility.consultation.conversation.forms import ReplyForm
from mobility.consultation.conversation.models import REPLY_LIMIT
from mobility.consultation.conversation.queries import Reader
from mobility.consultation.exact import exact_of
from mobility.consultation.filters import CommentFilter, read_filter
from mobility.consultation.models import STANCES
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, brand, open_frame, render_panel
from mobility.consultation.views.outline import shown_on_map, translated
from mobility.consultation.views.speaking import voices_of
from mobility.consultation.views.staging import photos_shown
from mobility.consultation.wording import stance_label
from mobility.errors import Invalid, NotFound
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.text import pick

COLUMN = 10


@bp.get("/plans/<slug>/comments")
def comments(slug: str) -> ResponseReturnValue:
    """One page of the comments that are meant; or the newest for and against beside each other."""
    frame = open_frame(slug)
    problem = None
    try:
        wanted = read_filter(request.args, staff=False, timezone=frame.city.timezone)
    except Invalid as error:
        wanted, problem = CommentFilter(timezone=frame.city.timezone), error
    values = (
        read_columns(frame, wanted) if request.args.get("view") == "columns" else read_list(frame, wanted)
    )
    return render_panel(
        frame,
        "consultation/comments.html",
        tab="comments",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        wanted=wanted,
        problem=problem,
        total=queries.count_comments(db.session, plan_id=frame.plan.id, wanted=wanted),
        count_cap=queries.COUNT_CAP,
        comments_closed=frame.why_not("comment"),
        sort="endorsed" if by_endorsements() else "",
        **filter_choices(frame),
        **values,
    )


def read_list(frame: Frame, wanted: CommentFilter) -> dict[str, Any]:
    """The cards of one page and the address of the next."""
    before, sorted_ = asked_number("before"), by_endorsements()
    page = queries.comment_page(
        db.session,
        plan_id=frame.plan.id,
        wanted=wanted,
        before=before,
        endorsed=asked_number("endorsed"),
        by_endorsements=sorted_,
    )
    asked = {"slug": frame.plan.slug, "sort": "endorsed" if sorted_ else None, **wanted.arguments()}
    after: dict[str, Any] = {"before": page.before, "endorsed": page.endorsed if sorted_ else None}
    older = url_for("consultation.comments", **asked, **after) if page.before else ""
    newest = url_for("consultation.comments", **asked) if before else ""
    return {
        "cards": cards_of(frame, page.rows),
        "older_url": older,
        "newest_url": newest,
        "columns": None,
    }


def by_endorsements() -> bool:
    """Whether the address asks for the comments that most people agree with first."""
    return request.args.get("sort") == "endorsed"


def asked_number(name: str) -> int | None:
    """A key of paging from the address; None for what cannot be one."""
    number = request.args.get(name, type=int)
    return number if number is not None and 0 <= number < 2**63 else None


def reader(frame: Frame, rows: Sequence[Any]) -> Reader:
    """Who reads these comments, and what this person said to them; one query."""
    return voices.reader_of(
        db.session,
        participant_id=frame.participant.id if frame.participant else None,
        comment_ids=[row.id for row in rows],
        open_=not frame.refusal("comment"),
    )


def cards_of(frame: Frame, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The comments as this reader sees them."""
    return comment_cards(rows, slug=frame.plan.slug, language=frame.language, reader=reader(frame, rows))


def read_columns(frame: Frame, wanted: CommentFilter) -> dict[str, Any]:
    """The newest for and against, and the addresses of all of each."""
    slug, columns = frame.plan.slug, {}
    for side in ("for", "against"):
        page = queries.comment_page(
            db.session, plan_id=frame.plan.id, wanted=replace(wanted, stance=side), limit=COLUMN
        )
        columns[side] = {
            "cards": cards_of(frame, page.rows),
            "more_url": url_for("consultation.comments", slug=slug, **wanted.arguments(stance=side))
            if page.before
            else "",
        }
    return {"cards": [], "older_url": "", "newest_url": "", "columns": columns}


def filter_choices(frame: Frame) -> dict[str, Any]:
    """What the filters offer: topics, stances, phases in which one could write, measures."""
    topics = queries.topics_of(db.session, plan_id=frame.plan.id)
    measures = plans.measures_of(db.session, plan_id=frame.plan.id)
    return {
        "topics": [(topic.slug, pick(topic.label, frame.language)) for topic in topics],
        "stance_choices": [(stance, stance_label(stance)) for stance in STANCES],
        "measure_choices": [(m.code, f"{m.code} · {pick(m.title, frame.language)}") for m in measures],
        "phase_choices": [
            (phase.slug, pick(phase.title, frame.language))
            for phase in frame.phases
            if "comment" in phase.actions
        ],
    }


@bp.get("/plans/<slug>/comments/<int:comment_id>")
def comment(slug: str, comment_id: int) -> ResponseReturnValue:
    return show_comment(open_frame(slug), comment_id)


def show_comment(
    frame: Frame, comment_id: int, *, form: ReplyForm | None = None, status: int = HTTPStatus.OK
) -> Response:
    """One comment with its replies; `form` brings back a reply that was refused."""
    slug = frame.plan.slug
    row = queries.find_comment(db.session, plan_id=frame.plan.id, comment_id=comment_id)
    if row.status == "pending" and not web.may("moderate", frame.plan.id):
        raise NotFound
    who = reader(frame, [row])
    found = voices.replies_of(db.session, comment_id=row.id, participant_id=who.participant_id)
    return render_panel(
        frame,
        "consultation/comment.html",
        status=status,
        form=form or ReplyForm(),
        limit=REPLY_LIMIT,
        reply_voices=voices_of(frame),
        replies=reply_columns(
            found,
            slug=slug,
            comment_id=row.id,
            reader=who,
            city=brand(frame),
            language=frame.language,
            now=frame.now,
        ),
        comments_closed=frame.why_not("comment"),
        tab="comments",
        view="card",
        shown=shown_on_map(slug, row),
        comment=comment_card(row, slug=slug, language=frame.language, reader=who)
        | {"photos": photos_shown(row), "translation": translated(row, frame.language)},
        segment_label=f"{row.street}, {pick(row.span, frame.language)}" if row.segment_code else "",
        measure_label=f"{row.measure_code} · {pick(row.measure_title, frame.language)}"
        if row.measure_code
        else "",
        back_url=url_for("consultation.comments", slug=slug),
        exact_words=exact_words(frame, row),
    )


def exact_words(frame: Frame, row: Any) -> str:
    """The exact place of a comment that is shown roughly, for its author and for staff; else empty."""
    own = frame.participant is not None and frame.participant.id == row.participant_id
    if row.place or not (own or any(web.may(action, frame.plan.id) for action in ("moderate", "answer"))):
        return ""
    found = exact_of(db.session, comment_id=row.id)
    return str(pick(found.place, frame.language)) if found else ""

"""Writing a comment: choose the place, write, look at it as others will, send."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from mobility import web
from mobility.consultation import comments, queries
from mobility.consultation.cards import draft_card
from mobility.consultation.forms import COMMENT_CHARACTERS, CommentForm, stance_icons
from mobility.consultation.models import Comment
from mobility.consultation.retry import in_transaction
from mobility.consultation.texts import clean
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.errors import Invalid, MobilityError, TooMany
from mobility.extensions import csrf, db, limiter
from mobility.plans import queries as plans
from mobility.plans import services as places
from mobility.plans.services import Place
from mobility.text import pick, show_receipt


def too_many(_limit: object) -> Response:
    """The form with what was typed when messages come too fast."""
    frame, form = open_frame((request.view_args or {})["slug"]), CommentForm()
    problems = [{"field": "", "message": str(TooMany.default)}]
    page = make_response(show_form(frame, form, status=TooMany.status, problems=problems))
    page.headers["Retry-After"] = "60"
    return page


@bp.get("/plans/<slug>/comments/new")
def write(slug: str) -> ResponseReturnValue:
    """The empty form; `segment`, `measure`, `place` or `lon` and `lat` in the address choose the place."""
    frame = open_frame(slug)
    form = CommentForm(formdata=None)
    form.key.data, form.language.data = str(uuid.uuid4()), frame.language
    form.place.data = asked_place()
    form.lon.data, form.lat.data = request.args.get("lon", ""), request.args.get("lat", "")
    return show_form(frame, form)


@bp.post("/plans/<slug>/comments/new")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60 per minute", key_func=web.participant_key, on_breach=too_many)
@limiter.limit("600 per minute", on_breach=too_many)
def preview(slug: str) -> ResponseReturnValue:
    """What others will see; or the form again, with what is wrong or to change something."""
    frame, form = open_frame(slug), CommentForm()
    offer(frame, form)
    if request.form.get("step") == "edit":
        return show_form(frame, form)
    try:
        draft = read_draft(frame, form)
    except MobilityError as error:
        return show_refused(frame, form, error)
    if not form.validate():
        return show_form(frame, form, status=refusal_status(form))
    return render_panel(
        frame,
        "consultation/preview.html",
        tab="comments",
        view="card",
        writing=True,
        shown={"lon": draft.place.lon, "lat": draft.place.lat, "segment": draft.place.segment_code},
        form=form,
        comment=draft_card(draft, language=frame.language, now=frame.now),
    )


@bp.post("/plans/<slug>/comments")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("12 per minute; 60 per hour", key_func=web.participant_key, on_breach=too_many)
@limiter.limit("300 per minute", on_breach=too_many)
def send(slug: str) -> ResponseReturnValue:
    """Keep the comment and show its receipt. The same form sent again shows the same receipt."""
    frame, form = open_frame(slug), CommentForm()
    offer(frame, form)
    if not form.validate():
        return show_form(frame, form, status=refusal_status(form))
    try:
        key = form.idempotency_key()
        comment = in_transaction(lambda session: keep(session, frame, form, key))
    except MobilityError as error:
        return show_refused(frame, form, error)
    flash(_("Thank you. Your comment is published."), "success")
    return redirect(url_for("consultation.receipt", code=show_receipt(comment.receipt), sent=1), 303)


def keep(session: Session, frame: Frame, form: CommentForm, key: uuid.UUID) -> Comment:
    """The comment of this form: the one already made with its key, else a new one."""
    participant = web.current_participant(session, create=True)
    assert participant is not None
    before = comments.sent_before(session, key=key, participant_id=participant.id)
    if before:
        return before
    now = datetime.now(UTC)
    step = comments.open_step(frame.steps, level=participant.identity_level, now=now)
    return comments.submit_comment(
        session,
        plan=frame.plan,
        step=step,
        participant=participant,
        draft=read_draft(frame, form),
        idempotency_key=key,
        now=now,
    )


def read_draft(frame: Frame, form: CommentForm) -> comments.Draft:
    """What the form says, checked against the plan. Raises Invalid and CommentingClosed."""
    comments.open_step(frame.steps, level=frame.level, now=frame.now)
    place = read_place(frame, form)
    topic = comments.find_topic(db.session, plan_id=frame.plan.id, slug=form.topic.data)
    stance = comments.check_stance(form.stance.data)
    words = comments.check_text(form.text.data)
    known = form.language.data in frame.plan.languages
    return comments.Draft(place, topic, stance, words, form.language.data if known else frame.language)


def read_place(frame: Frame, form: CommentForm) -> Place:
    """An entry of the list wins over the pin. Raises Invalid when neither is given."""
    here: dict[str, Any] = {"plan": frame.plan, "city": frame.city}
    if form.place.data:
        return places.chosen_place(db.session, choice=form.place.data, **here)
    position = places.read_position(form.lon.data, form.lat.data)
    if position is None:
        raise Invalid("place", _("Choose a place: move the map under the pin, or take one from the list."))
    return places.check_inside(db.session, lon=position[0], lat=position[1], **here)


def asked_place() -> str:
    """The entry of the list that the address asks for."""
    for kind in ("segment", "measure"):
        if code := request.args.get(kind, ""):
            return f"{kind}:{code[:60]}"
    return request.args.get("place", "")[:80]


def offer(frame: Frame, form: CommentForm) -> None:
    """The choices of the form in the reader's language."""
    topics = queries.topics_of(db.session, plan_id=frame.plan.id)
    form.topic.choices = [SelectChoice("", _("Choose a topic"))] + [
        SelectChoice(topic.slug, pick(topic.label, frame.language)) for topic in topics
    ]
    form.language.choices = [SelectChoice(tag, web.LANGUAGES.get(tag, tag)) for tag in frame.plan.languages]


def show_form(
    frame: Frame,
    form: CommentForm,
    *,
    status: int = HTTPStatus.OK,
    closed: str = "",
    problems: Sequence[dict[str, str]] = (),
) -> ResponseReturnValue:
    """The form with what was typed; while commenting is closed, the reason and what was typed."""
    offer(frame, form)
    try:
        place: Place | None = read_place(frame, form)
    except MobilityError:
        place = None
    return render_panel(
        frame,
        "consultation/write.html",
        tab="comments",
        view="card",
        writing=True,
        status=status,
        shown={"segment": place.segment_code} if place else None,
        form=form,
        words=pick(place.words, frame.language) if place else "",
        place_groups=place_groups(frame),
        closed=closed or frame.why_not("comment"),
        limit=COMMENT_CHARACTERS,
        icons=stance_icons(),
        problems=problems,
    )


def show_refused(frame: Frame, form: CommentForm, error: MobilityError) -> ResponseReturnValue:
    """The form with the reason beside its field, or with the reason why commenting is closed."""
    if isinstance(error, comments.CommentingClosed):
        return show_form(frame, form, status=error.status, closed=frame.why_not("comment", error.refusal))
    form.validate()
    if isinstance(error, Invalid) and error.field in form:
        form[error.field].errors = [str(error.message)]
        if error.field == "text":
            form.text.data = clean(form.text.data)[0]
        mend_key(form)
        return show_form(frame, form, status=refusal_status(form))
    form.key.data = str(uuid.uuid4())
    return show_form(
        frame, form, status=error.status, problems=[{"field": "", "message": str(error.message)}]
    )


def mend_key(form: CommentForm) -> None:
    """A new key in place of one that cannot be read."""
    try:
        form.idempotency_key()
    except Invalid:
        form.key.data = str(uuid.uuid4())


def refusal_status(form: CommentForm) -> int:
    """400 for a form whose token is forged or too old, 422 for what people can mend."""
    if "csrf_token" in form.errors:
        form.csrf_token.errors = [
            _("The form was open for a long time. Your text is kept: please send again.")
        ]
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.UNPROCESSABLE_ENTITY


def place_groups(frame: Frame) -> list[dict[str, Any]]:
    """The list of places for those who do not use the map: stretches, measures, streets, places."""
    language = frame.language
    stretches = plans.segment_places(db.session, plan_id=frame.plan.id)
    measures = plans.measures_of(db.session, plan_id=frame.plan.id)
    named = plans.named_places(db.session, city_id=frame.city.id, plan_id=frame.plan.id)
    streets = [row for row in named if row.kind == "street"]
    others = [row for row in named if row.kind != "street"]
    return [
        {
            "label": _("Stretches of the plan"),
            "options": [
                (f"segment:{r.code}", f"{r.street}, {pick(r.span, language)} ({r.code})") for r in stretches
            ],
        },
        {
            "label": _("A measure as a whole"),
            "options": [(f"measure:{m.code}", f"{m.code} · {pick(m.title, language)}") for m in measures],
        },
        {
            "label": _("Other streets"),
            "options": [(f"context:{row.code}", pick(row.name, language)) for row in streets],
        },
        {
            "label": _("Squares, monuments and parks"),
            "options": [
                (
                    f"{'heritage' if row.kind == 'heritage' else 'context'}:{row.code}",
                    pick(row.name, language),
                )
                for row in others
            ],
        },
    ]

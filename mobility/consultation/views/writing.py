"""Writing a comment: choose the place, write, look at it as others will, send."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from mobility import signals, web
from mobility.consultation import comments, drafts, duplicates, languages, queries
from mobility.consultation.cards import comment_cards, draft_card
from mobility.consultation.drafts import Draft
from mobility.consultation.exact import coarse_centre, coarse_square, told_roughly
from mobility.consultation.forms import CommentForm
from mobility.consultation.models import Comment
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.consultation.views.staging import drop, form_key, make_room, open_write_form, staged, take_sent
from mobility.consultation.views.write_parts import (
    offer,
    plan_hints,
    read_subject,
    refusal_status,
    show_form,
    show_refused,
)
from mobility.errors import MobilityError, TooMany
from mobility.extensions import csrf, db, limiter
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick, show_receipt


def too_many(_limit: object) -> Response:
    """The form with what was typed when messages come too fast."""
    make_room()
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
    form.key.data = str(uuid.uuid4())
    form.place.data = asked_place()
    form.lon.data, form.lat.data = request.args.get("lon", ""), request.args.get("lat", "")
    languages.warm()
    return show_form(frame, form)


def asked_place() -> str:
    """The entry of the list that the address asks for."""
    for kind in ("segment", "measure"):
        if code := request.args.get(kind, ""):
            return f"{kind}:{code[:60]}"
    return request.args.get("place", "")[:80]


@bp.post("/plans/<slug>/comments/new")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60 per minute", key_func=web.participant_key, on_breach=too_many)
@limiter.limit("600 per minute", on_breach=too_many)
def preview(slug: str) -> ResponseReturnValue:
    """What others will see; or the form again, with what is wrong or to change something."""
    frame = open_frame(slug)
    form = open_write_form(frame)
    offer(frame, form)
    step = request.form.get("step", "")
    if step == "edit" or step.startswith("remove:"):
        return back_to_form(frame, form, step)
    try:
        comments.check_free(frame.participant)
        draft = read_draft(frame, form)
    except MobilityError as error:
        return show_refused(frame, form, error)
    photo_errors = form.photos.errors
    if not form.validate() or photo_errors:
        form.photos.errors = photo_errors
        return show_form(frame, form, status=refusal_status(form))
    return show_preview(frame, form, draft)


def back_to_form(frame: Frame, form: CommentForm, step: str) -> ResponseReturnValue:
    """The form to change something; a language that was only guessed is guessed again."""
    if step.startswith("remove:"):
        drop(form, step.removeprefix("remove:"))
    if form.language.data == request.form.get("guessed"):
        form.language.data = ""
    return show_form(frame, form)


def show_preview(frame: Frame, form: CommentForm, draft: Draft) -> ResponseReturnValue:
    """The comment as others will see it, with what its writer may not have thought of."""
    guess = languages.detect(draft.text, page=frame.language, plan=frame.plan.languages)
    photos = staged(form)
    form.language.data = draft.language
    return render_panel(
        frame,
        "consultation/preview.html",
        tab="comments",
        view="card",
        writing=True,
        shown=shown_to_others(draft),
        form=form,
        comment=draft_card(draft, language=frame.language, now=frame.now) | {"photos": photos},
        exact_words=pick(draft.place.words, frame.language),
        photos=photos,
        guess=guess,
        hints=plan_hints(frame.plan, frame.city, draft.text),
        waits=waits_for_reading(frame),
        route=where_to(frame, draft),
        **similar_parts(frame, draft),
    )


def shown_to_others(draft: Draft) -> dict[str, Any]:
    """Where the map of others will show the comment."""
    place = draft.place
    if told_roughly(draft.topic, place) and place.lon is not None and place.lat is not None:
        lon, lat = coarse_centre(place.lon, place.lat)
        return {"lon": lon, "lat": lat, "segment": None, "drawing": json.dumps(coarse_square(lon, lat))}
    return {"lon": place.lon, "lat": place.lat, "segment": place.segment_code, "drawing": place.drawing}


def where_to(frame: Frame, draft: Draft) -> dict[str, Any] | None:
    """Which office will answer, by when and why; None when nobody routes comments."""
    found = signals.route_asked.send(
        db.session,
        plan=frame.plan,
        city=frame.city,
        topic_id=draft.topic.id,
        subject=draft.place,
        language=frame.language,
    )
    return next((card for _listener, card in found), None)


def waits_for_reading(frame: Frame) -> bool:
    """Whether comments of the open step are read by somebody before they are public."""
    here = next((phase for phase in frame.phases if phase.opens_at <= frame.now < phase.closes_at), None)
    return here is not None and here.moderation == "pre"


def similar_parts(frame: Frame, draft: Draft) -> dict[str, Any]:
    """Comments that say much the same at the same place, and whether one can add one's voice to them."""
    ids, total = duplicates.similar_comments(
        db.session,
        plan_id=frame.plan.id,
        srid=frame.city.srid,
        subject=draft.place,
        words=draft.text,
        language=draft.language,
        participant_id=frame.participant.id if frame.participant else None,
    )
    rows = queries.comments_by_id(db.session, plan_id=frame.plan.id, ids=ids)
    cards = comment_cards(rows, slug=frame.plan.slug, language=frame.language)
    return {
        "similar": cards,
        "similar_total": total,
        "can_endorse": "consultation.endorse" in current_app.view_functions,
    }


@bp.post("/plans/<slug>/comments")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("12 per minute; 60 per hour", key_func=web.participant_key, on_breach=too_many)
@limiter.limit("300 per minute", on_breach=too_many)
def send(slug: str) -> ResponseReturnValue:
    """Keep the comment and show its receipt. The same form sent again shows the same receipt."""
    make_room()
    frame, form = open_frame(slug), CommentForm()
    offer(frame, form)
    if not form.validate():
        return show_form(frame, form, status=refusal_status(form))
    if before := sent_already(form):
        return to_receipt(before)
    if problem := take_sent(form):
        form.photos.errors = [problem]
        return show_form(frame, form, status=refusal_status(form))
    try:
        key = form.idempotency_key()
        comment = in_transaction(lambda session: keep(session, frame, form, key))
    except MobilityError as error:
        return show_refused(frame, form, error)
    return to_receipt(comment)


def sent_already(form: CommentForm) -> Comment | None:
    """The comment this form made before, when its answer was lost: its photos are not taken a second time."""
    key, who = form_key(form), web.current_participant(db.session)
    return comments.sent_before(db.session, key=key, participant_id=who.id) if key and who else None


def to_receipt(comment: Comment) -> ResponseReturnValue:
    """The way to the receipt, with a word about what became of the comment."""
    flash(sent_text(comment), "success")
    return redirect(url_for("consultation.receipt", code=show_receipt(comment.receipt), sent=1), 303)


def sent_text(comment: Comment) -> str:
    """What became of the comment."""
    if comment.status == "pending":
        return _("Thank you. Your comment will be public after somebody has read it.")
    return _("Thank you. Your comment is published.")


def keep(session: Session, frame: Frame, form: CommentForm, key: uuid.UUID) -> Comment:
    """The comment of this form: the one already made with its key, else a new one."""
    participant = web.current_participant(session, create=True)
    assert participant is not None
    before = comments.sent_before(session, key=key, participant_id=participant.id)
    if before:
        return before
    now = datetime.now(UTC)
    comments.check_free(participant)
    step = comments.open_step(frame.steps, level=participant.identity_level, now=now)
    made = comments.submit_comment(
        session,
        plan=frame.plan,
        step=step,
        participant=participant,
        draft=read_draft(frame, form),
        idempotency_key=key,
        origin=web.origin(),
        now=now,
    )
    office = form.office.data or ""
    if office.isdigit() and len(office) < 19:
        signals.office_chosen.send(session, comment=made, office_id=int(office), now=now)
    return made


def read_draft(frame: Frame, form: CommentForm) -> Draft:
    """What the form says, checked against the plan. Raises Invalid and CommentingClosed."""
    comments.open_step(frame.steps, level=frame.level, now=frame.now)
    subject = read_subject(frame, form)
    topic = drafts.find_topic(db.session, plan_id=frame.plan.id, slug=form.topic.data)
    stance = drafts.check_stance(form.stance.data)
    words = drafts.check_text(form.text.data)
    effect = drafts.check_effect(
        db.session, city_id=frame.city.id, kind=form.effect.data, place=form.heritage_place.data
    )
    guess = languages.detect(words, page=frame.language, plan=frame.plan.languages)
    language = languages.choose(form.language.data, guess=guess, plan=frame.plan.languages)
    return Draft(subject, topic, stance, words, language, effect, drafts.check_relation(form.relation.data))

"""What the pages of writing a comment share: the choices of the form, and how it is shown again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]

from mobility import web
from mobility.cities.models import City
from mobility.consultation import comments, languages, places, queries
from mobility.consultation.forms import COMMENT_CHARACTERS, CommentForm, EditForm, stance_icons
from mobility.consultation.hints import Hint, find_hints
from mobility.consultation.places import Subject
from mobility.consultation.texts import clean
from mobility.consultation.views.asking import asks
from mobility.consultation.views.frame import Frame, render_panel
from mobility.consultation.views.staging import staged
from mobility.errors import Conflict, Invalid, MobilityError
from mobility.extensions import db
from mobility.media import services as media
from mobility.media.models import ALT_LIMIT, PHOTOS_LIMIT
from mobility.plans import queries as plans
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.text import pick


def offer(frame: Frame, form: CommentForm) -> None:
    """Topics and languages in the reader's language."""
    offer_for(frame.plan, frame.language, form)


def offer_for(plan: Plan, language: str, form: CommentForm | EditForm) -> None:
    """Topics and languages in a language."""
    topics = queries.topics_of(db.session, plan_id=plan.id)
    form.topic.choices = [SelectChoice("", _("Choose a topic"))] + [
        SelectChoice(topic.slug, pick(topic.label, language)) for topic in topics
    ]
    discreet = [str(pick(topic.label, language)) for topic in topics if topic.sensitive]
    form.topic.description = roughly_text(discreet) if discreet else ""
    form.language.choices = [
        SelectChoice(tag, languages.language_name(tag, language)) for tag in languages.offered(plan.languages)
    ]


def roughly_text(topics: Sequence[str]) -> str:
    """Of which topics others see only the area, before one sends."""
    return str(
        ngettext(
            "On this topic others will see only the area of your comment, not its exact place: %(topics)s.",
            "On these topics others will see only the area of your comment, not its exact place: %(topics)s.",
            len(topics),
            topics=", ".join(topics),
        )
    )


def plan_hints(plan: Plan, city: City, text: str) -> list[Hint]:
    """What may be personal data in a text; names of streets and places of the plan are none."""
    named = plans.named_places(db.session, city_id=city.id, plan_id=plan.id)
    streets = plans.segment_places(db.session, plan_id=plan.id)
    known = {row.street for row in streets} | {name for row in named for name in row.name.values()}
    return find_hints(text, country=city.country, places=known)


def read_subject(frame: Frame, form: CommentForm) -> Subject:
    """What the form says the comment is about. Raises Invalid("place")."""
    return places.read_subject(
        db.session,
        plan=frame.plan,
        city=frame.city,
        choice=form.place.data or "",
        drawing=form.drawing.data or "",
        lon=form.lon.data,
        lat=form.lat.data,
    )


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
        subject: Subject | None = read_subject(frame, form)
    except MobilityError:
        subject = None
    photos = staged(form)
    return render_panel(
        frame,
        "consultation/write.html",
        tab="comments",
        view="card",
        writing=True,
        status=status,
        shown={"segment": subject.segment_code} if subject else None,
        form=form,
        words=pick(subject.words, frame.language) if subject else "",
        place_groups=place_groups(frame),
        closed=closed or frame.why_not("comment"),
        asks=asks(frame, "comment", back=write_address(frame)),
        limit=COMMENT_CHARACTERS,
        icons=stance_icons(),
        problems=problems,
        photos=photos,
        photo_limit=PHOTOS_LIMIT,
        alt_limit=ALT_LIMIT,
        more_open=bool(photos or form.photos.errors or form.effect.errors),
        **heritage_parts(frame, form, subject),
    )


def write_address(frame: Frame) -> str:
    """The address of the form with the place that was asked for."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else ""
    return asked or url_for("consultation.write", slug=frame.plan.slug)


def heritage_parts(frame: Frame, form: CommentForm, subject: Subject | None) -> dict[str, Any]:
    """The heritage places one can name; the one that the comment's place touches is chosen."""
    found = plans.heritage_places(db.session, city_id=frame.city.id)
    near = ""
    if subject and found:
        near = places.heritage_near(db.session, city=frame.city, lon=subject.lon, lat=subject.lat)
    form.heritage_place.choices = [SelectChoice("", _("Choose a place"))] + [
        SelectChoice(place.code, pick(place.name, frame.language)) for place in found
    ]
    form.heritage_place.data = form.heritage_place.data or near
    name = next((pick(place.name, frame.language) for place in found if place.code == near), "")
    return {"heritage_near": name, "has_heritage": bool(found)}


def show_refused(frame: Frame, form: CommentForm, error: MobilityError) -> ResponseReturnValue:
    """The form with the reason beside its field, or with the reason why commenting is closed."""
    if isinstance(error, comments.CommentingClosed):
        return show_form(frame, form, status=error.status, closed=frame.why_not("comment", error.refusal))
    photo_errors = form.photos.errors
    form.validate()
    form.photos.errors = photo_errors
    if isinstance(error, Invalid) and error.field in form:
        form[error.field].errors = [str(error.message)]
        if error.field == "text":
            form.text.data = clean(form.text.data)[0]
        mend_key(form)
        return show_form(frame, form, status=refusal_status(form))
    if isinstance(error, Conflict):
        new_key(form)
    problems = [{"field": "", "message": refusal_words(frame, error)}]
    return show_form(frame, form, status=error.status, problems=problems)


def refusal_words(frame: Frame, error: MobilityError) -> str:
    """The reason; somebody who is blocked is also told whom to write to."""
    contact = frame.city.contact.get("email")
    if isinstance(error, comments.Blocked) and contact:
        return f"{error.message} " + _("If you think this is a mistake, write to %(email)s.", email=contact)
    return str(error.message)


def mend_key(form: CommentForm) -> None:
    """A new key in place of one that cannot be read."""
    try:
        form.idempotency_key()
    except Invalid:
        form.key.data = str(uuid.uuid4())


def new_key(form: CommentForm) -> None:
    """A new key in place of one that is used up; photos that wait in the form come along."""
    old, new = form.key.data, uuid.uuid4()
    who = web.current_participant(db.session)
    try:
        media.rename_form(db.session, old=uuid.UUID(old), new=new, participant_id=who.id if who else None)
        db.session.commit()
    except ValueError:
        pass
    form.key.data = str(new)


def refusal_status(form: CommentForm) -> int:
    """400 for a form whose token is forged or too old, 422 for what people can mend."""
    if "csrf_token" in form.errors:
        form.csrf_token.errors = [
            _("The form was open for a long time. Your text is kept: please send again.")
        ]
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.UNPROCESSABLE_ENTITY


def place_groups(frame: Frame) -> list[dict[str, Any]]:
    """The list of places for those who do not use the map: stretches, measures, areas, streets, places."""
    language = frame.language
    stretches = plans.segment_places(db.session, plan_id=frame.plan.id)
    measures = plans.measures_of(db.session, plan_id=frame.plan.id)
    areas = places.area_places(db.session, plan=frame.plan, city=frame.city, language=language)
    named = plans.named_places(db.session, city_id=frame.city.id, plan_id=frame.plan.id)
    streets = [row for row in named if row.kind == "street"]
    others = [row for row in named if row.kind not in ("street", *places.AREA_KINDS)]

    def group(label: str, options: list[tuple[str, str]]) -> dict[str, Any]:
        return {"label": label, "options": options}

    def named_options(rows: list[Any], kind: str) -> list[tuple[str, str]]:
        return [
            (f"{row.kind if row.kind in ('zone', 'heritage') else kind}:{row.code}", pick(row.name, language))
            for row in rows
        ]

    return [
        group(_("No single place"), [(places.WHOLE_PLAN, _("The whole plan"))]),
        group(
            _("Stretches of the plan"),
            [(f"segment:{r.code}", f"{r.street}, {pick(r.span, language)} ({r.code})") for r in stretches],
        ),
        group(
            _("A measure as a whole"),
            [(f"measure:{m.code}", f"{m.code} · {pick(m.title, language)}") for m in measures],
        ),
        group(_("Squares"), named_options([a for a in areas if a.kind == "square"], "context")),
        group(
            _("Quarters, parks and heritage zones"),
            named_options([a for a in areas if a.kind != "square"], "context"),
        ),
        group(_("Other streets"), named_options(streets, "context")),
        group(_("Monuments and other places"), named_options(others, "context")),
    ]

"""Follow something, see and change what one follows, stop it with one click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.accounts.models import Participant
from mobility.consultation.filters import read_bbox
from mobility.consultation.views.frame import Frame, open_frame, render_panel
from mobility.errors import Conflict, Invalid, NotFound
from mobility.extensions import csrf, db, limiter
from mobility.notices import following, queries, wording
from mobility.notices.following import Wish
from mobility.notices.links import Stop, read_stop
from mobility.notices.models import Follow
from mobility.plans import queries as plans
from mobility.plans.services import check_inside, describe_place, read_position
from mobility.retry import in_transaction
from mobility.security import safe_next
from mobility.text import pick

bp = Blueprint("notices", __name__)

WHERE = ("measure", "segment", "lon", "lat", "radius", "bbox")


@dataclass(frozen=True)
class Asked:
    """What the address asks to follow: the wish, in words, and the page it came from."""

    wish: Wish
    words: str
    back_url: str


@bp.get("/plans/<slug>/follow")
def follow_page(slug: str) -> ResponseReturnValue:
    """Before following: what, how often, to which address. Without an address the way to confirm one."""
    return show_follow(open_frame(slug))


@bp.post("/plans/<slug>/follow")
@limiter.limit("30 per minute", key_func=web.participant_key)
@limiter.limit("300 per minute")
def follow(slug: str) -> ResponseReturnValue:
    frame = open_frame(slug)
    try:
        asked = read_asked(frame)
        in_transaction(lambda session: keep(session, frame, asked.wish))
    except (Invalid, Conflict) as error:
        return show_follow(frame, problem=str(error.message), status=error.status)
    flash(_("You follow it now: %(what)s", what=asked.words), "success")
    return redirect(url_for("notices.mine", next=asked.back_url), 303)


def keep(session: Any, frame: Frame, wish: Wish) -> None:
    person = web.current_participant(session)
    if person is None:
        raise Conflict(_("We need a confirmed e-mail address to write to you."))
    following.follow(
        session,
        participant=person,
        wish=wish,
        rhythm=request.form.get("rhythm", ""),
        language=frame.language,
        now=datetime.now(UTC),
    )


def show_follow(frame: Frame, *, problem: str = "", status: int = HTTPStatus.OK) -> Response:
    slug, person = frame.plan.slug, frame.participant
    try:
        asked = read_asked(frame)
    except Invalid as error:
        asked = Asked(Wish("plan", frame.plan.id), frame.plan.title.get(frame.language, ""), "")
        problem, status = problem or str(error.message), status if problem else error.status
    chosen: dict[str, Any] = {name: request.values[name] for name in WHERE if request.values.get(name)}
    here = url_for("notices.follow_page", slug=slug, **chosen)
    found = already(asked.wish, person)
    return render_panel(
        frame,
        "notices/follow.html",
        tab="comments",
        view="card",
        status=status,
        asked=asked,
        chosen=chosen,
        radii=following.RADII,
        address=person.email if person else None,
        email_url=url_for("identity.email", next=here),
        following=found is not None,
        rhythm=request.form.get("rhythm") or (found.rhythm if found else "immediate"),
        problem=problem,
        plan_url=url_for("notices.follow_page", slug=slug),
    )


def already(wish: Wish, person: Participant | None) -> Follow | None:
    """How this person follows this plan, measure or segment now; None for somebody who does not."""
    if person is None or wish.kind == "area":
        return None
    what = {"measure": "measure_id", "segment": "segment_id", "plan": "plan_id"}[wish.kind]
    same = {"kind": wish.kind, what: getattr(wish, what)}
    return queries.current_follow(db.session, participant_id=person.id, **same)


def read_asked(frame: Frame) -> Asked:
    """What the address or the form means. Raises NotFound and Invalid."""
    asked, plan, slug = request.values, frame.plan, frame.plan.slug
    if code := asked.get("measure"):
        measure, _office = plans.find_measure(db.session, plan_id=plan.id, code=code)
        words = f"{measure.code} · {pick(measure.title, frame.language)}"
        back = url_for("consultation.measure", slug=slug, code=measure.code)
        return Asked(Wish("measure", plan.id, measure_id=measure.id), words, back)
    if code := asked.get("segment"):
        segment = plans.find_segment(db.session, plan_id=plan.id, code=code).segment
        words = f"{segment.street}, {pick(segment.span, frame.language)} ({segment.code})"
        back = url_for("consultation.segment", slug=slug, code=segment.code)
        return Asked(Wish("segment", plan.id, segment_id=segment.id), words, back)
    if asked.get("bbox"):
        return asked_box(frame, asked["bbox"])
    if asked.get("lon") and asked.get("lat"):
        return asked_circle(frame)
    back = url_for("consultation.plan", slug=slug)
    return Asked(Wish("plan", plan.id), _("The whole plan"), back)


def asked_circle(frame: Frame) -> Asked:
    """A circle around a position."""
    position = read_position(request.values.get("lon"), request.values.get("lat"))
    if position is None:
        raise Invalid("place", _("This is no position on the map."))
    radius = request.values.get("radius", 300, type=int)
    lon, lat = position
    place = check_inside(db.session, plan=frame.plan, city=frame.city, lon=lon, lat=lat)
    area = following.circle(lon=lon, lat=lat, radius_m=radius, srid=frame.city.srid)
    wish = Wish("area", frame.plan.id, area=area, radius_m=radius, place=place.words)
    words = _("Around: %(place)s", place=pick(place.words, frame.language))
    return Asked(wish, words, url_for("consultation.comments", slug=frame.plan.slug))


def asked_box(frame: Frame, typed: str) -> Asked:
    """A part of the map."""
    edges = read_bbox(typed)
    if edges is None:
        raise Invalid("area", _("This is no part of the map."))
    area = following.box(edges)
    middle = {"lon": (edges[0] + edges[2]) / 2, "lat": (edges[1] + edges[3]) / 2}
    place = describe_place(db.session, plan=frame.plan, city=frame.city, **middle)
    wish = Wish("area", frame.plan.id, area=area, place=place.words)
    words = _("The part of the map around: %(place)s", place=pick(place.words, frame.language))
    return Asked(wish, words, url_for("consultation.comments", slug=frame.plan.slug, bbox=typed))


@bp.get("/follows")
def mine() -> ResponseReturnValue:
    """Everything one follows, with how often one is told, and the ways to stop."""
    person = web.current_participant(db.session)
    rows = queries.follows_of(db.session, participant_id=person.id) if person else []
    own = queries.own_follow(db.session, participant_id=person.id) if person else None
    language = web.language()
    page = render_template(
        "notices/mine.html",
        address=person.email if person else None,
        follows=[follow_card(row, language) for row in rows if row.kind != "own"],
        own={"on": own is None or own.stopped_at is None, "rhythm": own.rhythm if own else "immediate"},
        back_url=safe_next(request.args.get("next")),
        email_url=url_for("identity.email", next=url_for("notices.mine")),
    )
    return private(page)


def follow_card(row: Any, language: str) -> dict[str, Any]:
    """One thing that is followed, for the template."""
    if row.kind == "measure":
        url = url_for("consultation.measure", slug=row.slug, code=row.measure_code)
    elif row.kind == "segment":
        url = url_for("consultation.segment", slug=row.slug, code=row.segment_code)
    else:
        url = url_for("consultation.plan", slug=row.slug)
    return {
        "id": row.id,
        "words": wording.followed(row, language),
        "plan": pick(row.plan_title, language),
        "url": url,
        "rhythm": row.rhythm,
    }


@bp.post("/follows/<int:follow_id>")
@limiter.limit("60 per minute", key_func=web.participant_key)
def change(follow_id: int) -> ResponseReturnValue:
    """Tell at once or once a day, or stop."""
    person = someone()
    what = request.form.get("rhythm", "")
    if what == "stop":
        now = datetime.now(UTC)
        in_transaction(
            lambda session: following.stop(session, follow_id=follow_id, participant_id=person, now=now)
        )
        flash(_("Stopped. No more messages about it."), "success")
    else:
        in_transaction(
            lambda session: following.change_rhythm(
                session, follow_id=follow_id, participant_id=person, rhythm=what
            )
        )
        flash(_("Changed."), "success")
    return redirect(url_for("notices.mine"), 303)


@bp.post("/follows/own")
@limiter.limit("60 per minute", key_func=web.participant_key)
def change_own() -> ResponseReturnValue:
    """The same for one's own comments, which are followed until one says otherwise."""
    person, what, now = someone(), request.form.get("rhythm", ""), datetime.now(UTC)
    in_transaction(lambda session: following.set_own(session, participant_id=person, rhythm=what, now=now))
    flash(_("Stopped. No more messages about it.") if what == "stop" else _("Changed."), "success")
    return redirect(url_for("notices.mine"), 303)


def someone() -> int:
    """The participant behind the request. Raises NotFound for a browser that has said nothing yet."""
    person = web.current_participant(db.session)
    if person is None:
        raise NotFound
    return person.id


@bp.get("/follows/stop/<token>")
@limiter.limit("60 per minute")
def stop_page(token: str) -> ResponseReturnValue:
    """The button: opening a link stops nothing, since mail programs open links by themselves."""
    asked = read_stop(str(current_app.secret_key), token)
    return show_stop(asked, token, done=False)


@bp.post("/follows/stop/<token>")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60 per minute")
def stop(token: str) -> ResponseReturnValue:
    """One click, from the page or straight from a mail program (RFC 8058), without sign-in."""
    asked, now = read_stop(str(current_app.secret_key), token), datetime.now(UTC)
    person, one = asked.participant_id, asked.follow_id
    if one is None or request.form.get("what") == "all":
        in_transaction(lambda session: following.stop_all(session, participant_id=person, now=now))
    else:
        in_transaction(lambda session: following.stop(session, follow_id=one, participant_id=person, now=now))
    return show_stop(asked, token, done=True)


def show_stop(asked: Stop, token: str, *, done: bool) -> Response:
    row = asked.follow_id and queries.find_follow(
        db.session, follow_id=asked.follow_id, participant_id=asked.participant_id
    )
    words = wording.followed(row, web.language()) if row else ""
    done = done or bool(row and row.stopped_at)
    everything = asked.follow_id is None or request.form.get("what") == "all"
    return private(
        render_template("notices/stop.html", token=token, words=words, done=done, everything=everything)
    )


def private(page: str) -> Response:
    """A page for one person: not kept, not indexed, its address not told to other sites."""
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer

"""Votes on segments and measures: sent, changed, withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from mobility import web
from mobility.consultation import proposal_mail, votes
from mobility.consultation.forms import VoteForm
from mobility.consultation.late_votes import Overtaken
from mobility.consultation.sql_votes import Kind
from mobility.consultation.views import subjects
from mobility.consultation.views.asking import drop_choice, keep_choice
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import open_frame, who_acts
from mobility.errors import Invalid, TooMany
from mobility.extensions import limiter
from mobility.retry import in_transaction

OUTCOMES = {
    "counted": _l("Your vote is counted."),
    "same": _l("Your vote is counted already."),
    "withdrawn": _l("Your vote is withdrawn."),
    "nothing": _l("There was no vote to withdraw."),
    "proposed": _l("Your proposal waits: it counts as soon as another delegate confirms it."),
}
PAGES = {"segment": subjects.segment_page, "measure": subjects.measure_page}


def too_many(_limit: object) -> Response:
    """The card with what was typed when votes come too fast."""
    kind: Kind = "measure" if "/measures/" in request.path else "segment"
    form, place = VoteForm(request.form), request.view_args or {}
    form.position.errors = [str(TooMany.default)]
    page = PAGES[kind](
        open_frame(place["slug"]), place["code"], form=form, status=HTTPStatus.TOO_MANY_REQUESTS
    )
    page.headers["Retry-After"] = "60"
    return page


each_person = limiter.limit("60 per minute", key_func=web.participant_key, on_breach=too_many)
each_network = limiter.limit("600 per minute", on_breach=too_many)


@bp.post("/plans/<slug>/segments/<code>/vote")
@each_person
@each_network
def segment_vote(slug: str, code: str) -> ResponseReturnValue:
    return cast(slug, "segment", code)


@bp.post("/plans/<slug>/measures/<code>/vote")
@each_person
@each_network
def measure_vote(slug: str, code: str) -> ResponseReturnValue:
    return cast(slug, "measure", code)


@bp.post("/plans/<slug>/segments/<code>/vote/withdraw")
@each_person
@each_network
def segment_withdraw(slug: str, code: str) -> ResponseReturnValue:
    return withdraw(slug, "segment", code)


@bp.post("/plans/<slug>/measures/<code>/vote/withdraw")
@each_person
@each_network
def measure_withdraw(slug: str, code: str) -> ResponseReturnValue:
    return withdraw(slug, "measure", code)


@bp.get("/plans/<slug>/<any(segments, measures):kind>/<code>/vote")
@bp.get("/plans/<slug>/<any(segments, measures):kind>/<code>/vote/withdraw")
def vote_address(slug: str, kind: str, code: str) -> ResponseReturnValue:
    """A reloaded page after a refused vote leads back to the card."""
    return redirect(url_for(f"consultation.{kind[:-1]}", slug=slug, code=code))


def cast(slug: str, kind: Kind, code: str) -> ResponseReturnValue:
    """Count the posted vote and go back to the card; a refused one comes back with what was typed."""
    form = VoteForm(request.form)
    voice = (form.voice.data or "")[:80]
    try:
        position = form.read_position()
        condition, reason = form.texts()
        who, now = who_acts(), datetime.now(UTC)
        ballot = votes.Ballot(position, condition, reason, voice, web.origin(), form.said_at(now))

        def work(db_session: Session) -> votes.Done:
            done = votes.cast_vote(
                db_session, slug=slug, kind=kind, code=code, who=who, ballot=ballot, now=now
            )
            return told(db_session, done, slug, kind, code, voice)

        done = in_transaction(work)
    except Invalid as error:
        form[error.field].errors = [str(error.message)]
        return PAGES[kind](open_frame(slug), code, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except votes.Blocked as error:
        form.position.errors = [str(error.message)]
        return PAGES[kind](open_frame(slug), code, form=form, status=HTTPStatus.FORBIDDEN)
    except votes.VotingClosed as error:
        return refused(slug, kind, code, form, error)
    except Overtaken as error:
        return overtaken(slug, kind, code, form, error)
    drop_choice()
    say(outcome_text(done))
    return back(slug, kind, code, voice)


def withdraw(slug: str, kind: Kind, code: str) -> ResponseReturnValue:
    """Take the live vote back and go back to the card."""
    form = VoteForm(request.form)
    voice = (form.voice.data or "")[:80]
    who, now = who_acts(make_token=False), datetime.now(UTC)

    def work(db_session: Session) -> votes.Done:
        done = votes.withdraw_vote(
            db_session,
            slug=slug,
            kind=kind,
            code=code,
            who=who,
            voice=voice,
            said_at=form.said_at(now),
            now=now,
        )
        return told(db_session, done, slug, kind, code, voice)

    try:
        done = in_transaction(work)
    except votes.VotingClosed as error:
        return refused(slug, kind, code, form, error)
    except Overtaken as error:
        return overtaken(slug, kind, code, form, error)
    say(outcome_text(done))
    return back(slug, kind, code, voice)


def told(db_session: Session, done: votes.Done, slug: str, kind: Kind, code: str, voice: str) -> votes.Done:
    """The same, once the other delegates have been told of a new proposal."""
    if done.what == "proposed" and done.proposal_id:
        here = url_for(f"consultation.{kind}", slug=slug, code=code, voice=voice)
        proposal_mail.tell_delegates(
            db_session,
            proposal_id=done.proposal_id,
            url=f"{current_app.config['BASE_URL']}{here}",
            now=datetime.now(UTC),
        )
    return done


def outcome_text(done: votes.Done) -> str:
    """What became of it, in a sentence."""
    return str(OUTCOMES["proposed" if done.what == "same" and done.proposal_id else done.what])


def say(message: str) -> None:
    """Shows the message on the next page, in place of one that was never read: only the last vote matters."""
    session.pop("_flashes", None)
    flash(message, "success")


def refused(
    slug: str, kind: Kind, code: str, form: VoteForm, error: votes.VotingClosed
) -> ResponseReturnValue:
    """The card with the reason why voting is closed and what was typed."""
    frame = open_frame(slug)
    why = frame.why_not("vote", error.refusal if error.refusal.why == "level" else None)
    if error.refusal.why == "level":
        keep_choice(form, at=url_for(f"consultation.{kind}", slug=slug, code=code))
    return PAGES[kind](frame, code, form=form, status=HTTPStatus.CONFLICT, closed=why)


def overtaken(slug: str, kind: Kind, code: str, form: VoteForm, error: Overtaken) -> ResponseReturnValue:
    """The card with the word that something later counts."""
    form.position.errors = [str(error.message)]
    return PAGES[kind](open_frame(slug), code, form=form, status=HTTPStatus.CONFLICT)


def back(slug: str, kind: Kind, code: str, voice: str) -> ResponseReturnValue:
    """To the card, with the capacity one voted in still chosen."""
    capacity: dict[str, Any] = {} if voice in votes.OWN_VOICES else {"voice": voice}
    return redirect(url_for(f"consultation.{kind}", slug=slug, code=code, **capacity), 303)

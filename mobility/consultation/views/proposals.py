"""Proposed votes of groups: confirmed or declined by another delegate, taken back by their author."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility.consultation import proposal_mail, proposals, votes
from mobility.consultation.forms import VoteForm
from mobility.consultation.sql_votes import Kind
from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import open_frame, who_acts
from mobility.consultation.views.votes import (
    PAGES,
    back,
    each_network,
    each_person,
    outcome_text,
    refused,
    say,
)
from mobility.errors import Conflict, Forbidden, Invalid
from mobility.retry import in_transaction
from mobility.security import safe_next

PLACE = "/plans/<slug>/<any(segments, measures):kinds>/<code>/vote/proposals/<int:proposal_id>"


@bp.post(f"{PLACE}/confirm")
@each_person
@each_network
def confirm_proposal(slug: str, kinds: str, code: str, proposal_id: int) -> ResponseReturnValue:
    kind, voice = kind_of(kinds), voice_of()
    who, now = who_acts(make_token=False), datetime.now(UTC)
    try:
        done = in_transaction(
            lambda work: votes.confirm_vote(
                work,
                slug=slug,
                kind=kind,
                code=code,
                who=who,
                voice=voice,
                proposal_id=proposal_id,
                now=now,
            )
        )
    except votes.VotingClosed as error:
        return refused(slug, kind, code, VoteForm(), error)
    except Conflict as error:
        flash(str(error.message), "warning")
        return go_on(slug, kind, code, voice)
    say(_("The vote of the group is withdrawn.") if done.what == "withdrawn" else outcome_text(done))
    return go_on(slug, kind, code, voice)


@bp.post(f"{PLACE}/decline")
@each_person
@each_network
def decline_proposal(slug: str, kinds: str, code: str, proposal_id: int) -> ResponseReturnValue:
    """Another delegate declines; its author takes it back."""
    kind, voice, who, now = kind_of(kinds), voice_of(), who_acts(make_token=False), datetime.now(UTC)
    frame = open_frame(slug)
    account = who.account

    def work(session: Session) -> str:
        groups = votes.voices_of(session, plan_id=frame.plan.id, account=account, now=now)
        group = next((each for each in groups if each.slug == voice), None)
        if group is None or account is None:
            raise Forbidden(_("You are not a delegate of this group for this plan."))
        found = proposals.decline_vote(
            session,
            group_id=group.id,
            proposal_id=proposal_id,
            account_id=account.id,
            word=request.form.get("word", ""),
            now=now,
        )
        if found.outcome == "declined":
            here = url_for(f"consultation.{kind}", slug=slug, code=code, voice=voice)
            url = f"{current_app.config['BASE_URL']}{here}"
            proposal_mail.tell_proposer(session, proposal=found, who=account.name, url=url)
        return found.outcome or ""

    try:
        ended = in_transaction(work)
    except Conflict as error:
        flash(str(error.message), "warning")
        return go_on(slug, kind, code, voice)
    except Invalid as error:
        form = VoteForm()
        form.position.errors = [str(error.message)]
        return PAGES[kind](frame, code, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    say(_("Your proposal is taken back.") if ended == "withdrawn" else _("The proposal is declined."))
    return go_on(slug, kind, code, voice)


@bp.get(f"{PLACE}/<any(confirm, decline):act>")
def proposal_address(slug: str, kinds: str, code: str, **_which: object) -> ResponseReturnValue:
    """A reloaded page after a refusal leads back to the card."""
    return redirect(url_for(f"consultation.{kind_of(kinds)}", slug=slug, code=code))


def kind_of(kinds: str) -> Kind:
    return "segment" if kinds == "segments" else "measure"


def voice_of() -> str:
    return request.form.get("voice", "")[:80]


def go_on(slug: str, kind: Kind, code: str, voice: str) -> ResponseReturnValue:
    """Back to the page from which one came, else to the card."""
    wanted = safe_next(request.form.get("next"))
    return redirect(wanted, HTTPStatus.SEE_OTHER) if wanted else back(slug, kind, code, voice)

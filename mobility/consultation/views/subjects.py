"""The measure and segment cards with everything around them: votes, results, comments, heritage."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request, url_for
from flask_login import current_user

from mobility.accounts.models import StakeholderGroup
from mobility.consultation import moderation, proposals, queries, tallies, voices, votes
from mobility.consultation.cards import group_rows, level_rows
from mobility.consultation.filters import CommentFilter
from mobility.consultation.forms import VoteForm
from mobility.consultation.proposal_cards import proposal_cards, voice_choices
from mobility.consultation.sql_votes import Kind
from mobility.consultation.tallies import Tally
from mobility.consultation.views.asking import asks, kept_choice
from mobility.consultation.views.comments import cards_of
from mobility.consultation.views.frame import Frame, render_panel
from mobility.consultation.views.whole import wholes
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.plans.cards import heritage_cards, measure_card, planning_names, segment_card
from mobility.plans.models import Measure
from mobility.plans.words import _
from mobility.text import pick

LATEST = 3
SEGMENTS_A_PAGE = 40


def segment_page(
    frame: Frame, code: str, *, form: VoteForm | None = None, status: int = HTTPStatus.OK, closed: str = ""
) -> Response:
    """The card of a segment; `form` brings back what was typed when a vote was refused."""
    found = plans.find_segment(db.session, plan_id=frame.plan.id, code=code)
    slug, segment = frame.plan.slug, found.segment
    shows = frame.shows_results()
    tally = tallies.segment_tallies(db.session, segment_ids=[segment.id])[segment.id] if shows else None
    touches = plans.heritage_of(db.session, segment_ids=[segment.id])
    return render_panel(
        frame,
        "plans/segment.html",
        tab="measures",
        view="card",
        status=status,
        shown={"segment": segment.code, "measure": found.measure.code},
        measure=measure_card(
            found.measure,
            found.office,
            language=frame.language,
            url=url_for("consultation.measure", slug=slug, code=found.measure.code),
        ),
        segment=segment_card(segment, language=frame.language),
        heritage=heritage_cards(
            touches, language=frame.language, url=url_for("consultation.heritage", slug=slug)
        ),
        planning=planning_names(touches, language=frame.language),
        wholes=wholes(frame, segment.id, shows=shows),
        **voting(frame, "segment", segment, form=form, closed=closed, voted_on=tally),
        **conversation(frame, "segment", segment),
    )


def measure_page(
    frame: Frame,
    code: str,
    *,
    page: int = 1,
    form: VoteForm | None = None,
    status: int = HTTPStatus.OK,
    closed: str = "",
) -> Response:
    """The card of a measure with its segments, in pages."""
    slug = frame.plan.slug
    measure, office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    shows = frame.shows_results()
    tally = tallies.measure_tallies(db.session, measure_ids=[measure.id])[measure.id] if shows else None
    return render_panel(
        frame,
        "plans/measure.html",
        tab="measures",
        view="card",
        status=status,
        shown={"measure": measure.code},
        measure=measure_card(measure, office, language=frame.language),
        heritage=heritage_cards(
            plans.heritage_of_measure(db.session, measure_id=measure.id),
            language=frame.language,
            url=url_for("consultation.heritage", slug=slug),
        ),
        **stretches(frame, measure, page, shows=shows),
        **voting(frame, "measure", measure, form=form, closed=closed, voted_on=tally),
        **conversation(frame, "measure", measure),
    )


def stretches(frame: Frame, measure: Measure, page: int, *, shows: bool) -> dict[str, Any]:
    """One page of a measure's segments, with their support when it may be shown."""
    total = plans.segment_counts(db.session, plan_id=frame.plan.id).get(measure.id, 0)
    pages = max(1, -(-total // SEGMENTS_A_PAGE))
    page = min(max(page, 1), pages)
    rows = plans.segments_of(
        db.session,
        plan_id=frame.plan.id,
        measure_id=measure.id,
        limit=SEGMENTS_A_PAGE,
        offset=(page - 1) * SEGMENTS_A_PAGE,
    )
    found = tallies.segment_tallies(db.session, segment_ids=[row.id for row in rows]) if shows else {}
    cards = [
        segment_card(
            row,
            language=frame.language,
            url=url_for("consultation.segment", slug=frame.plan.slug, code=row.code),
            tally=found.get(row.id),
        )
        for row in rows
    ]
    return {"segments": cards, "total": total, "page": page, "pages": pages}


def voting(
    frame: Frame,
    kind: Kind,
    subject: Any,
    *,
    form: VoteForm | None,
    closed: str,
    voted_on: Tally | None,
) -> dict[str, Any]:
    """The vote form with one's own vote, or why it is closed; and the result when it may be shown."""
    account = current_user if current_user.is_authenticated else None
    groups = votes.voices_of(db.session, plan_id=frame.plan.id, account=account, now=frame.now)
    key: dict[str, Any] = {f"{kind}_id": subject.id}
    mine = queries.my_votes(
        db.session,
        participant_id=frame.participant.id if frame.participant else None,
        group_ids=[group.id for group in groups],
        **key,
    )
    chosen = form.voice.data if form else request.args.get("voice", "")
    group = next((g for g in groups if g.slug == chosen), None)
    here = url_for(f"consultation.{kind}", slug=frame.plan.slug, code=subject.code)
    form = form or kept_choice(at=here)
    if subject.retired_at is not None:
        closed = closed or gone_words(subject, frame.language)
    return {
        "form": form or VoteForm(),
        "mine": mine.get(group.id if group else None),
        "vote_aside": moderation.aside_of(db.session, vote=mine.get(group.id if group else None)),
        **_waiting(frame, kind, subject, groups, chosen),
        **voting_links(frame, kind, subject, here),
        "until": frame.until(),
        "closed": closed or frame.why_not("vote"),
        "typed": {"condition": form.condition.data, "reason": form.reason.data} if form else {},
        "tally": voted_on,
        "level_rows": level_rows(voted_on) if voted_on else [],
        "group_rows": group_rows(queries.group_votes(db.session, **key), frame.language) if voted_on else [],
        "results_hidden": "" if voted_on else frame.hidden_results_text(),
        **(agreement(frame, voted_on, key) if voted_on else {"accord": None, "sentence": "", "aside": 0}),
    }


def gone_words(subject: Any, language: str) -> str:
    """That a subject left the plan, and why if the city has said it."""
    gone = _("This is no longer part of the plan. What people said about it is kept.")
    return f"{gone} {pick(getattr(subject, 'retired_note', None), language)}".strip()


def voting_links(frame: Frame, kind: Kind, subject: Any, here: str) -> dict[str, Any]:
    """Where a vote is sent and taken back, and the ways to a level that is missing."""
    return {
        "vote_url": url_for(f"consultation.{kind}_vote", slug=frame.plan.slug, code=subject.code),
        "withdraw_url": url_for(f"consultation.{kind}_withdraw", slug=frame.plan.slug, code=subject.code),
        "asks": asks(frame, "vote", back=f"{here}#vote"),
    }


def agreement(frame: Frame, tally: Tally, key: dict[str, Any]) -> dict[str, Any]:
    """Groups and people side by side, and how many votes are set aside."""
    names = voices.group_names(db.session, tallies=[tally], language=frame.language)
    return {
        "accord": voices.accord_card(tally, names),
        "sentence": voices.agreement_sentence(),
        "aside": voices.count_aside(db.session, plan_id=frame.plan.id, **key),
    }


def _waiting(
    frame: Frame, kind: Kind, subject: Any, groups: list[StakeholderGroup], chosen: str | None
) -> dict[str, Any]:
    """For delegates: the voices they may vote in, and what waits for a second one of them here."""
    careful = [group.id for group in groups if group.rule == proposals.TWO]
    if not careful:
        return {"voices": voice_choices(groups, chosen, {}, frame.language), "proposals": []}
    about: dict[str, Any] = {f"{kind}_id": subject.id}
    counts = proposals.delegate_counts(db.session, group_ids=careful, now=frame.now)
    rows = proposals.waiting_rows(db.session, group_ids=careful, **about)
    return {
        "voices": voice_choices(groups, chosen, counts, frame.language),
        "proposals": proposal_cards(
            rows,
            slug=frame.plan.slug,
            kind=kind,
            code=subject.code,
            account_id=current_user.id,
            language=frame.language,
        ),
    }


def conversation(frame: Frame, kind: str, subject: Any) -> dict[str, Any]:
    """The latest comments on a subject, their number by stance, and the way to all of them."""
    about: dict[str, Any] = {kind: subject.code}
    wanted = CommentFilter(**about)
    page = queries.comment_page(db.session, plan_id=frame.plan.id, wanted=wanted, limit=LATEST)
    counts = queries.stance_counts(db.session, **{f"{kind}_id": subject.id}) if page.rows else {}
    slug = frame.plan.slug
    return {
        "comments": cards_of(frame, page.rows),
        "stances": counts,
        "comments_total": sum(counts.values()),
        "comments_url": url_for("consultation.comments", slug=slug, **wanted.arguments()),
        "write_url": url_for("consultation.write", slug=slug, **about),
        "comments_closed": "" if frame.open_to_some("comment") else frame.why_not("comment"),
    }

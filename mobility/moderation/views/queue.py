"""The queue of comments: find them, look at one, decide on one or on many."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from mobility.consultation import queries as reading
from mobility.consultation.models import HIDE_REASONS, STANCES
from mobility.consultation.moderation import reason_label
from mobility.consultation.views.desk import must, staff_only
from mobility.consultation.views.frame import Frame
from mobility.consultation.wording import stance_label
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.moderation import cards, decisions, queries
from mobility.moderation.filters import SIGNALS, STATES, QueueFilter, read_queue
from mobility.moderation.views.blueprint import bp
from mobility.moderation.views.frame import back_address, each_moderator, render_moderation
from mobility.moderation.wording import signal_label, state_label
from mobility.plans import queries as plans
from mobility.plans.cards import sentence
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick


@bp.get("/plans/<slug>/desk/comments")
@staff_only
def queue(frame: Frame) -> ResponseReturnValue:
    wanted, problem = read_wanted(frame)
    return render_queue(frame, wanted, problem=problem)


@bp.get("/plans/<slug>/desk/moderation")
@staff_only
def moderation(frame: Frame) -> ResponseReturnValue:
    return redirect(url_for("moderation.queue", slug=frame.plan.slug))


def read_wanted(frame: Frame) -> tuple[QueueFilter, Invalid | None]:
    """The filter of this address; when a value cannot be meant, no filter and what is wrong."""
    try:
        return read_queue(request.args, timezone=frame.city.timezone), None
    except Invalid as error:
        return QueueFilter(), error


def render_queue(
    frame: Frame, wanted: QueueFilter, *, problem: Invalid | None = None, bulk_problem: str = ""
) -> ResponseReturnValue:
    """One page of the queue with its filters, counts and what may be done."""
    slug, plan_id, after = frame.plan.slug, frame.plan.id, request.args.get("after", "")[:32]
    page = queries.queue_page(db.session, plan_id=plan_id, wanted=wanted, after=after)
    here = wanted.arguments()
    wrong = problem or bulk_problem
    return render_moderation(
        frame,
        "moderation/queue.html",
        page="queue",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        wanted=wanted,
        problem=problem,
        bulk_problem=bulk_problem,
        cards=read_cards(frame, page.rows),
        total=queries.count_items(db.session, plan_id=plan_id, wanted=wanted),
        most=decisions.MOST,
        here=urlencode(here),
        back=url_for("moderation.queue", slug=slug, **here, after=after or None),
        next_url=url_for("moderation.queue", slug=slug, **here, after=page.after) if page.after else "",
        first_url=url_for("moderation.queue", slug=slug, **here) if after else "",
        states=state_tabs(slug, wanted),
        choices=filter_choices(frame),
        reasons=[(code, sentence(reason_label(code))) for code in HIDE_REASONS],
        downloads=download_links(frame, wanted),
    )


def download_links(frame: Frame, wanted: QueueFilter) -> list[dict[str, str]]:
    """The file with the public comments of the same filter."""
    here = wanted.words.arguments(status="")
    address = url_for("exports.download", slug=frame.plan.slug, what="comments", lang=frame.language, **here)
    return [{"label": _("Comments"), "url": address}]


def read_cards(frame: Frame, rows: Any) -> list[cards.Card]:
    """The items with reports, decisions and their authors' figures; three queries for all of them."""
    ids = [row.id for row in rows]
    people = {row.participant_id for row in rows if row.participant_id}
    return cards.item_cards(
        rows,
        slug=frame.plan.slug,
        language=frame.language,
        decisions=queries.decisions_of(db.session, comment_ids=ids),
        reports=queries.reports_of(db.session, comment_ids=ids),
        histories=queries.histories(db.session, plan_id=frame.plan.id, participant_ids=people),
    )


def state_tabs(slug: str, wanted: QueueFilter) -> list[dict[str, Any]]:
    """The states as tabs, the other filters kept."""
    return [
        {
            "state": state,
            "label": state_label(state),
            "url": url_for(
                "moderation.queue", slug=slug, **wanted.arguments(state="" if state == "open" else state)
            ),
            "current": state == wanted.state,
        }
        for state in STATES
    ]


def filter_choices(frame: Frame) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    plan_id, language = frame.plan.id, frame.language
    return {
        "topic": [
            (each.slug, str(pick(each.label, language)))
            for each in reading.topics_of(db.session, plan_id=plan_id)
        ],
        "stance": [(each, stance_label(each)) for each in STANCES],
        "measure": [
            (each.code, f"{each.code} · {pick(each.title, language)}")
            for each in plans.measures_of(db.session, plan_id=plan_id)
        ],
        "language": [(tag, tag) for tag in queries.languages_of(db.session, plan_id=plan_id)],
        "signal": [(code, signal_label(code)) for code in SIGNALS],
    }


@bp.post("/plans/<slug>/desk/comments/decide")
@each_moderator
@staff_only
def decide(frame: Frame) -> ResponseReturnValue:
    """Decide on the items ticked, on one of them, or on everything that matches the filter."""
    account_id = must("moderate", frame)
    wanted = read_queue(dict(parse_qsl(request.form.get("filter", "")[:2000])), timezone=frame.city.timezone)
    only, _dot, own_action = request.form.get("only", "").partition(".")
    action = decisions.read_action(own_action or request.form.get("action", ""))
    everything = request.form.get("scope") == "all" and not only
    if everything and not request.form.get("confirmed"):
        return confirm(frame, wanted, action)
    ids = chosen_ids(frame, wanted, only, everything=everything)
    if not ids:
        return render_queue(frame, wanted, bulk_problem=_("Tick at least one comment."))
    try:
        done = in_transaction(
            lambda session: decisions.decide(
                session,
                plan_id=frame.plan.id,
                ids=ids,
                action=action,
                account_id=account_id,
                reason=request.form.get("reason", ""),
                note=request.form.get("note", ""),
                now=datetime.now(UTC),
            )
        )
    except Invalid as error:
        return render_queue(frame, wanted, bulk_problem=str(error.message))
    say(action, done)
    return redirect(back_address(frame), HTTPStatus.SEE_OTHER)


def chosen_ids(frame: Frame, wanted: QueueFilter, only: str, *, everything: bool) -> list[int]:
    """The ids meant by the form."""
    if everything:
        return queries.matching_ids(db.session, plan_id=frame.plan.id, wanted=wanted)
    typed = [only] if only else request.form.getlist("item")
    return [int(each) for each in typed[: decisions.MOST] if each.isdigit() and len(each) < 19]


def confirm(frame: Frame, wanted: QueueFilter, action: str) -> ResponseReturnValue:
    """The question before a decision about everything that matches."""
    total = queries.count_items(db.session, plan_id=frame.plan.id, wanted=wanted)
    reason = request.form.get("reason", "")
    if action == "hide" and reason not in HIDE_REASONS:
        return render_queue(frame, wanted, bulk_problem=_("Choose a reason from the list."))
    return render_moderation(
        frame,
        "moderation/confirm.html",
        page="queue",
        action=action,
        total=min(total, decisions.MOST),
        capped=total > decisions.MOST,
        most=decisions.MOST,
        reason=reason,
        reason_label=sentence(reason_label(reason)),
        note=request.form.get("note", ""),
        here=request.form.get("filter", "")[:2000],
        back=back_address(frame),
    )


def say(action: str, done: decisions.Decided) -> None:
    """What was decided, and how many were left as they were."""
    n = len(done.ids)
    words = {
        "hide": ngettext("%(num)s comment is hidden.", "%(num)s comments are hidden.", n),
        "restore": ngettext("%(num)s comment is public again.", "%(num)s comments are public again.", n),
        "approve": ngettext("%(num)s comment is approved.", "%(num)s comments are approved.", n),
    }[action]
    if done.left:
        words += " " + ngettext("%(num)s was left as it was.", "%(num)s were left as they were.", done.left)
    flash(words, "success")

"""What the pages of moderation share: rights, sub-pages, the way back, the limits."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request, url_for

from mobility import web
from mobility.consultation.views.desk import render_desk
from mobility.consultation.views.frame import Frame
from mobility.extensions import db, limiter
from mobility.moderation import queries
from mobility.plans.words import _
from mobility.security import safe_next

each_moderator = limiter.limit("120 per minute", key_func=web.participant_key)


def render_moderation(
    frame: Frame, template: str, *, page: str, status: int = HTTPStatus.OK, **values: Any
) -> Response:
    """A page of moderation, below the tabs of the desk."""
    waits = queries.waiting(db.session, plan_id=frame.plan.id)
    return render_desk(
        frame,
        template,
        tab="comments",
        status=status,
        waits=waits,
        subpages=subpages(frame.plan.slug, page, waits),
        may_moderate=web.may("moderate", frame.plan.id),
        may_set_aside=web.may("set_aside", frame.plan.id),
        **values,
    )


def subpages(slug: str, current: str, waits: queries.Waiting) -> list[dict[str, Any]]:
    """The pages of moderation with how much waits on each."""
    labels: dict[str, tuple[str, int | None]] = {
        "queue": (_("Comments"), waits.pending + waits.reported + waits.signalled),
        "replies": (_("Replies"), waits.replies),
        "appeals": (_("Appeals"), waits.appeals),
        "blocks": (_("Blocked"), None),
        "anomalies": (_("Anomalies"), None),
        "words": (_("Word lists"), None),
    }
    return [
        {
            "url": url_for(f"moderation.{name}", slug=slug),
            "label": label,
            "count": count,
            "current": name == current,
        }
        for name, (label, count) in labels.items()
    ]


def reply_address(frame: Frame, reply_id: int) -> str:
    """Where the author of a reply reads why it is hidden, and may appeal; for messages."""
    path = url_for("moderation.reply_decision", slug=frame.plan.slug, reply_id=reply_id)
    return str(current_app.config["BASE_URL"]) + path


def back_address(frame: Frame) -> str:
    """The list from which one came, else the queue."""
    return safe_next(request.values.get("back")) or url_for("moderation.queue", slug=frame.plan.slug)

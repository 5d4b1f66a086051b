"""The dates of a consultation for the calendars of people."""

from __future__ import annotations

from datetime import UTC

from flask import Response, current_app, make_response, url_for
from icalendar import Calendar, Event

from mobility.consultation.views.blueprint import bp
from mobility.consultation.views.frame import Frame, open_frame
from mobility.extensions import limiter
from mobility.text import pick


@bp.get("/plans/<slug>/phases.ics")
@limiter.limit("120 per minute")
def phases_ics(slug: str) -> Response:
    """Every step as an event (RFC 5545); a calendar that subscribes to it follows changed dates."""
    frame = open_frame(slug)
    response = make_response(_calendar(frame).to_ical())
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{frame.plan.slug}.ics"'
    response.headers["Cache-Control"] = "no-cache"
    return response


def _calendar(frame: Frame) -> Calendar:
    title = str(pick(frame.plan.title, frame.language))
    address = current_app.config["BASE_URL"] + url_for("consultation.plan", slug=frame.plan.slug)
    host = address.split("/")[2].split(":")[0]
    calendar = Calendar()
    calendar.add("prodid", "-//mobility//consultation//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for phase in frame.phases:
        event = Event()
        event.add("uid", f"{frame.plan.slug}-{phase.slug}@{host}")
        event.add("dtstamp", frame.plan.updated_at.astimezone(UTC))
        event.add("dtstart", phase.opens_at.astimezone(UTC))
        event.add("dtend", phase.closes_at.astimezone(UTC))
        event.add("summary", f"{title}: {pick(phase.title, frame.language)}")
        event.add("description", str(pick(phase.summary, frame.language)))
        event.add("url", address)
        calendar.add_component(event)
    return calendar

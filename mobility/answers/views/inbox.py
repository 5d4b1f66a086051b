"""The inbox: cases by office, due day, topic, words and place; and the same on a map."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.answers import queries
from mobility.answers.deadlines import urgency
from mobility.answers.filters import DUE, NOBODY, STATES, InboxFilter, read_inbox
from mobility.answers.views.blueprint import bp
from mobility.answers.views.scope import offices, scope, zone
from mobility.answers.words import closing_label, due_label, reopened_label, state_label
from mobility.consultation import queries as reading
from mobility.consultation.cards import day_label
from mobility.consultation.views.desk import render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.errors import Invalid
from mobility.extensions import db
from mobility.plans import queries as plans
from mobility.plans.words import _
from mobility.text import pick


def read_wanted(frame: Frame) -> tuple[InboxFilter, Invalid | None]:
    """The filter of this address; when a value cannot be meant, no filter and what is wrong."""
    mine = scope(frame)
    try:
        return read_inbox(request.args, timezone=frame.city.timezone, mine=mine), None
    except Invalid as error:
        return InboxFilter(mine=mine), error


@bp.get("/plans/<slug>/desk/inbox")
@staff_only
def inbox(frame: Frame) -> ResponseReturnValue:
    wanted, problem = read_wanted(frame)
    slug, plan_id, after = frame.plan.slug, frame.plan.id, request.args.get("after", "")[:40]
    page = queries.inbox_page(db.session, plan_id=plan_id, wanted=wanted, after=after, now=frame.now)
    here = wanted.arguments()
    return render_desk(
        frame,
        "answers/inbox.html",
        tab="inbox",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        wanted=wanted,
        problem=problem,
        cards=[row_card(row, frame) for row in page.rows],
        total=queries.count_cases(db.session, plan_id=plan_id, wanted=wanted, now=frame.now),
        cap=queries.COUNT_CAP,
        figures=queries.figures(db.session, plan_id=plan_id, mine=wanted.mine, now=frame.now),
        no_office=wanted.mine is not None and not wanted.mine,
        sees_all=wanted.mine is None,
        states=state_tabs(slug, wanted),
        choices=choices(frame, wanted),
        next_url=url_for("answers.inbox", slug=slug, **here, after=page.after) if page.after else "",
        first_url=url_for("answers.inbox", slug=slug, **here) if after else "",
        map_url=url_for("answers.cases_map", slug=slug, **here),
        scene_url=scene_url(frame),
        static_map_url=picture_url(frame),
    )


def scene_url(frame: Frame) -> str:
    """The script that draws cases or areas of offices."""
    return f"{request.script_root}/maps/{frame.plan.slug}/desk.{frame.language}.js"


def picture_url(frame: Frame) -> str:
    """The drawn map of the plan, for browsers without scripts."""
    return f"{request.script_root}/plans/{frame.plan.slug}/map.svg"


def row_card(row: Any, frame: Frame) -> dict[str, Any]:
    """A case as a list shows it."""
    language, case = frame.language, row.Case
    open_ = case.state in ("received", "in_progress")
    return {
        "id": case.comment_id,
        "url": url_for("answers.case", slug=frame.plan.slug, comment_id=case.comment_id),
        "stance": row.stance,
        "topic": pick(row.topic, language),
        "place": pick(row.place, language),
        "text": row.text,
        "language": row.language,
        "sample": row.channel == "sample",
        "date": day_label(row.created_at),
        "office": pick(row.office, language) if row.office else "",
        "state": case.state,
        "state_label": state_label(case.state),
        "closing": closing_label(case.closing),
        "due": due_label(case.due_at, frame.now, zone(frame)) if open_ else "",
        "urgency": urgency(case.due_at, frame.now, zone(frame)) if open_ else "",
        "cluster": row.cluster or "",
        "photos": row.photo_count,
        "measure": row.measure or "",
        "reopened": case.reopened_at is not None and open_,
        "reopened_label": reopened_label(case.reopened_at == case.author_reopened_at),
        "pending": row.status == "pending",
    }


def state_tabs(slug: str, wanted: InboxFilter) -> list[dict[str, Any]]:
    """The states as tabs, the other filters kept."""
    labels = {
        "open": _("To answer"),
        "waiting": _("Waits for approval"),
        "answered": _("Answered"),
        "closed": _("Closed"),
        "all": _("All"),
    }
    return [
        {
            "label": labels[state],
            "url": url_for(
                "answers.inbox", slug=slug, **wanted.arguments(state="" if state == "open" else state)
            ),
            "current": state == wanted.state,
        }
        for state in STATES
    ]


def choices(frame: Frame, wanted: InboxFilter) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    plan_id, language = frame.plan.id, frame.language
    mine = [(each.slug, str(pick(each.name, language))) for each in offices(frame, wanted.mine)]
    if wanted.mine is None:
        mine.insert(0, (NOBODY, _("No office yet")))
    due = {"overdue": _("Overdue"), "today": _("Due today"), "week": _("Due within a week")}
    return {
        "office": mine,
        "due": [(each, due[each]) for each in DUE],
        "topic": [
            (each.slug, str(pick(each.label, language)))
            for each in reading.topics_of(db.session, plan_id=plan_id)
        ],
        "measure": [
            (each.code, f"{each.code} · {pick(each.title, language)}")
            for each in plans.measures_of(db.session, plan_id=plan_id)
        ],
    }


@bp.get("/plans/<slug>/desk/inbox.json")
@staff_only
def cases_map(frame: Frame) -> ResponseReturnValue:
    """The cases of the filter as GeoJSON, for the map of the desk."""
    wanted, _problem = read_wanted(frame)
    only = request.args.get("only", "")
    rows = queries.map_rows(db.session, plan_id=frame.plan.id, wanted=wanted, now=frame.now)
    if only.isdigit() and len(only) < 19:
        rows = [queries.find_case(db.session, plan_id=frame.plan.id, comment_id=int(only), mine=wanted.mine)]
    response = web.json_answer(
        {"type": "FeatureCollection", "features": [feature(row, frame) for row in rows]},
        content_type="application/geo+json",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def feature(row: Any, frame: Frame) -> dict[str, Any]:
    """One case on the map: coloured by how urgent it is, with its words for a label."""
    case = getattr(row, "Case", row)
    open_ = case.state in ("received", "in_progress")
    state = (urgency(case.due_at, frame.now, zone(frame)) or "open") if open_ else case.state
    said = due_label(case.due_at, frame.now, zone(frame)) if open_ else state_label(case.state)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]} if row.lon is not None else None,
        "properties": {
            "state": state,
            "label": " · ".join(filter(None, (pick(row.place, frame.language), said))),
            "url": url_for("answers.case", slug=frame.plan.slug, comment_id=case.comment_id),
        },
    }

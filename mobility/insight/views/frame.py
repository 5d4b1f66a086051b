"""What the pages of the desk share: who may enter, the tabs, the filter of comments, the files."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation import queries
from mobility.consultation.filters import CommentFilter, read_filter
from mobility.consultation.models import STANCES
from mobility.consultation.views.frame import Frame, brand, open_frame
from mobility.consultation.wording import stance_label
from mobility.errors import Forbidden, Invalid
from mobility.extensions import db
from mobility.insight.results import read_groups
from mobility.plans import queries as plans
from mobility.plans.words import _
from mobility.text import pick

View = Callable[..., ResponseReturnValue]


def staff_only(view: View) -> View:
    """Visitors are asked to sign in; people signed in with other rights are refused."""

    @wraps(view)
    def guarded(slug: str, **values: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            here = request.full_path.rstrip("?") if request.method == "GET" else ""
            back = here or url_for("insight.overview", slug=slug)
            return redirect(url_for("accounts.sign_in", next=request.script_root + back))
        frame = open_frame(slug)
        if not web.may("see_desk", frame.plan.id):
            raise Forbidden
        return view(frame, **values)

    return guarded


def render_desk(
    frame: Frame, template: str, *, tab: str, status: int = HTTPStatus.OK, **values: Any
) -> Response:
    """A page of the desk: never kept by browsers or proxies, never indexed."""
    html = render_template(
        template,
        frame=frame,
        plan=frame.plan,
        brand_name=brand(frame),
        desk_tabs=desk_tabs(frame.plan.slug, tab),
        **values,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def desk_tabs(slug: str, current: str) -> list[dict[str, Any]]:
    """The pages of the desk."""
    labels = {
        "overview": _("Overview"),
        "results": _("Results"),
        "feedback": _("Comments on the map"),
        "comments": _("Comments one by one"),
    }
    return [
        {"url": url_for(f"insight.{name}", slug=slug), "label": label, "current": name == current}
        for name, label in labels.items()
    ]


def read_wanted(frame: Frame) -> tuple[CommentFilter, Invalid | None]:
    """The filter of this address; when a value cannot be meant, no filter and what is wrong."""
    try:
        return read_filter(request.args, staff=True, timezone=frame.city.timezone), None
    except Invalid as error:
        return CommentFilter(timezone=frame.city.timezone), error


def filter_choices(frame: Frame) -> dict[str, Any]:
    """What the filters of comments offer."""
    plan_id, language = frame.plan.id, frame.language
    topics = queries.topics_of(db.session, plan_id=plan_id)
    measures = plans.measures_of(db.session, plan_id=plan_id)
    groups = read_groups(db.session, plan_id=plan_id)
    return {
        "phase": [
            (each.slug, pick(each.title, language)) for each in frame.phases if "comment" in each.actions
        ],
        "topic": [(each.slug, pick(each.label, language)) for each in topics],
        "stance": [(each, stance_label(each)) for each in STANCES],
        "measure": [(each.code, f"{each.code} · {pick(each.title, language)}") for each in measures],
        "group": [(each.slug, pick(each.name, language)) for each in groups],
        "status": [
            ("published", _("Public")),
            ("hidden", _("Hidden")),
            ("withdrawn", _("Withdrawn")),
            ("all", _("All")),
        ],
    }


def download_links(frame: Frame, *names: str, **arguments: Any) -> list[dict[str, str]]:
    """The files that hold what the page shows, with the same filter."""
    labels = {
        "comments": _("Comments"),
        "cells": _("Counts per square"),
        "segments": _("Stretches with results"),
        "measures": _("Measures with results"),
    }
    return [
        {
            "label": labels[name],
            "url": url_for(
                "exports.download", slug=frame.plan.slug, what=name, lang=frame.language, **arguments
            ),
        }
        for name in names
    ]


def page_number() -> int:
    """The page asked for, at least 1."""
    return min(max(request.args.get("page", 1, type=int), 1), 100_000)

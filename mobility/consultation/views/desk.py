"""What the desk pages of every room share: who may enter, the tabs, how a page is answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation.views.frame import Frame, brand, open_frame
from mobility.errors import Forbidden
from mobility.plans.words import _

View = Callable[..., ResponseReturnValue]
ENDPOINTS = {
    "phases": "consultation.phase_list",
    "comments": "moderation.queue",
    "groups": "groups.desk",
}
"""Pages of the desk that belong to another room than `insight`."""


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
        desk_tabs=desk_tabs(frame.plan.slug, tab, frame.plan.id),
        **values,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def desk_tabs(slug: str, current: str, plan_id: int | None = None) -> list[dict[str, Any]]:
    """The pages of the desk that the reader may open."""
    labels = {
        "overview": _("Overview"),
        "results": _("Results"),
        "feedback": _("Comments on the map"),
        "comments": _("Moderation"),
    }
    if web.may("plan_phases", plan_id):
        labels["phases"] = _("Phases")
    if web.may("recognise_groups", plan_id):
        labels["groups"] = _("Groups")
    if web.may("issue_codes", plan_id):
        labels["codes_of_plan"] = _("Invitation codes")
    return [
        {
            "url": url_for(ENDPOINTS.get(name, f"insight.{name}"), slug=slug),
            "label": label,
            "current": name == current,
        }
        for name, label in labels.items()
    ]

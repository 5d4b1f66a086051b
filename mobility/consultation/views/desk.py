"""What the desk pages of every room share: who may enter, the tabs, how a page is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.consultation.views.frame import Frame, brand, open_frame
from mobility.errors import Conflict, Forbidden
from mobility.plans.words import _

View = Callable[..., ResponseReturnValue]


ARCHIVED = {"setup.reopen"}
"""What may still be written in a plan that is in the archive."""


@dataclass(frozen=True)
class DeskPage:
    """A page of the desk: `group` is one of `group_labels`, `action` what its reader must be allowed."""

    key: str
    group: str
    endpoint: str
    action: str


DESK = (
    DeskPage("today", "voices", "setup.today", "see_desk"),
    DeskPage("overview", "voices", "insight.overview", "see_desk"),
    DeskPage("results", "voices", "insight.results", "see_desk"),
    DeskPage("feedback", "voices", "insight.feedback", "see_desk"),
    DeskPage("comments", "voices", "moderation.queue", "see_desk"),
    DeskPage("inbox", "answers", "answers.inbox", "answer"),
    DeskPage("offices", "answers", "answers.desk", "manage_offices"),
    DeskPage("templates", "answers", "answers.templates", "answer"),
    DeskPage("conclusion", "answers", "ledger.conclusion", "conclude"),
    DeskPage("measures", "plan", "editing.measures", "edit_measures"),
    DeskPage("imports", "plan", "importing.index", "import_data"),
    DeskPage("screening", "plan", "screening.matrix", "screen_heritage"),
    DeskPage("phases", "plan", "consultation.phase_list", "plan_phases"),
    DeskPage("texts", "plan", "setup.texts", "manage_plan"),
    DeskPage("details", "plan", "setup.details", "manage_plan"),
    DeskPage("setup", "plan", "setup.checklist", "manage_plan"),
    DeskPage("groups", "people", "groups.desk", "recognise_groups"),
    DeskPage("codes_of_plan", "people", "insight.codes_of_plan", "issue_codes"),
    DeskPage("downloads", "data", "exports.index", "see_desk"),
    DeskPage("gis", "data", "ogc.desk", "see_desk"),
    DeskPage("open311", "data", "open311.endpoints", "manage_integrations"),
)
"""A room adds a line for each of its pages, and a label to `page_labels`."""


def staff_only(view: View) -> View:
    """Visitors are asked to sign in; people signed in with other rights are refused."""

    @wraps(view)
    def guarded(slug: str, **values: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            here = request.full_path.rstrip("?") if request.method == "GET" else ""
            back = here or url_for("insight.overview", slug=slug)
            return redirect(url_for("accounts.sign_in", next=request.script_root + back))
        web.preview(None)
        frame = open_frame(slug)
        if frame.plan.status == "archived" and request.method == "POST" and request.endpoint not in ARCHIVED:
            raise Conflict(_("This plan is in the archive and can only be read. A planner can reopen it."))
        if not web.may("see_desk", frame.plan.id):
            raise Forbidden
        return view(frame, **values)

    return guarded


def must(action: str, frame: Frame) -> int:
    """The account of whoever may do this in the plan. Raises Forbidden."""
    if not web.may(action, frame.plan.id):
        raise Forbidden
    return int(current_user.id)


def render_desk(
    frame: Frame, template: str, *, tab: str, status: int = HTTPStatus.OK, **values: Any
) -> Response:
    """A page of the desk: never kept by browsers or proxies, never indexed."""
    html = render_template(
        template,
        frame=frame,
        plan=frame.plan,
        brand_name=brand(frame),
        desk_menu=desk_menu(tab, frame.plan.slug, frame.plan.id),
        **values,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def desk_menu(current: str, slug: str, plan_id: int) -> list[dict[str, Any]]:
    """The groups of desk pages that the reader may open; `current` is the key of the page that is shown."""
    labels = page_labels()
    menu = []
    for name, label in group_labels().items():
        pages = [
            {
                "url": url_for(page.endpoint, slug=slug),
                "label": labels[page.key],
                "current": page.key == current,
            }
            for page in DESK
            if page.group == name and web.may(page.action, plan_id)
        ]
        if pages:
            menu.append({"label": label, "pages": pages, "current": any(page["current"] for page in pages)})
    return menu


def group_labels() -> dict[str, str]:
    """The groups of the desk in their order."""
    return {
        "voices": _("What people say"),
        "answers": _("Answers"),
        "plan": _("The plan"),
        "people": _("People"),
        "data": _("Data"),
    }


def page_labels() -> dict[str, str]:
    """What each page of `DESK` is called."""
    return {
        "today": _("Today"),
        "overview": _("Overview"),
        "results": _("Results"),
        "feedback": _("Comments on the map"),
        "comments": _("Moderation"),
        "setup": _("Checklist"),
        "texts": _("Texts"),
        "details": _("Documents and contact"),
        "conclusion": _("Outcomes and conclusion"),
        "open311": _("Other systems"),
        "inbox": _("Inbox"),
        "templates": _("Reply templates"),
        "offices": _("Offices"),
        "imports": _("Import"),
        "measures": _("Measures"),
        "phases": _("Phases"),
        "screening": _("Heritage screening"),
        "groups": _("Groups"),
        "codes_of_plan": _("Invitation codes"),
        "downloads": _("Downloads"),
        "gis": _("Live in GIS"),
    }

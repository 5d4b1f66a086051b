"""What every page of a plan shares: the plan, its steps, who is reading, and the panel beside the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Response, g, make_response, render_template, request, url_for
from flask_login import current_user

from mobility import web
from mobility.accounts.models import ANONYMOUS, INVITATION, Participant
from mobility.cities.models import City
from mobility.consultation import phases, queries, votes
from mobility.consultation.models import Phase
from mobility.consultation.phase_words import held_line, now_line, timeline
from mobility.consultation.phases import Refusal, Step
from mobility.consultation.views.blueprint import bp
from mobility.consultation.wording import concluded_text, day, days_left_label, refusal_text
from mobility.extensions import db
from mobility.plans.models import Plan
from mobility.plans.queries import find_plan
from mobility.plans.words import _
from mobility.text import pick

TABS = {
    "measures": "consultation.plan",
    "comments": "consultation.comments",
    "results": "consultation.results",
    "answers": "ledger.answers",
    "heritage": "consultation.heritage",
}
"""The parts of a plan in their order, each with the endpoint of its page."""


@dataclass(frozen=True)
class Frame:
    """A plan as one reader meets it now."""

    plan: Plan
    city: City
    phases: list[Phase]
    steps: list[Step]
    now: datetime
    language: str
    staff: bool
    participant: Participant | None = None
    signed_in: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.city.timezone)

    @property
    def level(self) -> int:
        """The reader's identity level; that of an account is known before its first contribution."""
        if self.participant:
            return self.participant.identity_level
        return INVITATION if self.signed_in else ANONYMOUS

    def refusal(self, action: str) -> Refusal | None:
        """None when the reader may do this now."""
        return phases.refusal(self.steps, action, self.now, self.level)

    def open_to_some(self, action: str) -> bool:
        """Whether people of some identity level may do this now, perhaps of one above the reader's."""
        return phases.refusal(self.steps, action, self.now) is None

    def why_not(self, action: str, refusal: Refusal | None = None) -> str:
        """In words why the reader may not do this now; empty when it is allowed."""
        why = refusal or self.refusal(action)
        if why is None:
            return ""
        if self.plan.concluded_at:
            return concluded_text(self.plan.concluded_at)
        closed = phases.last_closing(self.steps, action, self.now)
        coming = phases.next_step(self.steps, self.now)
        title = next(
            (str(pick(p.title, self.language)) for p in self.phases if coming and p.id == coming.id), ""
        )
        return refusal_text(why, action, closed, title, coming)

    @property
    def phase(self) -> Phase | None:
        """The phase that is open now."""
        here = phases.current(self.steps, self.now)
        return next((phase for phase in self.phases if here and phase.id == here.id), None)

    @property
    def languages(self) -> list[str]:
        """The languages in which the open step is held; those of the plan where it names none."""
        return list((self.phase.languages if self.phase else []) or self.plan.languages)

    def course(self) -> dict[str, Any]:
        """The steps for the top of a page: one line, all of them, and the languages where they are fewer."""
        values = (self.phases, self.steps, self.now, self.zone, self.language)
        languages = self.plan.languages
        return {
            "now": now_line(*values),
            "lines": timeline(*values, languages),
            "held": held_line(self.phase, languages),
            "calendar": url_for("consultation.phases_ics", slug=self.plan.slug),
        }

    def until(self) -> str:
        """The last day of the open step in words; empty without one."""
        here = phases.current(self.steps, self.now)
        return day(phases.last_day(here, self.zone)) if here else ""

    def shows_results(self) -> bool:
        """Whether the reader may see results now; asks for the reader's votes only when that decides."""
        if phases.results_visible(self.steps, self.now, voted=False, staff=self.staff):
            return True
        if not phases.results_visible(self.steps, self.now, voted=True, staff=self.staff):
            return False
        who = self.participant.id if self.participant else None
        return queries.has_voted(db.session, plan_id=self.plan.id, participant_id=who)

    def hidden_results_text(self) -> str:
        """Why results are not shown and when they will be."""
        here = phases.current(self.steps, self.now)
        if here and here.results == "after_vote":
            return _("You see results once you have voted yourself, so that nobody votes with the crowd.")
        if here:
            return _(
                "Results are published when this step has closed, after %(day)s.",
                day=day(phases.last_day(here, self.zone)),
            )
        return _("There are no results yet.")


def open_frame(slug: str) -> Frame:
    """The plan at this address for the reader of this request. Raises NotFound."""
    plan, city = find_plan(db.session, slug=slug, drafts=web.sees_draft)
    g.timezone = city.timezone
    g.frame = _frame(plan, city)
    return cast("Frame", g.frame)


def _frame(plan: Plan, city: City) -> Frame:
    found = queries.phases_of(db.session, plan_id=plan.id)
    return Frame(
        plan=plan,
        city=city,
        phases=found,
        steps=queries.steps_of(found, plan),
        now=datetime.now(UTC),
        language=web.language(),
        staff=web.may("see_results", plan.id),
        participant=web.current_participant(db.session),
        signed_in=bool(current_user.is_authenticated),
    )


@bp.app_template_global()
def plan_timeline(plan: Any) -> dict[str, Any] | None:
    """The steps of the plan a page is about, for pages that stand outside the map; None for other pages."""
    if not isinstance(plan, Plan):
        return None
    frame = g.get("frame")
    if frame is None or frame.plan.id != plan.id:
        city = db.session.get_one(City, plan.city_id)
        g.timezone = city.timezone
        frame = _frame(plan, city)
    return cast("Frame", frame).course()


def who_acts(*, make_token: bool = True) -> votes.Who:
    """The account or the token behind this request."""
    if current_user.is_authenticated:
        return votes.Who(current_user._get_current_object(), None)  # noqa: SLF001 (werkzeug's own way)
    token = web.participant_token() if make_token else request.cookies.get(web.TOKEN_COOKIE)
    return votes.Who(None, token, web.renew_token)


def render_panel(
    frame: Frame,
    template: str,
    *,
    tab: str,
    view: str = "list",
    status: int = HTTPStatus.OK,
    shown: Mapping[str, Any] | None = None,
    **values: Any,
) -> Response:
    """A page beside the map, or its panel alone when our script asks for that.

    `shown` tells the map what the panel is about: segment, measure, comment, lon, lat.
    """
    fragment = web.is_fragment()
    values = values if fragment else head(frame, tab) | values
    html = render_template(
        template,
        frame=frame,
        plan=frame.plan,
        brand_name=brand(frame),
        fragment=fragment,
        panel_view=view,
        tab=tab,
        shown={"tab": tab, **(shown or {})},
        **values,
    )
    response = make_response(html, status)
    response.vary.add("X-Fragment")
    response.vary.add("Cookie")
    return response


def brand(frame: Frame) -> str:
    """The authority whose name stands in the header."""
    return str(pick(frame.city.contact.get("name") or frame.city.name, frame.language))


def head(frame: Frame, tab: str) -> dict[str, Any]:
    """Title, figures, steps and tabs above the panel."""
    slug, root = frame.plan.slug, request.script_root
    here = phases.current(frame.steps, frame.now)
    figures = queries.figures(db.session, plan_id=frame.plan.id)
    labels = {
        "measures": _("Measures"),
        "comments": _("Comments"),
        "results": _("Results"),
        "answers": _("Answers"),
        "heritage": _("Heritage"),
    }
    return {
        "figures": figures,
        "timeline": frame.course(),
        "phase_left": days_left_label(here, frame.now, frame.zone) if here else "",
        "tabs": [
            {
                "url": url_for(endpoint, slug=slug),
                "label": labels[name],
                "current": name == tab,
            }
            for name, endpoint in TABS.items()
        ],
        "scene_url": f"{root}/maps/{slug}/plan.{frame.language}.js",
        "static_map_url": f"{root}/plans/{slug}/map.svg",
        "can_comment": frame.open_to_some("comment"),
    }

"""The service of one plan for one request: who asks, in which profile, how it is answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, g, make_response, render_template, request, url_for
from geoalchemy2.shape import to_shape
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from mobility import web
from mobility.accounts.models import Account, ApiToken
from mobility.cities.models import City
from mobility.consultation import phases
from mobility.consultation import queries as consultation
from mobility.db import unit_of_work
from mobility.errors import Forbidden, NotFound
from mobility.extensions import db
from mobility.ogc.collections import COLLECTIONS, Collection
from mobility.ogc.documents import JSON, Site
from mobility.ogc.references import centre, references
from mobility.ogc.services import Place, log_use
from mobility.plans.models import Plan
from mobility.plans.queries import find_plan
from mobility.text import pick

SHORT = 10
"""Seconds for which an anonymous answer may be kept."""


@dataclass(frozen=True)
class Service:
    plan: Plan
    city: City
    site: Site
    place: Place
    bearer: tuple[ApiToken, Account] | None
    """The token with the full profile, and whose it is."""
    now: datetime

    @property
    def full(self) -> bool:
        return self.bearer is not None

    def log(self, collection: Collection) -> None:
        """Note the use of the full profile."""
        if self.bearer is None:
            return
        token, account = self.bearer
        with unit_of_work() as session:
            log_use(session, account_id=account.id, token_id=token.id, plan_id=self.plan.id,
                    collection=collection.id, now=self.now)  # fmt: skip

    def answer(self, body: str | bytes, media: str = JSON, *, etag: bytes = b"", crs: str = "") -> Response:
        """The answer to a program. What is not public is never kept."""
        response = web.json_answer(body, content_type=media)
        if crs:
            response.headers["Content-Crs"] = f"<{crs}>"
        if self.full or self.plan.status == "draft":
            response.headers["Cache-Control"] = "no-store"
            return response
        vary = ("Accept", "Accept-Language", "Cookie", "Authorization")
        return web.conditional(response, etag=etag or body, max_age=SHORT, vary=vary, weak=bool(etag))

    def document(self, payload: Any, media: str = JSON) -> Response:
        return self.answer(json.dumps(payload, ensure_ascii=False, separators=(",", ":")), media)

    def page(self, template: str, **values: Any) -> Response:
        """The same as a page for people."""
        html = render_template(
            template, plan=self.plan, city=self.city, site=self.site, full=self.full, **values
        )
        response = make_response(html)
        if self.full:
            response.headers["Cache-Control"] = "no-store"
        return response


def open_service(slug: str) -> Service:
    """The service of the plan in the address. Raises NotFound, Unauthorized, Forbidden."""
    plan, city = find_plan(db.session, slug=slug, drafts=_sees_draft)
    g.timezone = city.timezone
    bearer, now = _full_profile(plan), datetime.now(UTC)
    steps = [consultation.step_of(phase) for phase in consultation.phases_of(db.session, plan_id=plan.id)]
    base, language = current_app.config["BASE_URL"], web.language()
    shape = to_shape(plan.boundary)
    lon, lat = centre(shape)
    site = Site(
        root=base + url_for("ogc.landing", slug=slug).rstrip("/"),
        title=pick(plan.title, language),
        summary=pick(plan.summary, language),
        licence=plan.licence,
        attribution=pick(city.attribution, language),
        language=language,
        terms=base + url_for("exports.index", slug=slug) + "#terms",
        dictionary=base + url_for("exports.data_dictionary"),
        extent=shape.bounds,
        since=min((step.opens_at for step in steps), default=now)
        .astimezone(UTC)
        .isoformat(timespec="seconds"),
        references=references(lon, lat, city.srid),
    )
    place = Place(
        plan_id=plan.id,
        city_id=city.id,
        page=base + url_for("consultation.plan", slug=slug).rstrip("/"),
        language=language,
        results_shown=phases.results_visible(steps, now, voted=False, staff=bearer is not None),
    )
    return Service(plan, city, site, place, bearer, now)


def find_collection(name: str) -> Collection:
    """The collection of this name. Raises NotFound."""
    if name not in COLLECTIONS:
        raise NotFound
    return COLLECTIONS[name]


def _sees_draft(plan_id: int) -> bool:
    return web.sees_draft(plan_id) or web.program_may("see_desk", plan_id)


def _full_profile(plan: Plan) -> tuple[ApiToken, Account] | None:
    """The token that opens the full profile; None for the public one. A program is never silently demoted."""
    bearer, wanted = web.program(), request.args.get("profile", "")
    if bearer is None:
        if wanted == "full":
            raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
        return None
    token, _account = bearer
    if wanted == "public" or (not wanted and "read_full" not in token.scopes):
        return None
    if not web.program_may("export_full", plan.id):
        raise Forbidden
    return bearer

"""Home, help and the notices every public service owes its users; favicon, manifest and rules for robots."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility import web
from mobility.assets import asset
from mobility.consultation.voices import agreement_sentence
from mobility.extensions import db
from mobility.pages.queries import first_city, plan_cards

bp = Blueprint("pages", __name__)
REVIEWED = date(2026, 11, 23)
"""The day on which notices and statement were last checked against what the software does."""
PRIVATE_ADDRESSES = ("/sign-in", "/sign-out", "/receipts", "/plans/*/desk", "/plans/*/comments/new")
"""What search engines leave alone: forms, and pages that belong to one person or to the staff."""


@bp.get("/")
def home() -> str:
    """The consultations of this installation, the open ones first, and what one can do in them."""
    cards = plan_cards(db.session, now=datetime.now(UTC), language=web.language())
    return _page(
        "home",
        current=[card for card in cards if card.open],
        closed=[card for card in cards if not card.open],
    )


@bp.get("/help", endpoint="help")
def help_page() -> str:
    """How to vote, comment, find one's comment again, and read the results."""
    return _page("help", agreement=agreement_sentence())


@bp.get("/privacy")
def privacy() -> str:
    """The privacy notice (GDPR articles 13 and 14)."""
    return _page("privacy")


@bp.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement (Directive (EU) 2016/2102)."""
    return _page("accessibility")


@bp.get("/imprint")
def imprint() -> str:
    """Who is responsible, and where data and software come from."""
    tiles = current_app.config["TILES"]
    credit = tiles["attribution"] or tiles["url"]
    return _page("imprint", version=version("mobility"), tiles=credit if tiles["url"] else "")


def _page(name: str, **values: Any) -> str:
    city = first_city(db.session)
    return render_template(f"pages/{name}.html", city=city, reviewed=REVIEWED, **values)


@bp.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """For those who ask for the icon by its old address, without a page that names it."""
    return redirect(asset("icons/favicon.ico"))


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone needs to put the consultation on its home screen."""
    name = _("Mobility consultation")
    icons = [
        {"src": asset("icons/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": asset("icons/touch-icon.png"), "sizes": "180x180", "type": "image/png"},
    ]
    payload = {
        "name": name,
        "short_name": _("Mobility"),
        "lang": web.language(),
        "start_url": url_for("pages.home"),
        "scope": url_for("pages.home"),
        "display": "browser",
        "background_color": "#FBF8F2",
        "theme_color": "#FBF8F2",
        "icons": icons,
    }
    return web.json_answer(payload, content_type="application/manifest+json")


@bp.get("/robots.txt")
def robots() -> Response:
    """Search engines are welcome, except where an address belongs to one person."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_ADDRESSES)]
    response = make_response("\n".join(lines) + "\n")
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response

"""Reading and writing without a connection: the worker, what it keeps, the token for sending later."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from mobility import web
from mobility.extensions import db, limiter
from mobility.offline.addresses import plan_addresses
from mobility.offline.worker import kept_files, worker_script
from mobility.plans.queries import find_plan

bp = Blueprint("offline", __name__)
FRESH = 300
"""Seconds for which a list of addresses may be kept."""


@bp.get("/sw.js")
def worker() -> ResponseReturnValue:
    """The service worker; asked for anew at each look, so that nobody stays on an old one."""
    script = worker_script(
        {
            "root": request.script_root,
            "files": [url_for("static", filename=f"dist/{name}") for name in kept_files()],
            "page": url_for("offline.page"),
            "token": url_for("offline.token"),
            "languages": list(web.LANGUAGES),
        }
    )
    if script is None:
        abort(404)
    response = web.json_answer(script, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = f"{request.script_root}/"
    web.conditional(response, etag=script, vary=())
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/plans/<slug>/offline.json")
def addresses(slug: str) -> ResponseReturnValue:
    """What to keep of this plan in the language of the answer. A draft has nothing to keep."""
    plan, city = find_plan(db.session, slug=slug)
    g.timezone = city.timezone
    found = plan_addresses(db.session, plan=plan, language=web.language(), root=request.script_root)
    return web.conditional(web.json_answer(found), etag=repr(found), max_age=FRESH)


@bp.get("/offline")
def page() -> ResponseReturnValue:
    """What stands in place of a page that was never opened while there was a connection."""
    return render_template("offline/page.html", fragment=web.is_fragment())


@bp.get("/outbox/token")
@limiter.limit("120 per minute")
def token() -> Response:
    """A fresh form token for what waited on the device, and who is signed in now."""
    response = jsonify(token=generate_csrf(), speaker=speaker())
    response.headers["Cache-Control"] = "no-store"
    return response


def speaker() -> str:
    """A name for the signed-in account that says nothing to others; empty for everybody else."""
    if not current_user.is_authenticated:
        return ""
    secret, who = str(current_app.secret_key).encode(), f"speaker|{current_user.get_id()}"
    return hmac.new(secret, who.encode(), hashlib.blake2s).hexdigest()[:16]


@bp.after_app_request
def name_the_way_on(response: Response) -> Response:
    """Tells our own script where a form leads, in place of a redirect it would have to follow to know."""
    if request.headers.get("X-Answer") != "location" or not 300 <= response.status_code < 400:
        return response
    if location := response.headers.pop("Location", None):
        response.status_code = 200
        response.set_data(current_app.json.dumps({"location": location}))
        response.headers["Content-Type"] = "application/json"
        response.headers["Cache-Control"] = "no-store"
    return response


@bp.app_context_processor
def shared() -> dict[str, Any]:
    return {"speaker": speaker, "city_zone": web.choose_timezone}

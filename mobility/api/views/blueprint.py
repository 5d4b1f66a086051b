"""What all addresses of the API share: who asks, how fast, in which form answers and problems leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import RequestLimit
from werkzeug.exceptions import (
    Forbidden,
    HTTPException,
    NotAcceptable,
    TooManyRequests,
    Unauthorized,
    UnprocessableEntity,
)

from mobility import web
from mobility.api import problems
from mobility.api.document import PREFIX, Refused
from mobility.api.paging import Order, read_page
from mobility.api.schemas.asked import Paged
from mobility.cities.models import City
from mobility.errors import UNREACHABLE, MobilityError
from mobility.extensions import db, limiter
from mobility.plans.models import Plan
from mobility.plans.queries import find_plan
from mobility.security import limit_key

bp = Blueprint("api", __name__, url_prefix=PREFIX)

FRESH = 60
"""Seconds for which an answer may be kept by whoever passes it on."""
EXPOSED = "ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
JSON = "application/json"


def _rate() -> str:
    return "600 per minute" if web.program() else "120 per minute"


def _who() -> str:
    """Programs with a token are counted by it, others by their network."""
    known = web.program()
    return f"api-token:{known[0].id}" if known else limit_key()


limiter.limit(_rate, key_func=_who)(bp)


@bp.before_request
def check_program() -> None:
    """Answers leave no trace in a browser; a token that is shown must be good for something here."""
    g.keeps_nothing = True
    if request.endpoint == "api.reference":
        return
    accepted = request.accept_mimetypes
    if accepted and not (accepted[JSON] or accepted[problems.MEDIA_TYPE] or accepted["application/geo+json"]):
        raise NotAcceptable
    known = web.program()
    if request.method in ("GET", "HEAD") and known and not {"read", "read_full"} & set(known[0].scopes):
        raise Forbidden


def public_plan(slug: str) -> tuple[Plan, City]:
    """A plan that is public, with its city; a token for one plan opens no other."""
    plan, city = find_plan(db.session, slug=slug)
    known = web.program()
    if known and known[0].plan_id not in (None, plan.id):
        raise Forbidden
    return plan, city


def base() -> str:
    """The public address of the platform."""
    return str(current_app.config["BASE_URL"])


def page_address(plan: Plan) -> str:
    """The plan's page for people, to which addresses of its parts are added."""
    return f"{base()}/plans/{plan.slug}"


def asked() -> Any:
    """The parameters of this request, checked by their type."""
    return request.context.query  # type: ignore[attr-defined]


def now() -> datetime:
    return datetime.now(UTC)


def one(found: Any) -> Response:
    """One thing, with its ETag."""
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    response = web.json_answer(text)
    known = web.program()
    return web.conditional(
        response, etag=text, max_age=FRESH, public=known is None, vary=("Accept-Language", "Authorization")
    )


def listed(query: Any, order: Order, show: Callable[[Sequence[Any]], list[Any]]) -> Response:
    """One page of a list: `show` turns all of its rows into what is given."""
    wanted: Paged = asked()
    found = read_page(db.session, query, order=order, limit=wanted.limit, after=wanted.after)
    onward = _next(found.after) if found.after else None
    response = one({"items": show(found.rows), "next": onward})
    if onward:
        response.headers["Link"] = f'<{onward}>; rel="next"'
    return response


def _next(cursor: str) -> str:
    pairs = [(name, value) for name, value in request.args.items() if name != "after"]
    return f"{base()}{request.path}?{urlencode([*pairs, ('after', cursor)])}"


def each(show: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    """`show` for every row."""
    return lambda rows: [show(row) for row in rows]


def answer_problem(
    kind: problems.Kind, *, detail: Any = None, errors: Sequence[dict[str, str]] = ()
) -> Response:
    """A problem document."""
    reference = base() + url_for("api.reference")
    body = problems.problem(kind, reference=reference, detail=detail, errors=errors)
    response = web.json_answer(body, content_type=problems.MEDIA_TYPE)
    response.status_code = kind.status
    response.headers["Cache-Control"] = "no-store"
    if kind.status == 503:
        response.headers["Retry-After"] = "30"
    return response


@bp.errorhandler(Refused)
def on_validation(error: Refused) -> ResponseReturnValue:
    where = {"Sending": "header", "NewComment": "body"}.get(error.error.title, "query")
    kind = problems.kind_of(UnprocessableEntity.code)
    return answer_problem(kind, errors=problems.of_validation(error.error, where=where))


@bp.errorhandler(MobilityError)
def on_refusal(error: MobilityError) -> ResponseReturnValue:
    where = "body" if request.method == "POST" else "query"
    kind, detail, errors = problems.of_refusal(error, where=where)
    return answer_problem(kind, detail=detail, errors=errors)


@bp.errorhandler(HTTPException)
def on_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return current_app.make_response(error.response)
    response = answer_problem(problems.kind_of(error.code or 500))
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(_seconds_left())
    return response


@bp.errorhandler(Exception)
def on_crash(error: Exception) -> ResponseReturnValue:
    current_app.logger.exception("request failed", exc_info=error)
    return answer_problem(problems.kind_of(503 if isinstance(error, UNREACHABLE) else 500))


def _limit() -> RequestLimit | None:
    try:
        return limiter.current_limit
    except UNREACHABLE:
        return None


def _seconds_left() -> int:
    limit = _limit()
    return max(1, int(limit.reset_at - now().timestamp()) + 1) if limit else 60


@bp.after_app_request
def finish(response: Response) -> Response:
    """The same headers on every answer; what the routing refuses becomes a problem too."""
    if not request.path.startswith(PREFIX + "/") and request.path != PREFIX:
        return response
    g.keeps_nothing = True
    if request.url_rule is None and response.status_code in (404, 405):
        allowed = response.headers.get("Allow") or _allowed()
        response = answer_problem(problems.kind_of(response.status_code))
        if response.status_code == 405:
            response.headers["Allow"] = allowed
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    if limit := _limit():
        response.headers["RateLimit-Limit"] = str(limit.limit.amount)
        response.headers["RateLimit-Remaining"] = str(max(0, limit.remaining))
        response.headers["RateLimit-Reset"] = str(_seconds_left())
    return response


def _allowed() -> str:
    adapter = current_app.create_url_adapter(request)
    return ", ".join(sorted(adapter.allowed_methods())) if adapter else ""

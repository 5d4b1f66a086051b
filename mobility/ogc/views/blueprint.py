"""What every address of this service shares: form of the answer, errors, other sites' scripts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import HTTPException

from mobility.errors import Invalid, MobilityError, answer, http_text
from mobility.ogc.asking import Unknown

bp = Blueprint("ogc", __name__)
TOKEN = (_l("No valid token"), _l("Send a valid token. It may have ended or been revoked."))


def wants_page() -> bool:
    """Whether the answer is a page for people. Raises Unknown for a form that is not on offer."""
    form = request.args.get("f", "")
    if form not in ("", "json", "html"):
        raise Unknown("f", _("The form of an answer is json or html."))
    return form == "html" or (not form and _prefers_page())


def _prefers_page() -> bool:
    offered = ["application/json", "application/geo+json", "text/html"]
    return request.accept_mimetypes.best_match(offered) == "text/html"


@bp.errorhandler(MobilityError)
def on_refusal(error: MobilityError) -> ResponseReturnValue:
    """What is wrong with an address is its client's fault: 400, with the name of the parameter."""
    status = HTTPStatus.BAD_REQUEST if isinstance(error, Invalid) else error.status
    extra = {"field": error.field} if isinstance(error, Invalid) else {}
    if request.args.get("f") == "html" or (request.args.get("f") != "json" and _prefers_page()):
        return answer(int(status), error.title, error.message, **extra)
    return _problem(int(status), error.title, error.message, **extra)


@bp.errorhandler(HTTPException)
def on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400 or _prefers_page():
        raise error
    response = _problem(
        error.code, *(TOKEN if error.code == HTTPStatus.UNAUTHORIZED else http_text(error.code))
    )
    for name, value in error.get_headers():
        if name in ("WWW-Authenticate", "Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _problem(status: int, title: Any, detail: Any, **extra: Any) -> Response:
    body = {"type": "about:blank", "title": str(title), "status": status, "detail": str(detail), **extra}
    response = jsonify(body)
    response.status_code = status
    response.headers["Content-Type"] = "application/problem+json"
    return response


@bp.after_request
def open_to_scripts(response: Response) -> Response:
    """Scripts of other sites may read what everybody may read; never with a token or a cookie."""
    if response.mimetype != "text/html":
        g.keeps_nothing = True
    if not request.authorization and (response.mimetype != "text/html" or request.method == "OPTIONS"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "Content-Crs, ETag"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
        response.headers["Access-Control-Max-Age"] = "86400"
    return response

"""What can go wrong, named once, and the one place that turns it into an answer people can read."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import psycopg
from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException


class MobilityError(Exception):
    """A refusal the user can understand: a translatable message and an HTTP status."""

    status = HTTPStatus.BAD_REQUEST
    title: Any = _l("That did not work")
    default: Any = _l("Please check what you sent and try again.")

    def __init__(self, message: Any = None) -> None:
        self.message = message or self.default
        super().__init__(str(message or type(self).__name__))


class NotFound(MobilityError):
    status = HTTPStatus.NOT_FOUND
    title = _l("Page not found")
    default = _l("There is nothing at this address. It may have been moved, or the link may be incomplete.")


class Forbidden(MobilityError):
    status = HTTPStatus.FORBIDDEN
    title = _l("Not allowed")
    default = _l("You are signed in with rights that do not cover this page.")


class Closed(MobilityError):
    """The phase does not allow this action now."""

    status = HTTPStatus.CONFLICT
    title = _l("Not open now")
    default = _l("This step of the consultation is not open now.")


class Conflict(MobilityError):
    status = HTTPStatus.CONFLICT
    title = _l("This has changed meanwhile")
    default = _l("Somebody changed this meanwhile. Reload the page and try again.")


class TooMany(MobilityError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = _l("One moment, please")
    default = _l("Many messages came from you or your network in a short time. Wait a minute and try again.")


class Invalid(MobilityError):
    """One field is wrong: `field` names it as the form does, the message says why and how to mend it."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = _l("Please check what you entered")

    def __init__(self, field: str, reason: Any) -> None:
        self.field = field
        super().__init__(reason)


UNREACHABLE = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
"""What is raised while the database is away: the same request may succeed a moment later."""

_HTTP_TEXTS: dict[int, tuple[Any, Any]] = {
    400: (MobilityError.title, MobilityError.default),
    401: (_l("Please sign in"), _l("This page needs an account.")),
    403: (Forbidden.title, Forbidden.default),
    404: (NotFound.title, NotFound.default),
    405: (_l("Not possible here"), _l("This address does not accept that kind of request.")),
    413: (_l("Too large"), _l("What you sent is larger than this service accepts.")),
    429: (TooMany.title, TooMany.default),
    500: (
        _l("Something broke on our side"),
        _l(
            "The fault is ours and has been recorded. Nothing you had sent before was lost. Please try again."
        ),
    ),
    503: (
        _l("Back in a moment"),
        _l("The service cannot reach its records just now. Nothing you had sent before was lost."),
    ),
}


def http_text(code: int) -> tuple[Any, Any]:
    """Title and words of a refusal by its number."""
    return _HTTP_TEXTS.get(code, _HTTP_TEXTS[400])


def wants_json() -> bool:
    """True when the client asks for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/geo+json"])
    return request.path.endswith((".json", ".geojson")) or (
        best is not None and best != "text/html" and not request.accept_mimetypes.accept_html
    )


def answer(status: int, title: Any, message: Any, **extra: Any) -> tuple[Response | str, int]:
    """An HTML page or an RFC 9457 problem document, by what the client accepts."""
    if wants_json():
        body = {"type": "about:blank", "title": str(title), "status": status, "detail": str(message), **extra}
        response = jsonify(body)
        response.headers["Content-Type"] = "application/problem+json"
        return response, status
    words = {"status": status, "title": title, "message": message, "again": request.method == "GET"}
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return render_template("errors/error.html", **words), status
    # Straight from the environment: the context that other pages get may ask the database who is signed in.
    return current_app.jinja_env.get_template("errors/error.html").render(**words), status


def init_errors(app: Flask) -> None:
    @app.errorhandler(MobilityError)
    def on_refusal(error: MobilityError) -> Any:
        extra = {"field": error.field} if isinstance(error, Invalid) else {}
        return answer(int(error.status), error.title, error.message, **extra)

    @app.errorhandler(CSRFError)
    def on_csrf(_error: CSRFError) -> Any:
        return answer(
            400,
            _("This form has expired"),
            _("For your safety forms expire. Go back, reload the page and send again: your text is kept."),
        )

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> Any:
        code = error.code or 500
        if code < 400 or error.response is not None:
            return error.response or error
        title, message = http_text(code)
        body, status = answer(code, title, message)
        response = app.make_response((body, status))
        retry = getattr(error, "retry_after", None)
        if code == 429:
            response.headers["Retry-After"] = str(retry or 60)
        response.headers.extend((name, value) for name, value in error.get_headers() if name == "Allow")
        return response

    @app.errorhandler(Exception)
    def on_crash(error: Exception) -> Any:
        app.logger.exception("request failed", exc_info=error)
        status = 503 if isinstance(error, UNREACHABLE) else 500
        response = app.make_response(answer(status, *_HTTP_TEXTS[status]))
        if status == 503:
            response.headers["Retry-After"] = "30"
        return response

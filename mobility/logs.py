"""Structured logs without personal data: one JSON object a line on standard error.

A request is logged by its route, never by its address: addresses hold receipt numbers, places and words
searched for. No network address, browser name, account, text or database value is written. Errors are
logged by type and stack.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.typing import EventDict, Processor

PERSONAL = frozenset(
    {
        "address", "author", "code", "comment", "condition", "cookie", "email", "ip", "lat", "lon", "name",
        "password", "phone", "query", "reason", "receipt", "remote_addr", "text", "token", "user_agent",
    }
)  # fmt: skip
"""Keys whose values may tell about a person; whoever logs one by mistake finds it struck out."""

QUIET_ROUTES = frozenset({"healthz", "readyz", "static"})
HIDDEN = "(not logged)"


def strike_personal(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replaces the values of keys that may tell about a person."""
    for key in event.keys() & PERSONAL:
        event[key] = HIDDEN
    return event


def describe_error(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Turns `exc_info` into the error's type and stack; its message may hold people's words."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_error,
        strike_personal,
    ]


class _Handler(logging.Handler):
    """Writes one line to whatever standard error is now; found again when logging is set up twice."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:  # noqa: BLE001 (logging must never break what it reports on)
            self.handleError(record)


def configure_logs(*, level: str = "info", form: str = "json") -> None:
    """Sends our lines and those of the libraries to standard error, as JSON or (`form="text"`) for people."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "text":
        last = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    handler = _Handler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in ("alembic", "procrastinate"):
        logging.getLogger(name).setLevel(logging.WARNING)


def init_logs(app: Flask, *, level: str = "info", form: str = "json") -> None:
    """One line for each request: route, method, status, milliseconds and a random id (X-Request-ID)."""
    configure_logs(level=level, form=form)
    log = structlog.get_logger("mobility.request")

    @app.before_request
    def _begin() -> None:
        g.started = time.perf_counter()
        g.request_id = uuid.uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def _end(response: Response) -> Response:
        elapsed = time.perf_counter() - g.get("started", time.perf_counter())
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if (request.endpoint or "").rpartition(".")[2] not in QUIET_ROUTES:
            log.info(
                "request",
                method=request.method,
                route=request.url_rule.rule if request.url_rule else HIDDEN,
                status=response.status_code,
                ms=round(elapsed * 1000, 1),
            )
        return response

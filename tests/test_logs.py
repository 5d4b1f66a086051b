"""Logs: one JSON line for each request, and nothing in it about a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from mobility.logs import init_logs

SECRET = "K7QX2M9PLW4T"


@pytest.fixture
def app() -> Iterator[Flask]:
    """A small application with a route that logs."""
    root = logging.getLogger()
    level = root.level
    app = Flask("small")
    init_logs(app)

    @app.get("/receipts/<code>")
    def receipt(code: str) -> str:
        structlog.get_logger("small").info("read", email=f"{code}@example.org", plan="centro")
        return "ok"

    yield app
    root.setLevel(level)
    for handler in [each for each in root.handlers if type(each).__module__ == "mobility.logs"]:
        root.removeHandler(handler)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_logged_by_its_route(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    response = app.test_client().get(f"/receipts/{SECRET}?q=home", headers={"User-Agent": "Phone of Ada"})
    request = lines(capsys)[-1]
    assert request["route"] == "/receipts/<code>"
    assert (request["status"], request["method"]) == (200, "GET")
    assert request["request"] == response.headers["X-Request-ID"]


def test_nothing_personal_is_logged(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.test_client().get(f"/receipts/{SECRET}?q=home", headers={"User-Agent": "Phone of Ada"})
    written = capsys.readouterr().err
    assert "centro" in written
    for personal in (SECRET, "home", "Ada", "127.0.0.1", "example.org"):
        assert personal not in written


def test_an_error_is_logged_by_type_and_stack(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with app.test_request_context("/"):
        try:
            raise ValueError(SECRET)
        except ValueError:
            app.logger.exception("request failed")
    event = lines(capsys)[-1]
    assert event["error"] == "builtins.ValueError"
    assert "test_logs.py" in str(event["stack"])
    assert SECRET not in json.dumps(event)


def test_probes_are_not_logged(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.add_url_rule("/healthz", "health.healthz", lambda: "ok")
    app.test_client().get("/healthz")
    assert capsys.readouterr().err == ""


def test_setting_up_twice_does_not_log_twice(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    init_logs(Flask("other"))
    logging.getLogger("library").warning("once")
    assert len(lines(capsys)) == 1

"""The API keeps what its document promises: requests are made from it, and every answer is held against it.

Values that a schema cannot tell apart are replaced by ones that exist here, else every request would end at
"not found": slugs and codes in addresses, the topic of a comment, the corners of a box, the place of a page.
Only in requests that should be taken; those that should be refused are sent as they were made. Parameters
that are not in the document are not added to requests that should be taken, because the API refuses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from werkzeug.serving import WSGIRequestHandler, make_server

from mobility.api.document import openapi
from mobility.db import unit_of_work
from mobility.extensions import db
from tests.api.conftest import GROUP, SLUG, give_token, speak

EXAMPLES = 3
CONFIG = {
    "seed": 20261120,
    "generation": {"deterministic": True, "allow-extra-parameters": False, "max-examples": EXAMPLES},
    "phases": {
        "stateful": {"enabled": False},
        "coverage": {"unexpected-methods": ["put", "delete", "trace"]},
    },
}
"""Without the phase of requests that follow from each other: nothing here changes what others read."""
CHECKS = {
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
    "positive_data_acceptance", "missing_required_header", "unsupported_method", "ignored_auth",
}  # fmt: skip


class Quiet(WSGIRequestHandler):
    """Says nothing of the requests it serves."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (named so by werkzeug)
        pass


class Town:
    """The application with the names that exist in it, and a program that may send comments."""

    def __init__(self, origin: str, comment: int, headers: dict[str, str]) -> None:
        self.origin, self.headers = origin, headers
        self.names: dict[str, Any] = {"slug": SLUG, "code": "P1", "segment": "P1-03", "group": GROUP}
        self.names["comment_id"] = comment


@pytest.fixture
def town(committed: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    with committed.app_context():
        with unit_of_work() as session:
            comment, headers = speak(session).id, give_token(session, "read", "report")
        db.session.close()
    server = make_server("127.0.0.1", 0, committed, threaded=True, request_handler=Quiet)
    origin = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setitem(committed.config, "BASE_URL", origin)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Town(origin, comment, headers)
    server.shutdown()


def mend(case: Any, town: Town) -> None:
    """Puts values that exist into a request that should be taken."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = town.names[name]
    query = case.query or {}
    query.pop("after", None)
    if "bbox" in query:
        query["bbox"] = "13.3,38.0,13.4,38.2"
    if "since" in query and "until" in query:
        query["since"], query["until"] = sorted((query["since"], query["until"]))
    if isinstance(case.body, dict):
        case.body["topic"] = "safety"
        for name in ("point", "segment", "measure"):
            case.body.pop(name, None)
        case.body["text"] = "The crossing needs a longer green light."


def run(town: Town) -> tuple[int, set[str], list[str]]:
    """All phases of the tests that the document gives: how many checks, of which kinds, and what failed."""
    config = SchemathesisConfig.from_dict({**CONFIG, "headers": town.headers})
    schema = schemathesis.openapi.from_url(f"{town.origin}/api/v1/openapi.json", config=config)

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        if case.meta is None or case.meta.generation.mode.is_positive:
            mend(case, town)

    schemathesis.hook(before_call)
    try:
        return gather(schema)
    finally:
        schemathesis.hooks.unregister(before_call)


def gather(schema: Any) -> tuple[int, set[str], list[str]]:
    number, kinds, wrong = 0, set(), []
    for event in from_schema(schema).execute():
        if isinstance(event, FatalError):
            raise event.exception
        if isinstance(event, NonFatalError):
            wrong.append(f"{event.label}: {event.value!r}")
        if isinstance(event, ScenarioFinished):
            for checks in event.recorder.checks.values():
                number, kinds = number + len(checks), kinds | {check.name for check in checks}
                found = (check.failure_info for check in checks if check.failure_info)
                wrong += [f"{event.label}: {each.failure}\n{each.code_sample}" for each in found]
    return number, kinds, wrong


def test_every_answer_is_as_the_document_says(town: Town) -> None:
    number, kinds, wrong = run(town)
    assert wrong == []
    assert number > 2000
    assert kinds >= CHECKS


def test_every_field_parameter_and_operation_is_described(app: Flask) -> None:
    with app.app_context():
        document = openapi(base_url="https://consult.city.example")
    silent = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            said = (operation["summary"], operation["description"], *operation["tags"])
            silent += [f"{method} {path}"] if not all(said) else []
            silent += [
                f"{path}?{each['name']}" for each in operation["parameters"] if not each["description"]
            ]
    assert silent == []
    assert len(document["paths"]) >= 22
    assert document["openapi"].startswith("3.1")


def test_results_are_described_by_the_data_dictionary(app: Flask) -> None:
    from mobility.exports import dictionary

    with app.app_context():
        document = openapi(base_url="https://consult.city.example")
    named = {name for row in dictionary.RESULTS for name in row.names}
    assert set(document["components"]["schemas"]["Results"]["properties"]) == named

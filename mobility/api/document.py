"""The OpenAPI document: made by spectree from the views and their types, completed with what they share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response
from pydantic import BaseModel
from spectree import Response, SpecTree, Tag
from spectree.plugins.flask_plugin import FlaskPlugin

from mobility.api.problems import KINDS, MEDIA_TYPE
from mobility.api.schemas.base import Problem

VERSION = "1.0.0"
PREFIX = "/api/v1"
SECURITY = "token"
GEOJSON_NOTE = "Geometries are GeoJSON in EPSG:4326."
ABOUT = f"""The public data of the platform for programs: plans, measures, what people say about them and what
the city answers. Reading needs no key. {GEOJSON_NOTE} Texts of the city come in all their languages.

Votes of people are personal and are cast on the site only. A program with a token of scope `report` can send
comments; it speaks for the account that the token belongs to."""
TAGS = {
    "Plans": "Plans under consultation, their phases, topics and offices.",
    "Measures": "Measures with their versions, segments, and outcomes.",
    "Voices": "Comments, replies, answers and counts.",
    "Groups": "Recognised organisations and what they say in public.",
    "Heritage": "Places and zones of the World Heritage property.",
}
EXAMPLES = {
    "slug": "palermo-centro", "code": "P1", "segment": "P1-03", "group": "palermo-in-bici", "comment_id": 1,
}  # fmt: skip
MEANINGS = {
    "slug": "Slug of the plan.",
    "code": "Code of the measure.",
    "segment": "Code of the segment.",
    "group": "Code of the group.",
    "comment_id": "Number of the comment.",
}
READ = (401, 403, 404, 406, 422, 429, 500, 503)
WRITE = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 500, 503)


class Refused(Exception):
    """What a type found wrong with a request."""

    def __init__(self, error: Any) -> None:
        self.error = error
        super().__init__("validation")


class Backend(FlaskPlugin):
    """Answers are not checked again on their way out: the tests check every one of them against its type."""

    def validate_response(self, resp: Any, *_rest: Any) -> tuple[FlaskResponse, None]:
        return make_response(resp), None


def _raise(_request: Any, _response: Any, error: Any, _instance: Any, _adapter: Any) -> None:
    if error is not None:
        raise Refused(error)


spec = SpecTree(
    "flask",
    backend=Backend,
    before=_raise,
    validation_error_model=Problem,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    mode="strict",
    annotations=False,
    page_templates={},
    title="Consultation API",
    version=VERSION,
    openapi_version="3.1.0",
    path="api-document-of-spectree",
)


def described(
    answer: type[BaseModel],
    *,
    tag: str,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    headers: type[BaseModel] | None = None,
    status: int = 200,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What a view takes and gives: checked on its way in, and written into the document."""
    models: dict[str, Any] = {f"HTTP_{status}": answer}
    models |= {f"HTTP_{each}": Problem for each in (WRITE if body else READ)}

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        name = view.__name__.strip("_")
        found: Callable[..., Any] = spec.validate(
            query=query,
            json=body,
            headers=headers,
            resp=Response(**models),
            tags=(Tag(name=tag, description=TAGS[tag]),),
            operation_id=name,
            path_parameter_descriptions=MEANINGS,
        )(view)
        return found

    return wrap


def openapi(*, base_url: str) -> dict[str, Any]:
    """The whole document. Called with an application at hand."""
    found: dict[str, Any] = copy.deepcopy(spec.spec)
    found["info"] = {
        "title": "Consultation API",
        "version": VERSION,
        "description": ABOUT,
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    }
    found["servers"] = [{"url": base_url}]
    found["security"] = [{}, {SECURITY: []}]
    found["components"]["securitySchemes"] = {
        SECURITY: {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that somebody with an account has made on the page of their tokens.",
        }
    }
    found["components"]["headers"] = HEADERS
    for methods in found["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    return found


HEADERS: dict[str, Any] = {
    name: {"description": text, "schema": schema}
    for name, text, schema in (
        ("ETag", "Names this state of the answer: send it in If-None-Match.", {"type": "string"}),
        ("Link", 'The next page, as `<address>; rel="next"`.', {"type": "string"}),
        ("RateLimit-Limit", "Requests a minute.", {"type": "integer"}),
        ("RateLimit-Remaining", "Requests left in this minute.", {"type": "integer"}),
        ("RateLimit-Reset", "Seconds until the minute is over.", {"type": "integer"}),
        ("Retry-After", "Seconds to wait.", {"type": "integer"}),
        ("WWW-Authenticate", "How to show a token.", {"type": "string"}),
        ("Location", "Address of what was made.", {"type": "string"}),
    )
}
LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Headers, the media type of problems, examples and security of one operation."""
    problems = {str(kind.status): str(kind.name) for kind in KINDS}
    for status, answer in operation["responses"].items():
        names: Sequence[str] = LIMITS
        if status in problems:
            schema = answer["content"].pop("application/json")["schema"]
            answer["content"][MEDIA_TYPE] = {"schema": schema}
            answer["description"] = f"Problem `{problems[status]}`."
            names = {"429": ("Retry-After",), "503": ("Retry-After",), "401": ("WWW-Authenticate",)}.get(
                status, ()
            )
        elif method == "get":
            names = ("ETag", *LIMITS, *(("Link",) if "Page" in _name(answer) else ()))
        else:
            names = ("Location", *LIMITS)
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    if method == "get":
        operation["responses"]["304"] = {"description": "Nothing has changed since the ETag that was sent."}
    else:
        operation["security"] = [{SECURITY: []}]
    for parameter in operation["parameters"]:
        if parameter["in"] == "path":
            parameter["example"] = EXAMPLES[parameter["name"]]
        parameter["schema"] = _without_null(parameter["schema"])


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter may be left out, which is not a null."""
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "title", "description")}
    if kept.get("default", "") is None:
        del kept["default"]
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return {**kept, **choices[0]} if len(choices) == 1 else kept


def _name(answer: Mapping[str, Any]) -> str:
    return str(answer["content"]["application/json"]["schema"].get("$ref", ""))

"""The OpenAPI document, and the reference for people made from it."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Response, make_response, render_template

from mobility import web
from mobility.api import problems
from mobility.api.document import TAGS, openapi
from mobility.api.views.blueprint import base, bp, one


@cache
def _document(address: str) -> dict[str, Any]:
    return openapi(base_url=address)


@bp.get("/openapi.json")
def document() -> Response:
    """The OpenAPI document."""
    return one(_document(base()))


@bp.get("/docs")
def reference() -> Response:
    """The reference for people, without anything from elsewhere."""
    found = _document(base())
    html = render_template(
        "api/reference.html",
        document=found,
        groups=_by_tag(found),
        tags=TAGS,
        kinds=problems.KINDS,
        address=base(),
    )
    return web.conditional(make_response(html), etag=html, max_age=0, public=False)


def _by_tag(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by tag, each with its path and method."""
    groups: dict[str, list[dict[str, Any]]] = {tag: [] for tag in TAGS}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append({"path": path, "method": method, **operation})
    return groups

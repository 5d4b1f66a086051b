"""Landing page, conformance, collections, queryables, the OpenAPI document."""

from __future__ import annotations

import json

from flask import request
from flask.typing import ResponseReturnValue

from mobility.extensions import limiter
from mobility.ogc import documents
from mobility.ogc.asking import FOR_ALL, check_known
from mobility.ogc.collections import COLLECTIONS, described
from mobility.ogc.openapi import openapi
from mobility.ogc.views.blueprint import bp, wants_page
from mobility.ogc.views.service import Service, find_collection, open_service

OFTEN = "600 per minute"


def _open(slug: str) -> tuple[Service, bool]:
    """The service, and whether it answers with a page."""
    check_known(request.args, (*FOR_ALL, "profile"))
    page = wants_page()
    return open_service(slug), page


@bp.get("/plans/<slug>/ogc/")
@limiter.limit(OFTEN)
def landing(slug: str) -> ResponseReturnValue:
    service, page = _open(slug)
    if page:
        return service.page("ogc/landing.html", collections=COLLECTIONS.values(), root=service.site.root)
    return service.document(documents.landing(service.site))


@bp.get("/plans/<slug>/ogc/conformance")
@limiter.limit(OFTEN)
def conformance(slug: str) -> ResponseReturnValue:
    service, page = _open(slug)
    if page:
        return service.page("ogc/conformance.html", classes=documents.CONFORMANCE)
    return service.document(documents.conformance(service.site))


@bp.get("/plans/<slug>/ogc/collections")
@limiter.limit(OFTEN)
def collections(slug: str) -> ResponseReturnValue:
    service, page = _open(slug)
    if page:
        return service.page("ogc/collections.html", collections=COLLECTIONS.values())
    return service.document(documents.collections(service.site))


@bp.get("/plans/<slug>/ogc/collections/<name>")
@limiter.limit(OFTEN)
def collection(slug: str, name: str) -> ResponseReturnValue:
    service, page = _open(slug)
    found = find_collection(name)
    if page:
        rows = described(found, full=service.full)
        return service.page("ogc/collection.html", collection=found, properties=rows)
    return service.document(documents.collection(service.site, found))


@bp.get("/plans/<slug>/ogc/collections/<name>/queryables")
@limiter.limit(OFTEN)
def queryables(slug: str, name: str) -> ResponseReturnValue:
    service, page = _open(slug)
    found = find_collection(name)
    schema = documents.queryables(service.site, found, full=service.full)
    if page:
        return service.page("ogc/queryables.html", collection=found, schema=schema)
    return service.document(schema, documents.SCHEMA)


@bp.get("/plans/<slug>/ogc/api")
@limiter.limit(OFTEN)
def api(slug: str) -> ResponseReturnValue:
    service, page = _open(slug)
    document = openapi(service.site)
    if page:
        resolved = json.loads(json.dumps(document))
        return service.page("ogc/api.html", document=resolved)
    return service.document(document, documents.OPENAPI)

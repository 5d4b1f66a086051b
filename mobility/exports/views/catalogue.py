"""The catalogue: as a page for people, as Turtle and JSON-LD for data portals."""

from __future__ import annotations

import json

from flask import Response, current_app, render_template
from rdflib import Graph

from mobility.exports import dictionary
from mobility.exports.catalogue.entries import read_entries
from mobility.exports.catalogue.graph import build
from mobility.exports.catalogue.words import PREFIXES
from mobility.exports.licences import licence_page
from mobility.exports.orders import FORMATS
from mobility.exports.views.blueprint import bp
from mobility.extensions import db, limiter
from mobility.web import LANGUAGES, conditional

FRESH_S = 3600


@bp.get("/catalogue")
@limiter.limit("120 per minute")
def catalogue() -> str:
    return render_template(
        "exports/catalogue.html",
        entries=read_entries(db.session),
        files=dictionary.FILES,
        formats=FORMATS.values(),
        licence_page=licence_page,
    )


@bp.get("/catalogue.ttl")
@limiter.limit("60 per minute")
def catalogue_turtle() -> Response:
    return _answer(_graph().serialize(format="turtle"), "text/turtle")


@bp.get("/catalogue.jsonld")
@limiter.limit("60 per minute")
def catalogue_json() -> Response:
    """With its context inside: nothing is fetched from elsewhere to read it."""
    context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
    text = _graph().serialize(format="json-ld", context=context, auto_compact=False)
    return _answer(json.dumps(json.loads(text), ensure_ascii=False, indent=1), "application/ld+json")


def _graph() -> Graph:
    return build(
        read_entries(db.session), base=current_app.config["BASE_URL"].rstrip("/"), languages=tuple(LANGUAGES)
    )


def _answer(text: str, media_type: str) -> Response:
    response = Response(text, content_type=f"{media_type}; charset=utf-8")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return conditional(response, etag=text, max_age=FRESH_S, vary=())

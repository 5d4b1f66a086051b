"""The OpenAPI 3.0 document of a plan's features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from mobility.ogc.asking import JSON as CQL2_JSON
from mobility.ogc.asking import LIMIT, MOST, PROFILES, TEXT
from mobility.ogc.collections import BOOLEAN, COLLECTIONS, INSTANT, INTEGER, NUMBER, Collection, Queryable
from mobility.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Site
from mobility.spatial.grid import FINEST, LEVELS
from mobility.web import LANGUAGES

Document = dict[str, Any]
_TYPES = {NUMBER: "number", INTEGER: "integer", BOOLEAN: "boolean"}


def openapi(site: Site) -> Document:
    """The whole document; only what everybody may ask for is in it, and how to ask with a token."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": site.title,
            "description": site.summary,
            "version": "1.0.0",
            "license": {"name": site.licence, "url": site.terms},
        },
        "servers": [{"url": site.root}],
        "security": [{}, {"token": []}],
        "tags": [
            {"name": "service", "description": _("What this service is and can do")},
            *({"name": each.id, "description": str(each.table.title)} for each in COLLECTIONS.values()),
        ],
        "paths": dict(_paths()),
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": _("A token of a planner: the full profile. Its use is logged."),
                }
            },
            "parameters": _parameters(site),
            "schemas": _schemas(),
            "responses": {
                "problem": {
                    "description": _("What was asked for cannot be answered"),
                    "content": {"application/problem+json": {"schema": _ref("schemas", "problem")}},
                }
            },
        },
    }


def _paths() -> Iterator[tuple[str, Document]]:
    yield "/", _get("landing", _("Landing page"), {JSON: _ref("schemas", "landing")})
    yield "/conformance", _get("conformance", _("What is supported"), {JSON: _ref("schemas", "conformance")})
    yield "/api", _get("api", _("This document"), {OPENAPI: {"type": "object"}})
    yield "/collections", _get("collections", _("The collections"), {JSON: _ref("schemas", "collections")})
    for found in COLLECTIONS.values():
        here, title = f"/collections/{found.id}", str(found.table.title)
        about = {JSON: _ref("schemas", "collection")}
        yield here, _get(f"{found.id}.about", title, about, tag=found.id)
        schema: Document = {SCHEMA: {"type": "object"}}
        yield (
            f"{here}/queryables",
            _get(f"{found.id}.queryables", _("Properties for filters"), schema, tag=found.id),
        )
        yield f"{here}/items", _items(found)
        fid: Document = {"name": "fid", "in": "path", "required": True, "schema": _id(found)}
        one = _get(
            f"{found.id}.item",
            _("One feature"),
            {GEOJSON: _ref("schemas", "feature")},
            tag=found.id,
            more=[fid, _ref("parameters", "crs"), _ref("parameters", "profile")],
        )
        yield f"{here}/items/{{fid}}", one


def _items(found: Collection) -> Document:
    names = ("limit", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs")
    more = [_ref("parameters", name) for name in (*names, "profile", *found.arguments)]
    more += [_property(each) for each in found.queryables]
    return _get(
        f"{found.id}.items",
        str(found.table.about),
        {GEOJSON: _ref("schemas", "features")},
        tag=found.id,
        more=more,
    )


def _get(
    operation: str,
    summary: str,
    contents: dict[str, Document],
    *,
    tag: str = "service",
    more: list[Document] | None = None,
) -> Document:
    content = {media: {"schema": schema} for media, schema in contents.items()}
    content[HTML] = {"schema": {"type": "string"}}
    problem = _ref("responses", "problem")
    return {
        "get": {
            "tags": [tag],
            "operationId": operation,
            "summary": summary,
            "parameters": [*(more or []), _ref("parameters", "f"), _ref("parameters", "lang")],
            "responses": {
                "200": {"description": summary, "content": content},
                **dict.fromkeys(("400", "401", "403", "404", "429"), problem),
            },
        }
    }


def _ref(kind: str, name: str) -> Document:
    return {"$ref": f"#/components/{kind}/{name}"}


def _id(found: Collection) -> Document:
    return {"type": "integer"} if found.numbered else {"type": "string"}


def _property(each: Queryable) -> Document:
    schema: Document = {"type": _TYPES.get(each.kind, "string")}
    if each.kind == INSTANT:
        schema["format"] = "date-time"
    if each.values:
        schema["enum"] = list(each.values)
    return {
        "name": each.name,
        "in": "query",
        "description": _("Only features with this value"),
        "schema": schema,
    }


def _query(name: str, description: str, schema: Document, **more: Any) -> Document:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _parameters(site: Site) -> Document:
    systems: Document = {"type": "string", "format": "uri", "enum": [each.uri for each in site.references]}
    numbers: Document = {
        "type": "array",
        "items": {"type": "number"},
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    }
    listed = (
        _query("f", _("Form of the answer, instead of the header Accept"), _one_of(("json", "html"))),
        _query("lang", _("Language of the texts"), _one_of(tuple(LANGUAGES))),
        _query(
            "limit",
            _("How many features a page has at most"),
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
            style="form",
            explode=False,
        ),
        _query("after", _("Where the page begins: taken from the link “next”"), {"type": "string"}),
        _query("bbox", _("Only features that meet this box"), numbers, style="form", explode=False),
        _query("bbox-crs", _("Coordinate reference system of the box"), systems),
        _query("crs", _("Coordinate reference system of the answer"), systems),
        _query(
            "datetime", _("Only features of this time: an instant, a day, or start/end"), {"type": "string"}
        ),
        _query("filter", _("A condition in CQL2"), {"type": "string"}),
        _query(
            "filter-lang", _("How the condition is written"), {**_one_of((TEXT, CQL2_JSON)), "default": TEXT}
        ),
        _query("filter-crs", _("Coordinate reference system of the condition"), systems),
        _query("profile", _("With a planner's token: “public” for what everybody sees"), _one_of(PROFILES)),
        _query(
            "z",
            _("Zoom of the cells"),
            {"type": "integer", "minimum": min(LEVELS), "maximum": FINEST, "default": FINEST},
        ),
    )
    return {each["name"]: each for each in listed}


def _one_of(values: tuple[str, ...]) -> Document:
    return {"type": "string", "enum": list(values)}


def _schemas() -> Document:
    links: Document = {"type": "array", "items": _ref("schemas", "link")}
    text: Document = {"type": "string"}
    return {
        "link": {
            "type": "object",
            "required": ["href", "rel"],
            "properties": dict.fromkeys(("href", "rel", "type", "title"), text),
        },
        "landing": _object(("links",), title=text, description=text, links=links),
        "conformance": _object(("conformsTo",), conformsTo={"type": "array", "items": text}),
        "collections": _object(
            ("links", "collections"),
            links=links,
            collections={"type": "array", "items": _ref("schemas", "collection")},
        ),
        "collection": _object(
            ("id", "links"),
            id=text,
            title=text,
            description=text,
            links=links,
            crs={"type": "array", "items": text},
            storageCrs=text,
        ),
        "feature": _object(
            ("type", "geometry", "properties"),
            type=_one_of(("Feature",)),
            id={"oneOf": [{"type": "string"}, {"type": "integer"}]},
            geometry={"type": "object", "nullable": True},
            properties={"type": "object", "nullable": True},
            links=links,
        ),
        "features": _object(
            ("type", "features"),
            type=_one_of(("FeatureCollection",)),
            features={"type": "array", "items": _ref("schemas", "feature")},
            links=links,
            timeStamp={"type": "string", "format": "date-time"},
            numberMatched={"type": "integer", "minimum": 0},
            numberReturned={"type": "integer", "minimum": 0},
        ),
        "problem": _object((), type=text, title=text, status={"type": "integer"}, detail=text, field=text),
    }


def _object(required: tuple[str, ...], **properties: Document) -> Document:
    found: Document = {"type": "object", "properties": properties}
    return {**found, "required": list(required)} if required else found

"""The features of a collection, and one of them."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from mobility.extensions import db, limiter
from mobility.ogc.asking import Asked, read_item, read_items
from mobility.ogc.collections import Collection
from mobility.ogc.documents import GEOJSON, feature_links, page_links
from mobility.ogc.drawing import draw
from mobility.ogc.services import Page, read_feature, read_page
from mobility.ogc.views.blueprint import bp, wants_page
from mobility.ogc.views.service import Service, find_collection, open_service

OFTEN = "600 per minute"
COLUMNS = {
    "comments": ("text", "stance", "topic", "created_at"),
    "segments": ("street", "measure", "kind", "comments"),
    "measures": ("title", "kind", "status", "comments"),
    "cells": ("comments", "for", "against", "idea"),
    "zones": ("name", "kind", "status"),
}
"""What the table of a page shows of each feature."""


@bp.get("/plans/<slug>/ogc/collections/<name>/items")
@limiter.limit(OFTEN)
def items(slug: str, name: str) -> ResponseReturnValue:
    found, page = find_collection(name), wants_page()
    service = open_service(slug)
    asked = read_items(found, request.args, service.site.references, full=service.full)
    read = read_page(db.session, place=service.place, asked=asked)
    service.log(found)
    arguments = request.args.to_dict()
    links = page_links(service.site, found, arguments, read.after, shown="html" if page else "json")
    if page:
        return _list_page(service, found, asked, read, links)
    said = _compact(links)
    return service.answer(
        _collection(service, read, said), GEOJSON, etag=read.features + said, crs=asked.reference.uri
    )


@bp.get("/plans/<slug>/ogc/collections/<name>/items/<path:fid>")
@limiter.limit(OFTEN)
def item(slug: str, name: str, fid: str) -> ResponseReturnValue:
    found, page = find_collection(name), wants_page()
    service = open_service(slug)
    asked = read_item(found, fid, request.args, service.site.references, full=service.full)
    text = read_feature(db.session, place=service.place, asked=asked)
    service.log(found)
    if page:
        return _feature_page(service, found, asked, json.loads(text))
    links = _compact(feature_links(service.site, found, fid, request.args.to_dict()))
    return service.answer(text[:-1] + b',"links":' + links + b"}", GEOJSON, crs=asked.reference.uri)


def _compact(payload: Any) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _collection(service: Service, read: Page, links: bytes) -> bytes:
    """The page as GeoJSON: the features as the database wrote them, the members around them."""
    members: dict[str, Any] = {
        "type": "FeatureCollection",
        "timeStamp": service.now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "numberReturned": read.returned,
    }
    if read.matched is not None:
        members["numberMatched"] = read.matched
    parts = _compact(members)[:-1], b',"links":', links, b',"features":[', read.features, b"]}"
    return b"".join(parts)


def _list_page(
    service: Service, found: Collection, asked: Asked, read: Page, links: list[dict[str, Any]]
) -> ResponseReturnValue:
    features = json.loads(b"[" + read.features + b"]")
    return service.page(
        "ogc/items.html",
        collection=found,
        features=features,
        columns=COLUMNS[found.id],
        drawing=_drawing([feature["geometry"] for feature in features], asked),
        matched=read.matched,
        links={each["rel"]: each["href"] for each in links},
        asked=asked,
    )


def _feature_page(
    service: Service, found: Collection, asked: Asked, feature: dict[str, Any]
) -> ResponseReturnValue:
    return service.page(
        "ogc/item.html",
        collection=found,
        feature=feature,
        drawing=_drawing([feature["geometry"]], asked),
        asked=asked,
    )


def _drawing(geometries: list[Any], asked: Asked) -> Any:
    return draw(geometries, flipped=asked.reference.flipped, metric=asked.reference.metric)

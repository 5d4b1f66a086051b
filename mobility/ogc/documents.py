"""The documents around the features: landing page, conformance, collections, queryables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _

from mobility.ogc.collections import BOOLEAN, COLLECTIONS, INSTANT, INTEGER, NUMBER, Collection
from mobility.ogc.references import CRS84, Reference

JSON, GEOJSON, HTML, SCHEMA = (
    "application/json",
    "application/geo+json",
    "text/html",
    "application/schema+json",
)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
_FILTER = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
_FILTER_CLASSES = ("queryables", "queryables-query-parameters", "filter", "features-filter")
_CQL2_CLASSES = (
    "cql2-text",
    "cql2-json",
    "basic-cql2",
    "advanced-comparison-operators",
    "case-insensitive-comparison",
    "basic-spatial-functions",
    "basic-spatial-functions-plus",
    "spatial-functions",
)
CONFORMANCE = (
    *(f"{_CORE}{each}" for each in ("core", "oas30", "html", "geojson")),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(f"{_FILTER}{each}" for each in _FILTER_CLASSES),
    *(f"{_CQL2}{each}" for each in _CQL2_CLASSES),
)
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ODbL 1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
_TYPES = {NUMBER: "number", INTEGER: "integer", BOOLEAN: "boolean"}
Document = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """What the documents of one plan have in common. `root` ends without a slash."""

    root: str
    title: str
    summary: str
    licence: str
    attribution: str
    language: str
    terms: str
    """Address of the terms of use."""
    dictionary: str
    """Address of the data dictionary."""
    extent: tuple[float, float, float, float]
    since: str | None
    references: tuple[Reference, ...]

    def address(self, *parts: str, **arguments: str) -> str:
        """An address below the root, in the language that was asked for."""
        path = "/".join((self.root, *parts))
        path = path if parts else f"{path}/"
        return f"{path}?{urlencode(arguments)}" if arguments else path


def link(href: str, rel: str, media: str, title: str = "") -> Document:
    """A link as the standard writes it."""
    return {"href": href, "rel": rel, "type": media, **({"title": title} if title else {})}


def both(site: Site, *parts: str, media: str = JSON, shown: str = "json", **arguments: str) -> list[Document]:
    """Links to the document itself and to its other form; `shown` is the form that holds the links."""
    forms = {"json": media, "html": HTML}
    return [
        link(
            site.address(*parts, **arguments, f=form),
            "self" if form == shown else "alternate",
            kind,
            _("This document as JSON") if form == "json" else _("This document as a page"),
        )
        for form, kind in forms.items()
    ]


def licence_link(site: Site) -> Document:
    """Where the licence can be read."""
    return link(LICENCES.get(site.licence, site.terms), "license", HTML, site.licence)


def landing(site: Site) -> Document:
    return {
        "title": site.title,
        "description": site.summary,
        "attribution": site.attribution,
        "links": [
            *both(site),
            link(site.address("api", f="json"), "service-desc", OPENAPI, _("How to ask, for programs")),
            link(site.address("api", f="html"), "service-doc", HTML, _("How to ask, for people")),
            link(site.address("conformance", f="json"), "conformance", JSON, _("What is supported")),
            link(site.address("collections", f="json"), "data", JSON, _("The collections")),
            licence_link(site),
            link(site.dictionary, "describedby", HTML, _("Data dictionary")),
        ],
    }


def conformance(site: Site) -> Document:
    return {"conformsTo": list(CONFORMANCE), "links": both(site, "conformance")}


def collections(site: Site) -> Document:
    return {
        "crs": [each.uri for each in site.references],
        "links": both(site, "collections"),
        "collections": [collection(site, each, within=True) for each in COLLECTIONS.values()],
    }


def collection(site: Site, found: Collection, *, within: bool = False) -> Document:
    """One collection; `within` the list of all."""
    here = ("collections", found.id)
    extent: Document = {"spatial": {"bbox": [list(site.extent)], "crs": CRS84}}
    if found.instant:
        extent["temporal"] = {
            "interval": [[site.since, None]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return {
        "id": found.id,
        "title": str(found.table.title),
        "description": str(found.table.about),
        "itemType": "feature",
        "license": site.licence,
        "attribution": site.attribution,
        "extent": extent,
        "crs": ["#/crs"] if within else [each.uri for each in site.references],
        "storageCrs": CRS84,
        "links": [
            *both(site, *here),
            link(site.address(*here, "items", f="json"), "items", GEOJSON, _("The features as GeoJSON")),
            link(site.address(*here, "items", f="html"), "items", HTML, _("The features as a page")),
            link(
                site.address(*here, "queryables", f="json"),
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                SCHEMA,
                _("Properties for filters"),
            ),
            licence_link(site),
            link(f"{site.dictionary}#{found.table.name}", "describedby", HTML, _("Data dictionary")),
        ],
    }


def queryables(site: Site, found: Collection, *, full: bool) -> Document:
    """What filters may name, as a JSON schema."""
    meanings = {name: row for row in found.table.properties for name in row.names}
    properties: Document = {
        "geometry": {
            "title": _("Place"),
            "x-ogc-role": "primary-geometry",
            "format": "geometry-any",
        }
    }
    for name, each in found.known(full=full).items():
        described: Document = {"title": name, "type": _TYPES.get(each.kind, "string")}
        if name in meanings:
            described["description"] = str(meanings[name].meaning)
        if each.kind == INSTANT:
            described["format"] = "date-time"
        if each.values:
            described["enum"] = list(each.values)
        properties[name] = described
    return {
        "$schema": "https://json-schema.org/draft/2019-09/schema",
        "$id": site.address("collections", found.id, "queryables"),
        "type": "object",
        "title": str(found.table.title),
        "description": str(found.table.about),
        "properties": properties,
        "additionalProperties": False,
    }


def page_links(
    site: Site, found: Collection, arguments: Mapping[str, str], after: str | None, *, shown: str
) -> list[Document]:
    """Links of a page of features: itself, its other form, the next page, its collection, terms."""
    here = ("collections", found.id, "items")
    asked = {name: value for name, value in arguments.items() if name != "f"}
    links = both(site, *here, media=GEOJSON, shown=shown, **asked)
    if after is not None:
        more = {**asked, "after": after, "f": shown}
        media = GEOJSON if shown == "json" else HTML
        links.append(link(site.address(*here, **more), "next", media, _("Next page")))
    return [*links, *_around(site, found)]


def feature_links(site: Site, found: Collection, fid: str, arguments: Mapping[str, str]) -> list[Document]:
    """Links of one feature."""
    asked = {name: value for name, value in arguments.items() if name != "f"}
    return [*both(site, "collections", found.id, "items", fid, media=GEOJSON, **asked), *_around(site, found)]


def _around(site: Site, found: Collection) -> list[Document]:
    return [
        link(site.address("collections", found.id, f="json"), "collection", JSON, str(found.table.title)),
        licence_link(site),
        link(f"{site.dictionary}#{found.table.name}", "describedby", HTML, _("Data dictionary")),
    ]

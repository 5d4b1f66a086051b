"""Addresses of the vocabularies that DCAT-AP asks for.

Sources: DCAT-AP 3.0.0 (https://semiceu.github.io/DCAT-AP/releases/3.0.0/), authority tables of the
Publications Office of the EU (http://publications.europa.eu/resource/authority/).
"""

from __future__ import annotations

from rdflib import Namespace

DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCT = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
PREFIXES = {
    "dcat": DCAT, "dcatap": DCATAP, "dct": DCT, "foaf": FOAF, "vcard": VCARD, "locn": LOCN, "skos": SKOS,
    "geo": GEO, "xsd": XSD,
}  # fmt: skip

AUTHORITY = "http://publications.europa.eu/resource/authority/"
THEME = f"{AUTHORITY}data-theme/TRAN"
THEMES = f"{AUTHORITY}data-theme"
PUBLIC = f"{AUTHORITY}access-right/PUBLIC"
AVAILABLE = f"{AUTHORITY}planned-availability/AVAILABLE"
CONTINUOUS = f"{AUTHORITY}frequency/UPDATE_CONT"
IRREGULAR = f"{AUTHORITY}frequency/IRREG"
FREQUENCIES = {
    "comments": CONTINUOUS,
    "segments": CONTINUOUS,
    "measures": CONTINUOUS,
    "cells": CONTINUOUS,
    "zones": IRREGULAR,
}
LANGUAGES = {"it": "ITA", "en": "ENG", "de": "DEU", "fr": "FRA", "es": "SPA", "bg": "BUL", "ro": "RON"}
COUNTRIES = {"IT": "ITA", "DE": "DEU", "FR": "FRA", "ES": "ESP", "BG": "BGR", "RO": "ROU"}
FILE_TYPES = {
    "geojson": "GEOJSON", "gpkg": "GPKG", "fgb": "BIN", "csv": "CSV", "kml": "KML", "xlsx": "XLSX"
}  # fmt: skip
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
OGC_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
OPENAPI = "https://spec.openapis.org/oas/v3.1.0"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
KEYWORDS = {
    "it": ("mobilità urbana", "partecipazione", "PUMS"),
    "en": ("urban mobility", "public participation", "SUMP"),
}

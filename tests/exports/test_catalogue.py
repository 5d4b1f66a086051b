"""The catalogue is what DCAT-AP asks for, says the same in both forms, and tells no person's name."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import RDF, Graph, URIRef
from rdflib.compare import isomorphic
from sqlalchemy.orm import Session

from mobility.exports.catalogue.words import DCAT, DCT, LOCN, VCARD
from mobility.exports.orders import FORMATS, WHAT
from mobility.plans.models import Plan
from mobility.settings import ROOT

SHAPES = ROOT / "tests" / "exports" / "shapes.ttl"
PLAN = "palermo-centro"


@pytest.fixture
def graph(client: FlaskClient) -> Graph:
    return Graph().parse(data=client.get("/catalogue.ttl").get_data(as_text=True), format="turtle")


def faults(graph: Graph) -> str:
    fits, _report, text = validate(graph, shacl_graph=Graph().parse(SHAPES), advanced=True)
    return "" if fits else text


def test_fits_the_shapes_of_the_specification(graph: Graph) -> None:
    assert not faults(graph)


@pytest.mark.parametrize(
    "gone",
    [
        (None, DCT.title, None),
        (None, DCAT.accessURL, None),
        (None, DCAT.endpointURL, None),
        (None, DCT.license, None),
        (None, DCAT.theme, None),
        (None, RDF.type, DCT.Standard),
        (None, VCARD.fn, None),
    ],
)
def test_the_shapes_notice_what_is_missing(gone: Any, graph: Graph) -> None:
    graph.remove(gone)
    assert faults(graph)


def test_both_forms_say_the_same(client: FlaskClient, graph: Graph) -> None:
    text = client.get("/catalogue.jsonld").get_data(as_text=True)
    assert isinstance(json.loads(text)["@context"], dict)
    assert isomorphic(Graph().parse(data=text, format="json-ld"), graph)


def test_lists_every_file_of_every_public_plan(client: FlaskClient, app: Flask, graph: Graph) -> None:
    base = app.config["BASE_URL"].rstrip("/")
    page = f"{base}/plans/{PLAN}/exports/"
    sets = {str(subject) for subject in graph.subjects(RDF.type, DCAT.Dataset)}
    assert {f"{page}#{what}" for what in WHAT} <= sets
    files = {str(address) for address in graph.objects(None, DCAT.downloadURL)}
    assert {f"{page}{what}.{form}" for what in WHAT for form in FORMATS} <= files
    services = {str(address) for address in graph.objects(None, DCAT.endpointURL)}
    assert services == {f"{base}/plans/{PLAN}/ogc/", f"{base}/api/v1"}
    assert client.get(f"/plans/{PLAN}/ogc/").status_code == 200
    assert client.get("/api/v1/openapi.json").status_code == 200


def test_a_draft_is_not_listed(client: FlaskClient, session: Session) -> None:
    session.query(Plan).filter_by(slug=PLAN).update({"status": "draft"})
    session.flush()
    for address in ("/catalogue.ttl", "/catalogue"):
        assert f"/plans/{PLAN}" not in client.get(address).get_data(as_text=True)


def test_place_licence_and_contact_are_those_of_the_plan(graph: Graph, session: Session) -> None:
    (outline,) = set(graph.objects(None, LOCN.geometry))
    assert shapely.from_wkt(str(outline)).area > 0
    names = {str(name) for name in graph.objects(None, DCT.license)}
    assert all(name.startswith(("http://publications.europa.eu/", "https://spdx.org/")) for name in names)
    assert {kind for kind in graph.objects(None, RDF.type) if str(kind).startswith(str(VCARD))} == {
        URIRef(VCARD.Organization)
    }


def test_answers_are_kept_and_asked_for_again(client: FlaskClient) -> None:
    first = client.get("/catalogue.ttl")
    assert first.mimetype == "text/turtle"
    again = client.get("/catalogue.ttl", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_page_lists_the_plans(client: FlaskClient) -> None:
    page = client.get("/catalogue?lang=en").get_data(as_text=True)
    assert f'href="/plans/{PLAN}/exports/"' in page
    assert "/catalogue.jsonld" in page

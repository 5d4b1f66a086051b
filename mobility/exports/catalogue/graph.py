"""The catalogue as RDF: one data set for each plan and kind of thing, one distribution for each format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from rdflib import RDF, BNode, Graph, Literal, URIRef

from mobility.exports import dictionary
from mobility.exports.catalogue import words as w
from mobility.exports.catalogue.entries import Entry, Publisher
from mobility.exports.catalogue.words import DCAT, DCATAP, DCT, FOAF, GEO, LOCN, SKOS, VCARD, XSD
from mobility.exports.licences import licence_page, licence_uri
from mobility.exports.orders import FORMATS, Format
from mobility.text import pick

Node = URIRef | BNode


class Catalogue:
    """A graph being built; `base` is the public address of the platform, without a slash at its end."""

    def __init__(self, base: str, languages: Sequence[str]) -> None:
        self.base, self.languages = base, tuple(languages)
        self.graph = Graph()
        for prefix, namespace in w.PREFIXES.items():
            self.graph.bind(prefix, namespace, replace=True)
        self.node = URIRef(f"{base}/catalogue#catalogue")

    def add(self, subject: Node, kind: URIRef, pairs: Sequence[tuple[URIRef, Any]]) -> Node:
        """The subject with its type and properties; texts of several languages become one literal each."""
        self.graph.add((subject, RDF.type, kind))
        for name, value in pairs:
            for each in self._values(value):
                self.graph.add((subject, name, each))
        return subject

    def said(self, make: Any) -> dict[str, str]:
        """A text of ours in the languages of the catalogue: `make` is called once in each."""
        found = {}
        for language in self.languages:
            with force_locale(language):
                found[language] = str(make())
        return found

    def concept(self, address: str, kind: URIRef) -> URIRef | None:
        """A term of a vocabulary with the class that DCAT-AP wants it to have; None for no address."""
        if not address:
            return None
        self.graph.add((URIRef(address), RDF.type, kind))
        return URIRef(address)

    def _values(self, value: Any) -> list[Any]:
        if value is None or value == "":
            return []
        if isinstance(value, Mapping):
            return [Literal(text, lang=tag) for tag, text in value.items() if text]
        if isinstance(value, list | tuple):
            return [each for item in value for each in self._values(item)]
        if isinstance(value, datetime):
            return [Literal(value.isoformat(timespec="seconds"), datatype=XSD.dateTime)]
        return [value if isinstance(value, Literal | URIRef | BNode) else Literal(value)]


def build(entries: Sequence[Entry], *, base: str, languages: Sequence[str]) -> Graph:
    """The whole catalogue."""
    made = Catalogue(base, languages)
    publishers = {entry.publisher.slug: entry.publisher for entry in entries}
    for publisher in publishers.values():
        _publisher(made, publisher)
    data_sets = [_data_set(made, entry, what) for entry in entries for what in dictionary.FILES]
    services = [_ogc(made, entry) for entry in entries]
    if entries:
        services.append(_api(made, entries))
    first = entries[0] if entries else None
    made.add(
        made.node,
        DCAT.Catalog,
        [
            (DCT.title, made.said(lambda: _("Open data of the mobility consultation"))),
            (DCT.description, made.said(_about)),
            (DCT.publisher, [_agent(made, publisher) for publisher in publishers.values()][:1]),
            (DCT.language, [_language(made, tag) for tag in languages]),
            (DCT.license, made.concept(licence_uri(first.licence), DCT.LicenseDocument) if first else None),
            (DCT.issued, min((entry.issued for entry in entries), default=None)),
            (DCT.modified, max((entry.modified for entry in entries), default=None)),
            (DCT.spatial, [_country(made, publisher) for publisher in publishers.values()]),
            (FOAF.homepage, made.concept(f"{base}/", FOAF.Document)),
            (DCAT.themeTaxonomy, made.concept(w.THEMES, SKOS.ConceptScheme)),
            (DCAT.dataset, data_sets),
            (DCAT.service, services),
        ],
    )
    return made.graph


def _about() -> str:
    about: str = _(
        "Measures under consultation, what people said and voted about them, and where; no personal data."
    )
    return about


def _agent(made: Catalogue, publisher: Publisher) -> URIRef:
    return URIRef(f"{made.base}/catalogue#publisher-{publisher.slug}")


def _publisher(made: Catalogue, publisher: Publisher) -> None:
    given = publisher.contact
    mail = given.get("email")
    made.add(
        _agent(made, publisher),
        FOAF.Agent,
        [
            (FOAF.name, given.get("name") or publisher.name),
            (FOAF.mbox, URIRef(f"mailto:{mail}") if mail else None),
            (FOAF.homepage, made.concept(given.get("website", ""), FOAF.Document)),
            (DCT.type, made.concept("http://purl.org/adms/publishertype/LocalAuthority", SKOS.Concept)),
        ],
    )


def _contact(made: Catalogue, entry: Entry) -> URIRef:
    """The office to ask, as its city names it."""
    node = URIRef(f"{made.base}/catalogue#contact-{entry.slug}")
    name, mail = entry.contact.get("name"), entry.contact.get("email")
    made.add(
        node,
        VCARD.Organization,
        [
            (VCARD.fn, name if isinstance(name, Mapping) else name or pick(entry.publisher.name, "en")),
            (VCARD.hasEmail, URIRef(f"mailto:{mail}") if mail else None),
            (VCARD.hasURL, URIRef(f"{made.base}/plans/{entry.slug}")),
        ],
    )
    return node


def _data_set(made: Catalogue, entry: Entry, what: dictionary.Table) -> Node:
    page = f"{made.base}/plans/{entry.slug}"
    node = URIRef(f"{page}/exports/#{what.name}")
    titles = {tag: f"{pick(entry.title, tag)}: {name}" for tag, name in made.said(lambda: what.title).items()}
    return made.add(
        node,
        DCAT.Dataset,
        [
            *_shared(made, entry),
            (DCT.title, titles),
            (DCT.description, made.said(lambda: what.about)),
            (DCT.identifier, f"{entry.slug}-{what.name}"),
            (DCT.issued, entry.issued),
            (DCT.modified, entry.modified),
            (DCT.accrualPeriodicity, made.concept(w.FREQUENCIES[what.name], DCT.Frequency)),
            (DCT.spatial, _place(made, entry)),
            (DCT.temporal, _period(made, entry)),
            (DCT.conformsTo, _dictionary(made, what)),
            (DCAT.keyword, [{tag: word} for tag in made.languages for word in w.KEYWORDS.get(tag, ())]),
            (DCAT.landingPage, made.concept(f"{page}/exports/", FOAF.Document)),
            (DCAT.distribution, [_distribution(made, entry, what, form) for form in FORMATS.values()]),
        ],
    )


def _shared(made: Catalogue, entry: Entry) -> list[tuple[URIRef, Any]]:
    """What data sets and services have in common."""
    return [
        (DCT.publisher, _agent(made, entry.publisher)),
        (DCAT.contactPoint, _contact(made, entry)),
        (DCAT.theme, made.concept(w.THEME, SKOS.Concept)),
        (DCT.accessRights, made.concept(w.PUBLIC, DCT.RightsStatement)),
        (DCT.language, [_language(made, tag) for tag in entry.languages]),
    ]


def _distribution(made: Catalogue, entry: Entry, what: dictionary.Table, form: Format) -> Node:
    page = f"{made.base}/plans/{entry.slug}/exports/"
    address = URIRef(f"{page}{what.name}.{form.key}")
    media_type = "application/octet-stream" if form.key == "fgb" else form.media_type
    return made.add(
        URIRef(f"{page}#{what.name}-{form.key}"),
        DCAT.Distribution,
        [
            (DCT.title, made.said(lambda: f"{what.title} ({form.title})")),
            (DCAT.accessURL, made.concept(page, DCT.Document) and URIRef(page)),
            (DCAT.downloadURL, address),
            (DCAT.mediaType, made.concept(f"{w.MEDIA_TYPES}{media_type}", DCT.MediaType)),
            (
                DCT["format"],
                made.concept(f"{w.AUTHORITY}file-type/{w.FILE_TYPES[form.key]}", DCT.MediaTypeOrExtent),
            ),
            (DCT.license, _licence(made, entry)),
            (DCT.conformsTo, [_dictionary(made, what), made.concept(w.EPSG_4326, DCT.Standard)]),
            (DCT.language, [_language(made, tag) for tag in entry.languages]),
            (DCATAP.availability, made.concept(w.AVAILABLE, SKOS.Concept)),
            (DCT.modified, entry.modified),
        ],
    )


def _licence(made: Catalogue, entry: Entry) -> URIRef | None:
    known = licence_uri(entry.licence)
    own = f"https://spdx.org/licenses/{entry.licence}"
    node = made.concept(known or own, DCT.LicenseDocument)
    if node and (page := licence_page(entry.licence)):
        made.graph.add((node, FOAF.page, URIRef(page)))
    return node


def _dictionary(made: Catalogue, what: dictionary.Table) -> URIRef | None:
    return made.concept(f"{made.base}/data-dictionary#{what.name}", DCT.Standard)


def _place(made: Catalogue, entry: Entry) -> Node:
    west, south, east, north = (f"{edge:.6f}" for edge in entry.box)
    ring = ", ".join(
        f"{x} {y}" for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south))
    )
    text = Literal(f"POLYGON(({ring}))", datatype=GEO.wktLiteral)
    return made.add(
        URIRef(f"{made.base}/catalogue#place-{entry.slug}"),
        DCT.Location,
        [(DCAT.bbox, text), (LOCN.geometry, text)],
    )


def _period(made: Catalogue, entry: Entry) -> Node | None:
    if entry.opens_at is None:
        return None
    return made.add(
        URIRef(f"{made.base}/catalogue#period-{entry.slug}"),
        DCT.PeriodOfTime,
        [(DCAT.startDate, entry.opens_at), (DCAT.endDate, entry.closes_at)],
    )


def _language(made: Catalogue, tag: str) -> URIRef | None:
    name = w.LANGUAGES.get(tag)
    return made.concept(f"{w.AUTHORITY}language/{name}" if name else "", DCT.LinguisticSystem)


def _country(made: Catalogue, publisher: Publisher) -> URIRef | None:
    name = w.COUNTRIES.get(publisher.country)
    return made.concept(f"{w.AUTHORITY}country/{name}" if name else "", DCT.Location)


def _ogc(made: Catalogue, entry: Entry) -> Node:
    root = f"{made.base}/plans/{entry.slug}/ogc/"
    names = [f"{made.base}/plans/{entry.slug}/exports/#{what.name}" for what in dictionary.FILES]
    return made.add(
        URIRef(root),
        DCAT.DataService,
        [
            *_shared(made, entry)[:4],
            (
                DCT.title,
                {tag: f"{pick(entry.title, tag)}: OGC API – Features" for tag in made.languages},
            ),
            (
                DCT.description,
                made.said(lambda: _("The same data, feature by feature, for QGIS and other GIS.")),
            ),
            (DCAT.endpointURL, URIRef(root)),
            (DCAT.endpointDescription, URIRef(f"{root}api")),
            (DCAT.servesDataset, [URIRef(name) for name in names]),
            (DCT.conformsTo, made.concept(w.OGC_FEATURES, DCT.Standard)),
            (DCT.license, _licence(made, entry)),
        ],
    )


def _api(made: Catalogue, entries: Sequence[Entry]) -> Node:
    root = f"{made.base}/api/v1"
    sets = [
        URIRef(f"{made.base}/plans/{entry.slug}/exports/#{what.name}")
        for entry in entries
        for what in dictionary.FILES
    ]
    return made.add(
        URIRef(root),
        DCAT.DataService,
        [
            *_shared(made, entries[0])[:4],
            (DCT.title, made.said(lambda: _("Public programming interface"))),
            (DCT.description, made.said(lambda: _("Plans, measures, comments and answers as JSON."))),
            (DCAT.endpointURL, URIRef(root)),
            (DCAT.endpointDescription, URIRef(f"{root}/openapi.json")),
            (DCAT.servesDataset, sets),
            (DCT.conformsTo, made.concept(w.OPENAPI, DCT.Standard)),
            (DCT.license, _licence(made, entries[0])),
        ],
    )

"""What can be imported, and which fields each kind has. Pure, but for the words of labels.

A field of several languages has one column for each: `title` in Italian is `title:it`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mobility.cities.models import CONTEXT_KINDS
from mobility.heritage.models import ZONE_KINDS, ZONE_STATUSES
from mobility.importing.models import KINDS
from mobility.plans.models import DIRECTIONS, MEASURE_KINDS, MEASURE_STATUSES, SIDES, UVAR_BLOCKS

AREA, LINE, POINT = 2, 1, 0


@dataclass(frozen=True)
class Field:
    """A field of the model: `shape` is text, texts, choice, number or whole; `most` is a length or value.

    `names` are the names under which files have it, in Italian and English, without accents and spaces.
    """

    name: str
    shape: str = "text"
    required: bool = False
    most: int = 120
    choices: tuple[str, ...] = ()
    default: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """`table` holds it, below a plan or a city (`owner`); `dimensions` are those of its shapes."""

    name: str
    table: str
    owner: str
    fields: tuple[Field, ...]
    dimensions: tuple[int, ...]
    multiple: bool = True
    """Whether a file holds many of them; a boundary is all shapes together."""


_CODE = ("code", "codice", "cod", "sigla", "id_misura", "ref")
_NAME = (
    "name",
    "nome",
    "denominazione",
    "denom",
    "den_asc",
    "toponimo",
    "descrizione",
    "titolo",
    "title",
    "label",
)
_SOURCE = Field("source", most=600, names=("source", "fonte", "origine"))
_ACCURACY = Field(
    "accuracy_m", "number", most=10_000, names=("accuracy", "accuracy_m", "precisione", "accuratezza")
)

_SEGMENTS = (
    Field("code", most=32, names=("segment", "tratto", "id_tratto", "codice_tratto", "segment_code", *_CODE)),
    Field(
        "measure",
        required=True,
        most=16,
        names=("measure", "misura", "codice_misura", "cod_misura", "measure_code", "intervento"),
    ),
    Field(
        "street",
        required=True,
        names=("street", "via", "strada", "nome_via", "nomevia", "odonimo", "toponimo", "road", *_NAME),
    ),
    Field(
        "span",
        "texts",
        most=160,
        names=("span", "tra", "da_a", "between", "limiti", "dettaglio", "segment", "tratto"),
    ),
    Field("side", "choice", choices=SIDES, default="both", names=("side", "lato")),
    Field(
        "direction",
        "choice",
        choices=DIRECTIONS,
        default="both",
        names=("direction", "direzione", "senso", "verso", "oneway"),
    ),
    _ACCURACY,
    _SOURCE,
)
_MEASURES = (
    Field("code", required=True, most=5, names=("measure", "misura", "codice_misura", *_CODE)),
    Field("title", "texts", required=True, most=120, names=_NAME),
    Field(
        "kind", "choice", required=True, choices=MEASURE_KINDS, names=("kind", "tipo", "tipologia", "type")
    ),
    Field(
        "status",
        "choice",
        choices=MEASURE_STATUSES,
        default="proposed",
        names=("status", "stato", "fase", "state"),
    ),
    Field("summary", "texts", most=600, names=("summary", "sintesi", "descrizione", "description", "note")),
    Field("before", "texts", most=400, names=("before", "prima", "stato_attuale", "oggi")),
    Field("after", "texts", most=400, names=("after", "dopo", "progetto", "domani")),
    Field("hours", "texts", most=200, names=("hours", "orari", "orario")),
    Field("uvar_block", "choice", choices=UVAR_BLOCKS, names=("uvar", "uvar_block")),
    Field("package", most=16, names=("package", "pacchetto")),
    Field("office", most=64, names=("office", "ufficio", "settore", "responsabile")),
    _ACCURACY,
)
_ZONES = (
    Field("code", most=64, names=("zona", "zone", "id_zona", *_CODE)),
    Field("name", "texts", required=True, names=_NAME),
    Field("kind", "choice", required=True, choices=ZONE_KINDS, names=("kind", "tipo", "tipologia", "type")),
    Field(
        "status",
        "choice",
        choices=ZONE_STATUSES,
        default="approximate",
        names=("status", "stato", "ufficialita"),
    ),
    Field("place", most=32, names=("place", "componente", "component", "bene", "sito")),
    _ACCURACY,
    _SOURCE,
)
_CONTEXT = (
    Field("code", most=64, names=_CODE),
    Field("kind", "choice", required=True, choices=CONTEXT_KINDS, names=("kind", "tipo", "classe", "type")),
    Field("name", "texts", names=("odonimo", "quartiere", "mandamento", *_NAME)),
    _ACCURACY,
    _SOURCE,
)
_CENSUS = (
    Field(
        "code",
        required=True,
        most=64,
        names=("sez21_id", "sez2021", "sez2011", "sez", "sezione", "census", *_CODE),
    ),
    Field("name", names=_NAME),
    Field(
        "population",
        "whole",
        required=True,
        most=10_000_000,
        names=("pop21", "pop", "popolazione", "population", "residenti", "residents", "abitanti", "p1"),
    ),
    Field("households", "whole", most=10_000_000, names=("fam21", "famiglie", "households", "pf1")),
    _SOURCE,
)

ALL: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("segments", "segment", "plan", _SEGMENTS, (LINE, AREA, POINT)),
        Kind("measures", "measure", "plan", _MEASURES, ()),
        Kind("zones", "heritage_zone", "city", _ZONES, (AREA,)),
        Kind("boundary", "plan", "plan", (), (AREA,), multiple=False),
        Kind("context", "context_feature", "city", _CONTEXT, (POINT, LINE, AREA)),
        Kind("census", "census_area", "city", _CENSUS, (AREA,)),
    )
}
assert tuple(ALL) == KINDS


def parts(field: Field, languages: Sequence[str]) -> list[str]:
    """The names under which a field is mapped: one, or one for each language."""
    return [f"{field.name}:{tag}" for tag in languages] if field.shape == "texts" else [field.name]


def geometry_column(kind: Kind) -> str:
    """The column that holds the shape; empty for a kind that has none."""
    return "" if not kind.dimensions else "boundary" if kind.name == "boundary" else "geom"

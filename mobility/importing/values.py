"""The values of one feature as the model wants them, or what is wrong with each. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mobility.importing.kinds import Field, Kind
from mobility.importing.mapping import plain

Fault = dict[str, Any]
"""level (error, warning or note), code, values."""
MEASURE_CODE = re.compile(r"[A-Z]{1,3}[0-9]{1,2}")
_TEXT_ONLY = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")
SAID = {
    "both": ("both", "entrambi", "entrambe", "ambo", "ambedue", "tutti", "due", "b", "0", "no"),
    "left": ("left", "sinistra", "sinistro", "sx", "l", "s"),
    "right": ("right", "destra", "destro", "dx", "r", "d"),
    "forward": ("forward", "avanti", "andata", "concorde", "f", "1", "yes", "si"),
    "backward": ("backward", "indietro", "ritorno", "discorde", "contrario", "-1"),
    "pedestrian_street": ("pedonale", "strada_pedonale", "via_pedonale", "area_pedonale", "pedonalizzazione"),
    "pedestrian_square": ("piazza_pedonale", "piazza"),
    "limited_traffic_zone": ("ztl", "zona_a_traffico_limitato"),
    "cycle_lane": ("ciclabile", "pista_ciclabile", "corsia_ciclabile", "bike_lane", "cycleway", "cycle"),
    "tram": ("tram", "tranvia", "linea_tram"),
    "bus_lane": ("corsia_bus", "corsia_preferenziale", "preferenziale", "bus"),
    "parking": ("parcheggio", "sosta", "park"),
    "coach_bay": ("bus_turistici", "sosta_bus", "stallo_bus", "coach"),
    "crossing": ("attraversamento", "attraversamento_pedonale", "strisce"),
    "speed_limit": ("zona_30", "zona30", "limite_di_velocita", "zone_30", "speed"),
    "proposed": ("proposta", "proposto", "progetto", "di_progetto", "previsto", "proposed"),
    "trial": ("sperimentale", "sperimentazione", "prova"),
    "in_force": ("in_vigore", "vigente", "esistente", "attivo", "attuato", "existing"),
    "study": ("studio", "allo_studio", "in_studio"),
    "property": ("bene", "sito", "core", "nucleo", "core_zone", "sito_unesco"),
    "buffer": ("buffer", "buffer_zone", "zona_tampone", "tampone"),
    "setting": ("contesto", "wider_setting"),
    "planning": ("pianificazione", "urbanistica", "vincolo"),
    "official": ("ufficiale", "si", "yes"),
    "approximate": ("approssimato", "approssimata", "indicativo", "indicativa"),
    "illustrative": ("illustrativo", "illustrativa"),
    "boundary": ("confine", "limite", "boundary"),
    "sea": ("mare", "acqua", "water"),
    "shore": ("costa", "riva", "coast"),
    "green": ("verde", "parco", "giardino", "park", "garden", "villa"),
    "quarter": ("quartiere", "mandamento", "rione", "circoscrizione", "district", "neighbourhood"),
    "street": ("strada", "via", "road"),
    "square": ("piazza", "largo"),
    "landmark": ("monumento", "chiesa", "palazzo", "monument"),
    "rail": ("ferrovia", "stazione", "railway", "station"),
    "gate": ("varco", "porta"),
}
"""Words of files for codes of the model, beside the codes themselves."""


def read_values(
    kind: Kind,
    properties: Mapping[str, Any],
    mapping: Mapping[str, str],
    defaults: Mapping[str, str],
    languages: Sequence[str],
) -> tuple[dict[str, Any], list[Fault]]:
    """The row of a feature by field, and what is wrong. A default holds where the file says nothing."""
    row: dict[str, Any] = {}
    faults: list[Fault] = []

    def said(part: str) -> str:
        given = as_text(properties.get(mapping[part])) if part in mapping else ""
        return given or as_text(defaults.get(part))

    for field in kind.fields:
        if field.shape == "texts":
            texts = {tag: said(f"{field.name}:{tag}") for tag in languages}
            row[field.name] = {tag: text for tag, text in texts.items() if text}
            given = next(iter(row[field.name].values()), "")
            long = max(map(len, texts.values()), default=0)
        else:
            given = said(field.name)
            long = len(given) if field.shape == "text" else 0
            row[field.name] = _value(field, given, faults) if given else field.default or None
        if not given and field.required:
            faults.append(error("missing", field=field.name))
        if long > field.most:
            faults.append(error("too_long", field=field.name, length=long, most=field.most))
    return row, faults


def as_text(value: Any) -> str:
    """A value of a file as one line of text; a whole number without its decimals."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return " ".join(_TEXT_ONLY.sub(" ", str(value)).split())


def error(code: str, **values: Any) -> Fault:
    """A fault with which a feature cannot be loaded."""
    return {"level": "error", "code": code, "values": values}


def warning(code: str, **values: Any) -> Fault:
    """Something to look at before loading."""
    return {"level": "warning", "code": code, "values": values}


def note(code: str, **values: Any) -> Fault:
    """Something that was done on the way."""
    return {"level": "note", "code": code, "values": values}


def _value(field: Field, given: str, faults: list[Fault]) -> Any:
    if field.shape == "choice":
        return _choice(field, given, faults)
    if field.shape in ("number", "whole"):
        return _number(field, given, faults)
    return given


def _choice(field: Field, given: str, faults: list[Fault]) -> str | None:
    word = plain(given)
    for choice in field.choices:
        if word == choice or given == choice:
            return choice
    for choice in field.choices:
        if word in SAID.get(choice, ()) or (given == "-1" and choice == "backward"):
            return choice
    faults.append(error("choice", field=field.name, value=given[:60], choices=list(field.choices)))
    return None


def _number(field: Field, given: str, faults: list[Fault]) -> float | int | None:
    text = given.replace(" ", "")
    text = text.replace(".", "").replace(",", ".") if re.fullmatch(r"-?\d{1,3}(\.\d{3})*,\d+", text) else text
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not 0 <= value <= field.most:
        faults.append(error("number", field=field.name, value=given[:60], most=field.most))
        return None
    return round(value) if field.shape == "whole" else value

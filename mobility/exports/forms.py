"""The filter of the files: the same names as in the list of comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, SearchField, SelectField, StringField

from mobility.consultation.models import STANCES
from mobility.db import I18n
from mobility.exports.orders import Order
from mobility.text import pick

ALL = ("", _l("All"))
STANCE_WORDS = {"for": _l("For"), "against": _l("Against"), "idea": _l("Idea"), "question": _l("Question")}
CELL_SIZES = (
    ("18", _l("Very fine (zoom 18)")),
    ("17", _l("Fine (zoom 17)")),
    ("16", _l("Medium (zoom 16)")),
    ("15", _l("Coarse (zoom 15)")),
    ("12", _l("Very coarse (zoom 12)")),
)

PLACE_WORDS = (
    ("", _l("Longitude, latitude and WKT")),
    ("lonlat", _l("Longitude and latitude")),
    ("wkt", _l("WKT")),
)
BOM_WORDS = (("", _l("Programs")), ("1", _l("Excel (with a byte order mark)")))


class FilterForm(Form):
    q = SearchField(_l("Words"))
    topic = SelectField(_l("Topic"), validate_choice=False)
    stance = SelectField(_l("Stance"), validate_choice=False)
    phase = SelectField(_l("Phase"), validate_choice=False)
    measure = SelectField(_l("Measure"), validate_choice=False)
    segment = StringField(_l("Segment (code)"))
    since = DateField(_l("From day"))
    until = DateField(_l("To day"))
    z = SelectField(_l("Size of the cells"), validate_choice=False)
    place = SelectField(_l("Places in tables"), validate_choice=False)
    bom = SelectField(_l("CSV for"), validate_choice=False)

    @classmethod
    def of(cls, order: Order, choices: Mapping[str, Sequence[tuple[str, I18n]]]) -> FilterForm:
        """The form as filled in for an order; `choices` are the plan's topics, phases and measures."""
        wanted = order.wanted
        form = cls(
            q=wanted.q,
            topic=wanted.topic,
            stance=wanted.stance,
            phase=wanted.phase,
            measure=wanted.measure,
            segment=wanted.segment,
            since=wanted.since,
            until=wanted.until,
            z=str(order.zoom),
            place=order.place,
            bom="1" if order.bom else "",
        )
        for field in (form.topic, form.phase):
            named = [(key, pick(title, order.language)) for key, title in choices[field.name]]
            field.choices = [ALL, *named]
        coded = [(code, f"{code} {pick(title, order.language)}") for code, title in choices["measure"]]
        form.measure.choices = [ALL, *coded]
        form.stance.choices = [ALL, *((stance, STANCE_WORDS[stance]) for stance in STANCES)]
        form.z.choices = _sizes(order.zoom)
        form.place.choices, form.bom.choices = [*PLACE_WORDS], [*BOM_WORDS]
        return form


def _sizes(zoom: int) -> list[tuple[str, Any]]:
    """The sizes on offer, with the one asked for when it is another."""
    known = dict(CELL_SIZES)
    return [*CELL_SIZES] if str(zoom) in known else [(str(zoom), f"zoom {zoom}"), *CELL_SIZES]

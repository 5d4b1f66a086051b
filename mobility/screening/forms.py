"""Forms of the screening: a grade, a signed statement, an attribute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.consultation.phase_words import languages_label
from mobility.screening.models import HeritageAttribute, HeritageGrade
from mobility.screening.services import BODY_LIMIT, NAME_LIMIT, TEXT_LIMIT
from mobility.screening.wording import EFFECTS, effect_label, joined, split

TOO_LONG = _l("At most %(max)d characters.")
BODY = _l("You sign for")


class GradeForm(FlaskForm):
    effect = RadioField(_l("Effect on the attribute"), [InputRequired(_l("Choose one."))])
    reason = TextAreaField(
        _l("Why"),
        [
            InputRequired(_l("Say why: the reason is public.")),
            Length(max=TEXT_LIMIT, message=TOO_LONG),
        ],
    )
    mitigation = TextAreaField(
        _l("What lessens a harm, or strengthens a gain"), [Length(max=TEXT_LIMIT, message=TOO_LONG)]
    )
    body = StringField(
        BODY,
        [
            InputRequired(_l("Say for which office or body you sign.")),
            Length(max=BODY_LIMIT, message=TOO_LONG),
        ],
    )


class StatementForm(FlaskForm):
    why = TextAreaField(
        _l("Why it does not interact with any attribute"),
        [
            InputRequired(_l("Say why: the reason is public.")),
            Length(max=TEXT_LIMIT, message=TOO_LONG),
        ],
    )
    body = StringField(
        BODY,
        [
            InputRequired(_l("Say for which office or body you sign.")),
            Length(max=BODY_LIMIT, message=TOO_LONG),
        ],
    )
    sure = BooleanField(
        _l("I have looked at the place and the plans, and I sign this statement"),
        [InputRequired(_l("Confirm that you sign."))],
    )


class AttributeForm(FlaskForm):
    """Name and description are added for each language of the city."""

    place = SelectField(_l("It belongs to"))

    def texts(self, start: str, languages: Sequence[str]) -> dict[str, str]:
        return {tag: self[f"{start}_{tag}"].data or "" for tag in languages}

    def place_id(self) -> int | None:
        typed = self.place.data or ""
        return int(typed) if typed.isdecimal() else None


def grade_form(before: HeritageGrade | None, body: str) -> GradeForm:
    """The form, filled with what was posted, else with the grade that counts."""
    values: dict[str, Any] = {"body": before.body if before else body}
    if before:
        values |= {
            "effect": joined(before.extent, before.direction),
            "reason": before.reason,
            "mitigation": before.mitigation or "",
        }
    form = GradeForm(data=values)
    form.effect.choices = [(one, effect_label(*split(one))) for one in EFFECTS]
    return form


def attribute_form(
    languages: Sequence[str], places: Mapping[int, str], before: HeritageAttribute | None
) -> AttributeForm:
    """The form with fields for each language of the city, filled with the attribute as it is."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for tag in languages:
        named = languages_label([tag])
        fields[f"name_{tag}"] = StringField(
            _l("Name in %(language)s", language=named),
            [InputRequired(_l("Give the attribute a name.")), Length(max=NAME_LIMIT, message=TOO_LONG)],
        )
        fields[f"about_{tag}"] = TextAreaField(
            _l("What it is, in %(language)s", language=named), [Length(max=TEXT_LIMIT, message=TOO_LONG)]
        )
        if before:
            values |= {
                f"name_{tag}": before.name.get(tag, ""),
                f"about_{tag}": before.about.get(tag, ""),
            }
    if before:
        values["place"] = str(before.place_id or "")
    form: AttributeForm = type("CityAttributeForm", (AttributeForm,), fields)(data=values)
    form.place.choices = [("", _l("The whole site")), *((str(key), name) for key, name in places.items())]
    return form

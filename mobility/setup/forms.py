"""Forms of plans: a new one, a copy, its contact and outline, its documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp

from mobility.consultation.phase_words import languages_label
from mobility.setup.creating import SLUG_LIMIT, PlanDraft

TITLE, SUMMARY = 160, 4000
Text = tuple[Callable[[str], Any], int, bool]
LICENCES = {
    "CC-BY-4.0": "Creative Commons BY 4.0",
    "CC0-1.0": "Creative Commons CC0 1.0",
    "IODL-2.0": "Italian Open Data License 2.0",
}
E_MAIL = Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("Write an address such as office@city.example."))
WEB = Regexp(r"^https?://\S+$", message=_l("Write an address that begins with https://."))


class PlanForm(FlaskForm):
    """What a new plan and a copy have in common; the texts are added for each language."""

    slug = StringField(
        _l("Address of the plan"),
        [InputRequired(_l("Choose an address.")), Length(max=SLUG_LIMIT)],
    )
    starts = DateField(_l("First day"), [InputRequired(_l("Choose the day on which the first step opens."))])

    def draft(self, languages: Sequence[str], areas: Sequence[str] = ()) -> PlanDraft:
        """What was typed; the form must be valid."""
        return PlanDraft(
            slug=(self.slug.data or "").strip(),
            title={tag: (self[f"title_{tag}"].data or "").strip() for tag in languages},
            summary={tag: (self[f"summary_{tag}"].data or "").strip() for tag in languages},
            languages=list(languages),
            areas=areas,
            starts=self.starts.data or date.max,
        )


class NewPlanForm(PlanForm):
    template = RadioField(_l("What is it about?"), [InputRequired(_l("Choose one."))])
    areas = SelectMultipleField(_l("Outline"), [InputRequired(_l("Choose at least one area."))])


class ContactForm(FlaskForm):
    """Whom people ask. Empty fields mean the city's own contact."""

    email = StringField(_l("E-mail"), [Optional(), Length(max=200), E_MAIL])
    phone = StringField(_l("Telephone"), [Optional(), Length(max=60)])
    url = StringField(_l("Web page"), [Optional(), Length(max=300), WEB])
    licence = SelectField(_l("Licence of the open data"), choices=list(LICENCES.items()))


class DocumentForm(FlaskForm):
    document = FileField(_l("Document (PDF, at most 20 MB)"))
    language = SelectField(_l("Language of the document"))


def with_texts(form: type[Any], languages: Sequence[str], texts: Mapping[str, Text], **data: Any) -> Any:
    """An instance of the form with a field for each text and language, such as ``title_it``.

    `texts` is name → (its label in a language, longest, whether the first language must have it).
    """
    fields: dict[str, Any] = {}
    for name, (label, longest, required) in texts.items():
        for tag in languages:
            said = label(languages_label([tag]))
            checks: list[Any] = [Length(max=longest, message=_l("At most %(max)d characters."))]
            first = required and tag == languages[0]
            checks.insert(0, InputRequired(_l("This text is needed.")) if first else Optional())
            made = StringField if longest <= TITLE else TextAreaField
            fields[f"{name}_{tag}"] = made(said, checks)
    return type(form.__name__, (form,), fields)(**data)


PLAN_TEXTS: dict[str, Text] = {
    "title": (lambda language: _l("Title in %(language)s", language=language), TITLE, True),
    "summary": (
        lambda language: _l("In one or two sentences, in %(language)s", language=language),
        SUMMARY,
        True,
    ),
}
CONTACT_TEXTS: dict[str, Text] = {
    "name": (lambda language: _l("Name of the office in %(language)s", language=language), TITLE, False),
}
DOCUMENT_TEXTS: dict[str, Text] = {
    "title": (lambda language: _l("Title in %(language)s", language=language), TITLE, False),
}

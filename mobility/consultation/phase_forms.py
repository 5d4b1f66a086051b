"""The form of a phase: texts in each language of the plan, local times of the city, who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.accounts.models import LEVELS
from mobility.consultation.clock import FORM, exists, instant_of, local_form
from mobility.consultation.models import ACTIONS, MODERATION, RESULTS, Phase
from mobility.consultation.phase_words import (
    action_label,
    languages_label,
    moderation_label,
    results_label,
    who_label,
)
from mobility.consultation.planning import PhaseDraft

TITLE, SUMMARY = 60, 400


class PhaseForm(FlaskForm):
    """Everything but the texts, which `phase_form` adds for each language of the plan."""

    opens_at = StringField(_l("Opens"), [InputRequired(_l("Say when the step opens."))])
    closes_at = StringField(_l("Closes"), [InputRequired(_l("Say when the step closes."))])
    actions = SelectMultipleField(_l("What people can do"), validate_choice=True)
    comment_level = SelectField(_l("Who may comment"), [InputRequired(_l("Choose one."))])
    vote_level = SelectField(_l("Who may vote"), [InputRequired(_l("Choose one."))])
    results = RadioField(_l("Who sees results while the step runs"), [InputRequired(_l("Choose one."))])
    moderation = RadioField(_l("When comments are public"), [InputRequired(_l("Choose one."))])
    languages = SelectMultipleField(_l("Languages of the step"))
    seen = HiddenField()

    def offer(self, languages: Sequence[str]) -> None:
        """Fills the choices in the language of the page."""
        levels = [(str(level), who_label(level)) for level in LEVELS]
        self.comment_level.choices = self.vote_level.choices = levels
        self.actions.choices = [(each, action_label(each)) for each in ACTIONS]
        self.results.choices = [(each, results_label(each)) for each in RESULTS]
        self.moderation.choices = [(each, moderation_label(each)) for each in MODERATION]
        self.languages.choices = [(each, languages_label([each])) for each in languages]

    def texts(self, name: str, languages: Sequence[str]) -> dict[str, str]:
        return {tag: (self[f"{name}_{tag}"].data or "").strip() for tag in languages}

    def read_time(self, name: str, zone: ZoneInfo) -> datetime | None:
        """The instant of a field; None, and an error at the field, for no time or one that does not exist."""
        field = self[name]
        try:
            local = datetime.strptime((field.data or "").strip()[:16], FORM)  # noqa: DTZ007 (a wall clock)
        except ValueError:
            field.errors = [*field.errors, _l("Write day and time, such as 15 December 2026, 23:59.")]
            return None
        if not 1990 <= local.year <= 2200:
            field.errors = [*field.errors, _l("Check the year.")]
            return None
        if not exists(local, zone):
            field.errors = [
                *field.errors,
                _l("This time does not exist: on that night clocks go forward an hour. Choose another time."),
            ]
            return None
        return instant_of(local, zone)

    def read(self, languages: Sequence[str], zone: ZoneInfo) -> PhaseDraft | None:
        """What the planner wants; None when a field is wrong, which then says so."""
        sound = self.validate()
        opens, closes = self.read_time("opens_at", zone), self.read_time("closes_at", zone)
        if not self.actions.data:
            self.actions.errors = [_l("Choose at least one.")]
            sound = False
        if not sound or opens is None or closes is None:
            return None
        held = [tag for tag in languages if tag in (self.languages.data or [])]
        return PhaseDraft(
            title=self.texts("title", languages),
            summary=self.texts("summary", languages),
            actions=[action for action in ACTIONS if action in (self.actions.data or [])],
            opens_at=opens,
            closes_at=closes,
            comment_level=int(self.comment_level.data),
            vote_level=int(self.vote_level.data),
            results=self.results.data,
            moderation=self.moderation.data,
            languages=[] if set(held) == set(languages) else held,
        )


def phase_form(languages: Sequence[str], *, phase: Phase | None = None, zone: ZoneInfo) -> PhaseForm:
    """The form, filled with what was posted, else with the phase, else empty."""
    fields: dict[str, Any] = {}
    for tag in languages:
        name = {"language": languages_label([tag])}
        fields[f"title_{tag}"] = StringField(
            _l("Title in %(language)s", **name),
            [
                InputRequired(_l("Write the title in %(language)s.", **name)),
                Length(max=TITLE, message=_l("At most %(max)d characters.")),
            ],
        )
        fields[f"summary_{tag}"] = TextAreaField(
            _l("In one or two sentences, in %(language)s", **name),
            [
                InputRequired(_l("Write one or two sentences in %(language)s.", **name)),
                Length(max=SUMMARY, message=_l("At most %(max)d characters.")),
            ],
        )
    made = type("PlanPhaseForm", (PhaseForm,), fields)
    form: PhaseForm = made(data=_values(languages, phase, zone))
    form.offer(languages)
    return form


def _values(languages: Sequence[str], phase: Phase | None, zone: ZoneInfo) -> dict[str, Any]:
    if phase is None:
        return {
            "actions": ["inform"],
            "comment_level": "0",
            "vote_level": "0",
            "results": "always",
            "moderation": "post",
            "languages": list(languages),
        }
    return {
        **{f"title_{tag}": phase.title.get(tag, "") for tag in languages},
        **{f"summary_{tag}": phase.summary.get(tag, "") for tag in languages},
        "opens_at": local_form(phase.opens_at, zone),
        "closes_at": local_form(phase.closes_at, zone),
        "actions": list(phase.actions),
        "comment_level": str(phase.comment_level),
        "vote_level": str(phase.vote_level),
        "results": phase.results,
        "moderation": phase.moderation,
        "languages": list(phase.languages or languages),
    }

"""Forms of the desk: an outcome with its reasons, the last words of a consultation, opening it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from mobility.consultation.phase_words import languages_label
from mobility.ledger.models import OUTCOMES, MeasureOutcome
from mobility.ledger.services import WHY_LIMIT
from mobility.ledger.wording import outcome_label

TOO_LONG = _l("At most %(max)d characters.")


class OutcomeForm(FlaskForm):
    """The reasons are added for each language of the plan."""

    outcome = RadioField(_l("What the city decided"), [InputRequired(_l("Choose one."))])
    version = SelectField(_l("The version of the measure that came of it"))

    def texts(self, languages: Sequence[str]) -> dict[str, str]:
        return {tag: self[f"why_{tag}"].data or "" for tag in languages}

    def read_version(self) -> int | None:
        typed = self.version.data or ""
        return int(typed) if typed.isdecimal() and len(typed) < 10 else None


class ConcludeForm(FlaskForm):
    """The last words are added for each language of the plan."""

    sure = BooleanField(
        _l("I have looked at the answers and outcomes: conclude the consultation now"),
        [InputRequired(_l("Confirm that the consultation is to be concluded."))],
    )

    def texts(self, languages: Sequence[str]) -> dict[str, str]:
        return {tag: self[f"statement_{tag}"].data or "" for tag in languages}


class ReopenForm(FlaskForm):
    reason = TextAreaField(
        _l("Why it is opened again"),
        [InputRequired(_l("Say why the consultation is opened again: the reason is public."))],
    )


def outcome_form(
    languages: Sequence[str], versions: Sequence[int], before: MeasureOutcome | None
) -> OutcomeForm:
    """The form, filled with what was posted, else with the decision that counts, else empty."""
    fields = {
        f"why_{tag}": TextAreaField(
            _l("Why, in %(language)s", language=languages_label([tag])),
            [
                InputRequired(_l("Say why, in every language of the plan.")),
                Length(max=WHY_LIMIT, message=TOO_LONG),
            ],
        )
        for tag in languages
    }
    values: dict[str, Any] = {}
    if before:
        values = {"outcome": before.outcome, "version": str(before.version or "")}
        values |= {f"why_{tag}": before.why.get(tag, "") for tag in languages}
    form: OutcomeForm = type("PlanOutcomeForm", (OutcomeForm,), fields)(data=values)
    form.outcome.choices = [(each, outcome_label(each)) for each in OUTCOMES]
    form.version.choices = [
        ("", _l("None: the measure itself did not change")),
        *((str(each), _l("Version %(number)s", number=each)) for each in versions),
    ]
    return form


def conclude_form(languages: Sequence[str]) -> ConcludeForm:
    """The form with a field for the last words in each language."""
    fields = {
        f"statement_{tag}": TextAreaField(
            _l("Last words to everybody, in %(language)s", language=languages_label([tag])),
            [Length(max=WHY_LIMIT, message=TOO_LONG)],
        )
        for tag in languages
    }
    form: ConcludeForm = type("PlanConcludeForm", (ConcludeForm,), fields)()
    return form

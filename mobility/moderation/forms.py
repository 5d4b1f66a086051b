"""The forms of moderation: hide, block, appeal, decide on an appeal, set votes aside."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from mobility.consultation.models import ASIDE_REASONS, HIDE_REASONS, TEXT_LIMIT
from mobility.consultation.moderation import aside_label, reason_label
from mobility.moderation.models import BLOCK_REASONS, OUTCOMES
from mobility.moderation.wording import block_label, outcome_label
from mobility.plans.cards import sentence

CHOOSE = InputRequired(_l("Choose a reason from the list."))
SAY_WHY = InputRequired(_l("Say why the decision should be changed."))
NOTE = [Optional(), Length(max=TEXT_LIMIT, message=_l("The note is too long."))]


class HideForm(FlaskForm):
    reason = RadioField(_l("Why is it hidden?"), [CHOOSE], validate_choice=False)
    note = TextAreaField(_l("Note to the author"), NOTE)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = [(code, sentence(reason_label(code))) for code in HIDE_REASONS]


class BlockForm(FlaskForm):
    reason = RadioField(_l("Why is the author blocked?"), [CHOOSE], validate_choice=False)
    until = DateField(_l("Last day of the block"), [Optional()])
    note = TextAreaField(_l("Note to the author"), NOTE)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = [(code, sentence(block_label(code))) for code in BLOCK_REASONS]


class AppealForm(FlaskForm):
    text = TextAreaField(_l("Why should the decision be changed?"), [SAY_WHY])


class OutcomeForm(FlaskForm):
    outcome = RadioField(
        _l("What do you decide?"), [InputRequired(_l("Choose one of the two."))], validate_choice=False
    )
    reason = TextAreaField(_l("Reason for the author"), [InputRequired(_l("Say why: the author reads it."))])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.outcome.choices = [(code, outcome_label(code)) for code in OUTCOMES]


class AsideForm(FlaskForm):
    reason = RadioField(_l("Why are the votes set aside?"), [CHOOSE], validate_choice=False)
    note = TextAreaField(_l("Note for the record and the voters"), NOTE)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = [(code, sentence(aside_label(code))) for code in ASIDE_REASONS]

"""The form with which the city hides a comment."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from mobility.consultation.models import HIDE_REASONS, TEXT_LIMIT
from mobility.consultation.moderation import reason_label
from mobility.plans.cards import sentence


class HideForm(FlaskForm):
    reason = RadioField(
        _l("Why is it hidden?"), [InputRequired(_l("Choose a reason from the list."))], validate_choice=False
    )
    note = TextAreaField(
        _l("Note to the author"),
        [Optional(), Length(max=TEXT_LIMIT, message=_l("The note is too long."))],
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.reason.choices = [(code, sentence(reason_label(code))) for code in HIDE_REASONS]

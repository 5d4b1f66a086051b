"""The form that has oneself erased."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.validators import InputRequired


class EraseForm(FlaskForm):
    """One box to tick, so that nobody is erased by a slip of the finger."""

    sure = BooleanField(
        _l("I want my texts and photos erased. I know that this cannot be undone."),
        [InputRequired(_l("Tick the box if you want your texts and photos erased."))],
    )

"""The forms with which people say who they are."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import Email, InputRequired, Length


class EmailForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter your e-mail address.")),
            Length(max=254, message=_l("This address is too long.")),
            Email(
                _l("This is no e-mail address. It looks like name@example.org."), check_deliverability=False
            ),
        ],
        filters=[lambda typed: typed.strip() if typed else typed],
    )


class CodeForm(FlaskForm):
    code = StringField(
        _l("Invitation code"),
        [
            InputRequired(_l("Enter the code of your invitation.")),
            Length(max=40, message=_l("This code is too long.")),
        ],
    )

"""Forms of the desk: a system, and a rule that says which comments go there."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

TOO_LONG = _l("At most %(max)d characters.")


class EndpointForm(FlaskForm):
    name = StringField(
        _l("Name of the system"), [InputRequired(_l("Write the name.")), Length(max=80, message=TOO_LONG)]
    )
    url = StringField(
        _l("Root address"), [InputRequired(_l("Write the address.")), Length(max=300, message=TOO_LONG)]
    )
    jurisdiction = StringField(_l("Jurisdiction"), [Length(max=100, message=TOO_LONG)])
    key = PasswordField(_l("API key"), [Length(max=300, message=TOO_LONG)])
    active = BooleanField(_l("Hand comments on to this system"))


class RuleForm(FlaskForm):
    topic = SelectField(_l("Topic"))
    office = SelectField(_l("Office"))
    service_code = StringField(
        _l("Its service_code there"),
        [InputRequired(_l("Write the code of the service.")), Length(max=100, message=TOO_LONG)],
    )

"""The forms of administrators."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from mobility.staff.words import role_words, scope_words


class RoleForm(FlaskForm):
    """A role and where it counts; `with_plans` fills in the choices."""

    role = RadioField(_l("Role"), [InputRequired(_l("Choose a role."))])
    plan = SelectField(_l("Where"), default="")

    def with_plans(self, plans: list[tuple[int, str]]) -> RoleForm:
        words = role_words()
        self.role.choices = [(role, f"{name}: {about}") for role, (name, about) in words.items()]
        self.plan.choices = [
            ("", str(_l("In every consultation"))),
            *((str(key), name) for key, name in plans),
        ]
        return self

    @property
    def plan_id(self) -> int | None:
        return int(self.plan.data) if self.plan.data else None


class InviteForm(RoleForm):
    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter the e-mail address of your colleague.")),
            Length(max=254, message=_l("This address is too long.")),
        ],
    )


class TokenForm(FlaskForm):
    """A token for a program; `offering` fills in what this account can give away."""

    name = StringField(
        _l("What is it for?"),
        [
            InputRequired(_l("Say what the token is for, so that you know it again.")),
            Length(max=80, message=_l("Use at most 80 characters.")),
        ],
    )
    scopes = SelectMultipleField(_l("What may the program do?"))
    plan = SelectField(_l("Where"), default="")
    days = SelectField(_l("How long?"), default="90")

    def offering(self, scopes: list[str], plans: list[tuple[int, str]]) -> TokenForm:
        words = scope_words()
        self.scopes.choices = [(scope, words[scope][0]) for scope in scopes]
        self.plan.choices = [
            ("", str(_l("In every consultation"))),
            *((str(key), name) for key, name in plans),
        ]
        self.days.choices = [
            ("30", _l("30 days")),
            ("90", _l("90 days")),
            ("365", _l("1 year")),
            ("", _l("Until it is revoked")),
        ]
        return self

    @property
    def plan_id(self) -> int | None:
        return int(self.plan.data) if self.plan.data else None

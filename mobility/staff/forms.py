"""The forms of administrators."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, SelectField
from wtforms.validators import InputRequired, Length

from mobility.staff.words import role_words


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

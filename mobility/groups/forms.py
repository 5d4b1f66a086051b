"""The forms of groups: registration, invitation, position, and the city's decision."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from mobility.accounts.models import GROUP_KINDS, GROUP_RULES
from mobility.groups.wording import kind_label, rule_label

NAME_LIMIT, AREA_LIMIT, ABOUT_LIMIT, LINK_LIMIT = 120, 200, 1500, 300
LONG = _l("This is too long.")


class RegistrationForm(FlaskForm):
    """What a group says about itself. `registration_form` adds its names, one a language of the plan."""

    kind = SelectField(_l("Kind of group"), [InputRequired(_l("Choose a kind."))], validate_choice=False)
    area = StringField(
        _l("Area it stands for"),
        [InputRequired(_l("Say for which area the group speaks.")), Length(max=AREA_LIMIT, message=LONG)],
    )
    quarter = SelectField(_l("Quarter"), validate_choice=False)
    members = IntegerField(
        _l("Number of members"),
        [
            Optional(),
            NumberRange(1, 10_000_000, message=_l("Write a number of people.")),
        ],
    )
    website = StringField(_l("Website"), [Optional(), Length(max=LINK_LIMIT, message=LONG)])
    about = TextAreaField(
        _l("About the group"),
        [InputRequired(_l("Say in some words what the group does.")), Length(max=ABOUT_LIMIT, message=LONG)],
    )
    email = EmailField(_l("E-mail address of the contact"), [InputRequired(_l("Enter an e-mail address."))])
    statute = FileField(_l("Statute or founding document"))
    other = BooleanField(_l("It is another group"))

    def validate_kind(self, field: Any) -> None:
        if field.data and field.data not in GROUP_KINDS:
            raise ValidationError(str(_l("Choose a kind.")))

    def validate_website(self, field: Any) -> None:
        typed = (field.data or "").strip()
        if typed and not typed.startswith(("http://", "https://")):
            typed = f"https://{typed}"
        if any(ch.isspace() or ch in '<>"' for ch in typed):
            raise ValidationError(str(_l("Write an address, such as https://example.org.")))
        field.data = typed


def registration_form(languages: list[str], names: dict[str, str], quarters: list[tuple[str, str]]) -> Any:
    """The form for a plan in these languages; `names` says what the languages are called."""

    def label(code: str) -> Any:
        if len(languages) == 1:
            return _l("Name of the group")
        return _l("Name of the group (%(language)s)", language=names.get(code, code))

    fields = {
        f"name_{code}": StringField(label(code), [Optional(), Length(max=NAME_LIMIT, message=LONG)])
        for code in languages
    }
    made: Any = type("PlanRegistrationForm", (RegistrationForm,), fields)()
    made.kind.choices = [("", _l("Choose")), *((kind, kind_label(kind)) for kind in GROUP_KINDS)]
    made.quarter.choices = [("", _l("None in particular")), *quarters]
    return made


class InviteForm(FlaskForm):
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Enter an e-mail address."))])


class WelcomeForm(FlaskForm):
    """Name and password of a delegate who has no account yet."""

    name = StringField(_l("Your name"))
    password = PasswordField(_l("New password"), [Length(max=256, message=LONG)])


class RuleForm(FlaskForm):
    rule = RadioField(_l("How the delegates decide"), [InputRequired()], validate_choice=False)

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.rule.choices = [(rule, rule_label(rule)) for rule in GROUP_RULES]


class RecogniseForm(RuleForm):
    """The city's decision: the rule with which the group begins, or the reason to decline."""

    reason = TextAreaField(_l("Reason"), [InputRequired()])


class PositionForm(FlaskForm):
    """Documents of a position; its texts, one a language of the plan, are read by name."""

    documents = MultipleFileField(_l("Documents"))

"""The forms of the offices' pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from mobility.answers.services import TEXT_LIMIT

LONG = _l("This is too long.")
E_MAIL = Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("Write an address such as office@city.example."))
HAND_CLOSINGS = ("duplicate", "answered_elsewhere", "no_answer_needed")
"""Reasons for closing that a person may choose; the others follow from the comment."""


class DraftForm(FlaskForm):
    """An answer that is being written; the ticked comments come beside it."""

    text = TextAreaField(_l("Answer"), [Length(max=TEXT_LIMIT, message=LONG)])
    language = SelectField(_l("Written in"), validate_choice=False)
    files = MultipleFileField(_l("Documents (PDF)"))
    title = StringField(_l("Name of the group"), [Length(max=120, message=LONG)])
    answer = HiddenField()
    seen = HiddenField()


class AssignForm(FlaskForm):
    """Give a case to another office."""

    office = SelectField(
        _l("Office"), [InputRequired(_l("Choose an office of the list."))], coerce=int, validate_choice=False
    )
    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Say why, in a few words."))])


class CloseForm(FlaskForm):
    """Close a case without an answer."""

    closing = SelectField(
        _l("Reason"), [InputRequired(_l("Choose a reason from the list."))], validate_choice=False
    )


class NoteForm(FlaskForm):
    """An internal note."""

    note = TextAreaField(_l("Internal note"), [InputRequired(_l("Write a note."))])


class ReopenForm(FlaskForm):
    """Ask again, with a reason."""

    reason = TextAreaField(_l("Why do you ask again?"), [InputRequired(_l("Say why, in a few words."))])


class TemplateForm(FlaskForm):
    """A reply template; its texts come beside it, one a language of the plan."""

    title = StringField(_l("Title"), [InputRequired(_l("Give it a title."))])
    office = SelectField(_l("For which office"), coerce=int, validate_choice=False)


class OfficeForm(FlaskForm):
    """An office; its names and what it does come beside it, one a language."""

    email = EmailField(_l("E-mail address"), [Optional(), Length(max=200, message=LONG), E_MAIL])
    phone = StringField(_l("Telephone"), [Optional(), Length(max=60, message=LONG)])
    deadline_days = IntegerField(
        _l("Answers within (days)"),
        [
            InputRequired(_l("Write a number of days.")),
            NumberRange(1, 365, message=_l("Between 1 and 365 days.")),
        ],
    )
    four_eyes = BooleanField(_l("A second person approves every answer"))
    mail_cases = BooleanField(_l("Send a message for every new case"))
    mail_publishes = BooleanField(_l("Publish answers that come by mail at once"))
    active = BooleanField(_l("Answers comments at present"))
    substitute = SelectField(_l("Substitute while it does not"), coerce=int, validate_choice=False)


class MemberForm(FlaskForm):
    """Somebody who answers for an office."""

    person = SelectField(
        _l("Person"), [InputRequired(_l("Choose a person of the list."))], coerce=int, validate_choice=False
    )


class CompetenceForm(FlaskForm):
    """What an office is competent for; what is left open means everything."""

    topic = SelectField(_l("Topic"), coerce=int, validate_choice=False)
    measure = SelectField(_l("Measure"), coerce=int, validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    shape = TextAreaField(_l("Outline as GeoJSON"))
    file = FileField(_l("or a file with it"))
    area_name = StringField(_l("Name of the area"), [Length(max=120, message=LONG)])
    priority = IntegerField(
        _l("Priority"), [Optional(), NumberRange(-100, 100, message=_l("Between -100 and 100."))], default=0
    )
    deadline_days = IntegerField(
        _l("Answers within (days)"), [Optional(), NumberRange(1, 365, message=_l("Between 1 and 365 days."))]
    )

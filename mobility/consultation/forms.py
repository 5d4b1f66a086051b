"""The forms for a vote and for a comment. They check what can be checked without the plan."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from mobility.consultation.models import POSITIONS, STANCES, TEXT_LIMIT
from mobility.consultation.texts import clean
from mobility.errors import Invalid

LONG_AGO = timedelta(days=3650)
CONDITION_CHARACTERS = 280
REASON_CHARACTERS = 1000
COMMENT_CHARACTERS = TEXT_LIMIT
STANCE_CHOICES = [
    SelectChoice("for", _l("I am for it")),
    SelectChoice("against", _l("I am against it")),
    SelectChoice("idea", _l("I have an idea")),
    SelectChoice("question", _l("I have a question")),
]


class VoteForm(Form):
    """One vote. Texts are checked with `texts()`, after line ends and invisible signs were mended.

    A plain form: the token of its page is checked for every POST before the view is reached.
    """

    kept = False
    """True for what was chosen before its author had proved enough to send it."""
    position = RadioField(
        _l("Your view"), choices=[SelectChoice(str(position), "") for position in POSITIONS]
    )
    condition = TextAreaField(_l("I agree if …"))
    reason = TextAreaField(_l("Reason of the group"))
    voice = StringField(_l("Vote as"))
    age = StringField()
    """For a vote that waited on a device: the seconds that have passed since it was said."""

    def said_at(self, now: datetime) -> datetime | None:
        """When a vote that waited was said; None for one that comes straight from its form.

        The device counts the seconds, so that its clock may be wrong. What it cannot say counts as long ago.
        """
        if not self.age.data:
            return None
        digits = self.age.data if self.age.data.isascii() and self.age.data.isdigit() else ""
        age = timedelta(seconds=int(digits)) if digits and len(digits) < 9 else LONG_AGO
        return now - age

    def texts(self) -> tuple[str, str]:
        """Condition and reason as they will be kept. Raises Invalid for a long one."""
        found = []
        for field, limit in ((self.condition, CONDITION_CHARACTERS), (self.reason, REASON_CHARACTERS)):
            words, _removed = clean(field.data)
            if len(words) > limit:
                raise Invalid(
                    field.name,
                    _l(
                        "%(count)d characters are too many: at most %(limit)d fit.",
                        count=len(words),
                        limit=limit,
                    ),
                )
            found.append(words)
        return found[0], found[1]

    def read_position(self) -> int:
        """The chosen position. Raises Invalid for none and for unknown ones."""
        if self.position.data not in {str(position) for position in POSITIONS}:
            raise Invalid("position", _l("Choose one of the five positions."))
        return int(self.position.data)


class CommentForm(FlaskForm):
    """One comment: where, about what, with which stance, in which words."""

    place = SelectField(_l("Place"), choices=[], validate_choice=False)
    topic = SelectField(
        _l("Topic"), choices=[], validate_choice=False, validators=[InputRequired(_l("Choose a topic."))]
    )
    stance = RadioField(
        _l("What is it?"),
        choices=STANCE_CHOICES,
        validate_choice=False,
        validators=[InputRequired(_l("Choose one."))],
    )
    text = TextAreaField(_l("Your comment"), validators=[InputRequired(_l("Write your comment."))])
    language = SelectField(_l("Language of your comment"), choices=[], validate_choice=False)
    drawing = HiddenField()
    photos = HiddenField(_l("Photos"))
    effect = RadioField(
        _l("What does it do to a heritage place?"),
        choices=[
            SelectChoice("helps", _l("It helps")),
            SelectChoice("harms", _l("It harms")),
            SelectChoice("neither", _l("Neither")),
        ],
        validate_choice=False,
    )
    heritage_place = SelectField(_l("Which place?"), choices=[], validate_choice=False)
    relation = SelectMultipleField(
        _l("Who are you here?"),
        choices=[
            SelectChoice("lives", _l("I live here")),
            SelectChoice("works", _l("I work here")),
            SelectChoice("studies", _l("I study here")),
            SelectChoice("trades", _l("I have a shop or business here")),
            SelectChoice("visits", _l("I visit")),
        ],
        validate_choice=False,
    )
    lon = HiddenField()
    lat = HiddenField()
    segment = HiddenField()
    office = HiddenField()
    """Near a border of competence: the number of the office that the writer means."""
    key = HiddenField()

    def idempotency_key(self) -> uuid.UUID:
        """The key of this form. Raises Invalid when the field was tampered with."""
        try:
            return uuid.UUID(self.key.data or "")
        except ValueError:
            raise Invalid(
                "text", _l("This form was not complete. It is mended now: please send again.")
            ) from None


class EditForm(FlaskForm):
    """A comment that was sent a moment ago, with other words."""

    topic = SelectField(
        _l("Topic"), choices=[], validate_choice=False, validators=[InputRequired(_l("Choose a topic."))]
    )
    stance = RadioField(
        _l("What is it?"),
        choices=STANCE_CHOICES,
        validate_choice=False,
        validators=[InputRequired(_l("Choose one."))],
    )
    text = TextAreaField(_l("Your comment"), validators=[InputRequired(_l("Write your comment."))])
    language = SelectField(_l("Language of your comment"), choices=[], validate_choice=False)


def stance_icons() -> dict[str, str]:
    """Stance → name of its icon."""
    return dict(zip(STANCES, ("check", "cross", "idea", "question"), strict=True))

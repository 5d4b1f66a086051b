"""The forms of the conversation. They check what can be checked without the plan."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from mobility.errors import Invalid


class ReplyForm(Form):
    """One reply: on which side, in whose name, in which words."""

    side = RadioField(
        _l("How do you reply?"),
        choices=[SelectChoice("for", _l("For it")), SelectChoice("against", _l("Against it"))],
        validate_choice=False,
    )
    text = TextAreaField(_l("Your reply"), [InputRequired()])
    voice = SelectField(_l("Reply as"), choices=[], validate_choice=False)
    key = HiddenField()

    def idempotency_key(self) -> uuid.UUID:
        """The key of this form. Raises Invalid when it is none."""
        try:
            return uuid.UUID(self.key.data or "")
        except ValueError:
            raise Invalid("text", _l("The form was incomplete. Please send it again.")) from None


class ReportForm(Form):
    """Why something should not stand."""

    reason = RadioField(_l("What is wrong with it?"), [InputRequired()], choices=[], validate_choice=False)
    note = TextAreaField(_l("Note for the moderators"))

"""The form of an address that is told what happens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, URLField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from mobility.webhooks.models import EVENTS, Webhook
from mobility.webhooks.words import EVENT_WORDS


class WebhookForm(FlaskForm):
    """`with_plans` fills in the choices, `of` the values of an address that exists."""

    name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Give it a name, so that colleagues know what it is for.")),
            Length(max=120, message=_l("This name is too long: at most 120 characters.")),
        ],
    )
    url = URLField(
        _l("Address"),
        [
            InputRequired(_l("Enter the address of the receiver.")),
            Length(max=2000, message=_l("This address is too long.")),
        ],
    )
    plan = SelectField(_l("Where"), default="")
    events = SelectMultipleField(
        _l("Events"),
        choices=[SelectChoice(event, EVENT_WORDS[event]) for event in EVENTS],
        validate_choice=False,
    )

    def with_plans(self, plans: list[tuple[int, str]]) -> WebhookForm:
        self.plan.choices = [
            SelectChoice("", str(_l("In every consultation"))),
            *(SelectChoice(str(key), name) for key, name in plans),
        ]
        return self

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookForm:
        """The form filled in with what there is."""
        return cls(
            formdata=None,
            name=webhook.name,
            url=webhook.url,
            plan=str(webhook.plan_id or ""),
            events=webhook.events,
        )

    @property
    def plan_id(self) -> int | None:
        return int(self.plan.data) if self.plan.data else None

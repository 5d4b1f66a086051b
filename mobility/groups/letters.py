"""What groups and their delegates are told by e-mail: short, in the reader's language, with one link."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.mail.services import queue_mail
from mobility.text import pick

FALLBACK = "it"


def _queue(
    session: Session, *, key: str, recipient: str, language: str, subject: str, paragraphs: list[str]
) -> None:
    body = "\n\n".join(filter(None, paragraphs))
    queue_mail(session, key=key, recipient=recipient, subject=subject, body=body, language=language)


def ask_to_confirm(session: Session, *, registration: Any, url: str) -> None:
    """To the contact: is this your address, and did you register the group?"""
    language = registration.language
    with force_locale(language):
        name = pick(registration.name, language)
        _queue(
            session,
            key=f"group-registration:{registration.id}",
            recipient=registration.email,
            language=language,
            subject=_("Confirm the registration of %(group)s", group=name),
            paragraphs=[
                _(
                    "Somebody registered %(group)s to speak in a consultation and gave this address.",
                    group=name,
                ),
                _("If it was you, open this page and confirm. The city then decides about the group:"),
                url,
                _("If it was not you, do nothing: after seven days the registration is deleted."),
            ],
        )


def tell_declined(session: Session, *, registration: Any) -> None:
    """To the contact: the city does not recognise the group, and why."""
    language = registration.language
    with force_locale(language):
        name = pick(registration.name, language)
        _queue(
            session,
            key=f"group-declined:{registration.id}",
            recipient=registration.email,
            language=language,
            subject=_("About the registration of %(group)s", group=name),
            paragraphs=[
                _("The city does not recognise %(group)s as a group of this consultation.", group=name),
                registration.reason or "",
                _("Everybody in the group can vote and comment in their own name. You may register again."),
            ],
        )


def invite_delegate(
    session: Session, *, invitation: Any, group: Any, url: str, recognised: bool, by: str = ""
) -> None:
    """To somebody who is to speak for the group."""
    language = invitation.language
    with force_locale(language):
        name = pick(group.name, language)
        first = (
            _("The city recognises %(group)s. You are asked to be its first delegate.", group=name)
            if recognised
            else _("%(who)s asks you to speak for %(group)s in the consultation.", who=by, group=name)
        )
        _queue(
            session,
            key=f"group-invitation:{invitation.id}",
            recipient=invitation.email,
            language=language,
            subject=_("Speak for %(group)s", group=name),
            paragraphs=[
                first,
                _("Open this page within seven days. The link works once:"),
                url,
                _("If you do not want to, do nothing."),
            ],
        )


def tell_position(
    session: Session, *, people: list[Account], position: Any, group: Any, measure: Any, who: str, url: str
) -> None:
    """To the other delegates: a position waits for one of them."""
    for person in people:
        language = person.language or FALLBACK
        with force_locale(language):
            name = pick(group.name, language)
            withdrawn = position.state == "published"
            said = (
                _("%(who)s proposes that %(group)s withdraws its position on %(code)s · %(title)s.",
                  who=who, group=name, code=measure.code, title=pick(measure.title, language))
                if withdrawn
                else _("%(who)s proposes a position of %(group)s on %(code)s · %(title)s.",
                       who=who, group=name, code=measure.code, title=pick(measure.title, language))
            )  # fmt: skip
            _queue(
                session,
                key=f"group-position:{position.id}:{position.revision}:{position.state}:{person.id}",
                recipient=person.email,
                language=language,
                subject=_("%(group)s: a position waits for you", group=name),
                paragraphs=[said, _("Read it, then confirm or decline:"), url],
            )

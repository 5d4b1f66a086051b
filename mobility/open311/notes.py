"""The receipt of a report, sent once to the address that came with it. The address is not kept."""

from __future__ import annotations

from flask_babel import force_locale
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment
from mobility.mail.composing import ADDRESS
from mobility.mail.services import queue_mail
from mobility.plans.words import _


def queue_receipt(
    session: Session, *, comment: Comment, address: str, url: str, city: str, language: str
) -> bool:
    """True when a message is new. It holds no words of the report, so that nobody can send theirs with it."""
    recipient = address.strip()
    if not ADDRESS.fullmatch(recipient) or len(recipient) > 254:
        return False
    with force_locale(language):
        subject = _("Your comment has arrived")
        body = "\n\n".join([
            _("A comment was sent to %(city)s through another app, with this address.", city=city),
            _("With this link you follow it, change or withdraw it, and ask to be told of the answer:"),
            url,
            _("If it was not you: nothing was kept of your address, and you get no further message."),
        ])  # fmt: skip
    return queue_mail(
        session,
        key=f"open311:{comment.id}",
        recipient=recipient,
        subject=subject,
        body=f"{body}\n",
        language=language,
    )

"""The message to administrators when an address is switched off."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.letters import DEFAULT_LANGUAGE
from mobility.accounts.models import Account
from mobility.mail.services import queue_mail
from mobility.webhooks.models import Webhook

MOST = 20
"""Administrators who are told at most."""


def tell_off(session: Session, *, webhook: Webhook, base_url: str) -> None:
    """Says to every administrator that nothing is sent to this address any more, and why."""
    wanted = select(Account).where(Account.role == "administrator", Account.active).order_by(Account.id)
    for account in session.scalars(wanted.limit(MOST)):
        language = account.language or DEFAULT_LANGUAGE
        with force_locale(language):
            why = (
                _("The receiver said that it is gone for good (410).")
                if webhook.off_reason == "gone"
                else _("For two days no attempt succeeded.")
            )
            body = _(
                "“%(name)s” is no longer told what happens in the consultation. %(why)s\n\nWhat waits is "
                "kept for 30 days. Mend the receiver, then switch it on again here:\n\n%(url)s",
                name=webhook.name,
                why=why,
                url=f"{base_url}/staff/integrations/{webhook.id}",
            )
            subject = _("A webhook was switched off")
        key = f"webhook-off-{webhook.id}-{webhook.off_at:%Y%m%d%H%M%S}-{account.id}"
        queue_mail(session, key=key, recipient=account.email, subject=subject, body=body, language=language)

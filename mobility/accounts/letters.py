"""Messages to people with an account, in their language, with one link each."""

from __future__ import annotations

import secrets

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.mail.services import queue_mail

DEFAULT_LANGUAGE = "it"


def send_link(session: Session, *, account: Account, token: str, purpose: str, base_url: str) -> None:
    """The link with which the person sets a password."""
    url = f"{base_url}/password/{token}"
    with force_locale(account.language or DEFAULT_LANGUAGE):
        if purpose == "invite":
            subject = _("Your account for the mobility consultation")
            body = _(
                "You are invited to work with the mobility consultation. Open this link within 7 days to "
                "give your name and choose a password:\n\n%(url)s\n\nIt works once.",
                url=url,
            )
        else:
            subject = _("Choose a new password")
            body = _(
                "Somebody asked for a new password for your account. Open this link within 24 hours to "
                "choose it:\n\n%(url)s\n\nIt works once. If you did not ask for it, you need not do "
                "anything: your password stays as it is.",
                url=url,
            )
        _send(session, account, "account-link", subject, body)


def tell_change(session: Session, *, account: Account, what: str, base_url: str) -> None:
    """Says what happened to the account: `password`, `factor_on`, `factor_off`, `wrong_codes`, `recovery`."""
    url = f"{base_url}/forgot"
    with force_locale(account.language or DEFAULT_LANGUAGE):
        words = {
            "password": _("The password of your account was changed."),
            "factor_on": _("The second factor of your account was set up."),
            "factor_off": _("The second factor of your account was removed."),
            "recovery": _("Somebody signed in to your account with one of its recovery codes."),
            "wrong_codes": _(
                "Somebody who knows your password entered five wrong codes of your second factor. If that "
                "was not you, choose a new password now."
            ),
        }
        body = _(
            "%(what)s\n\nIf this was you, there is nothing to do. If not, choose a new password here and "
            "tell an administrator:\n\n%(url)s",
            what=words[what],
            url=url,
        )
        _send(session, account, f"account-{what}", _("A change to your account"), body)


def _send(session: Session, account: Account, kind: str, subject: str, body: str) -> None:
    queue_mail(
        session,
        key=f"{kind}:{account.id}:{secrets.token_hex(8)}",
        recipient=account.email,
        subject=subject,
        body=body,
        language=account.language or DEFAULT_LANGUAGE,
    )

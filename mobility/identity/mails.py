"""What the messages about identity say, in the reader's language."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import force_locale
from flask_babel import gettext as _


class Words(NamedTuple):
    subject: str
    body: str


def sign_in_mail(*, link: str, minutes: int, language: str) -> Words:
    """The link that confirms an address."""
    with force_locale(language):
        return Words(
            _("Confirm your e-mail address"),
            _(
                "With this link you confirm that this address is yours. Then your votes and comments count "
                "as those of a person with a confirmed e-mail address.\n\n%(link)s\n\n"
                "The link works once, for %(minutes)d minutes, on any of your devices. "
                "If you did not ask for it, ignore this message: nothing happens.",
                link=link,
                minutes=minutes,
            ),
        )


def change_mail(*, link: str, minutes: int, language: str) -> Words:
    """The link that makes this address the new one."""
    with force_locale(language):
        return Words(
            _("Confirm your new e-mail address"),
            _(
                "With this link you confirm your new address. Open it in the browser in which you asked for "
                "the change.\n\n%(link)s\n\nThe link works once, for %(minutes)d minutes. "
                "If you did not ask for it, ignore this message: nothing happens.",
                link=link,
                minutes=minutes,
            ),
        )


def changed_mail(*, link: str, language: str) -> Words:
    """Tells the former address that it is no longer used."""
    with force_locale(language):
        return Words(
            _("Your e-mail address was changed"),
            _(
                "From now on another address stands for what you say in the consultation. This one is no "
                "longer used.\n\nIf you did not do this, write to the city: its address is here.\n\n%(link)s",
                link=link,
            ),
        )

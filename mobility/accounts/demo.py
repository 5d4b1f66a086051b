"""The people of the demonstration: who they are called, and the password everybody may know."""

from __future__ import annotations

from flask_babel import gettext as _

PASSWORD = "quattro-canti"  # noqa: S105 (shown to everybody who runs the demonstration)
DOMAIN = "demo.example"
PLANNER = f"planner@{DOMAIN}"
ADMINISTRATOR = f"administrator@{DOMAIN}"
MODERATOR = f"moderator@{DOMAIN}"
CLERK = f"clerk@{DOMAIN}"
CLERK_OFFICE = "mobilita-urbana"
"""The office for which the clerk answers; where a bundle has none of this name, its first one."""
STAFF = {PLANNER: "planner", ADMINISTRATOR: "administrator", MODERATOR: "moderator", CLERK: "clerk"}


def roles() -> dict[str, str]:
    """Address → what this person can do, in the language of the page."""
    return {
        PLANNER: _("Planner: results, phases, groups, exports"),
        ADMINISTRATOR: _("Administrator: all of that, colleagues and the audit log"),
        MODERATOR: _("Moderator: reads comments, hides and restores them"),
        CLERK: _("Clerk: answers the comments of one office"),
    }

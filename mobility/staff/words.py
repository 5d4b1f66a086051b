"""What roles and the lines of the audit log are called on screens."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l


def role_words() -> dict[str, tuple[str, str]]:
    """Role → its name, and what it may do in one sentence, the most powerful first."""
    known = {
        "administrator": (
            _l("Administrator"),
            _l("Everything, everywhere; invites colleagues, gives roles, reads the audit log."),
        ),
        "planner": (
            _l("Planner"),
            _l("Plans the phases, sees all results, recognises groups, moderates, answers and exports."),
        ),
        "moderator": (
            _l("Moderator"),
            _l("Reads all comments, hides, approves and restores them, and decides on appeals."),
        ),
        "clerk": (_l("Office clerk"), _l("Sees the desk and answers comments for an office.")),
        "facilitator": (_l("Facilitator"), _l("Sees the desk and runs meetings and discussions.")),
    }
    return {role: (str(name), str(about)) for role, (name, about) in known.items()}


ACTIONS: dict[str, Any] = {
    "account.sign_in": _l("Signed in"),
    "account.sign_in_refused": _l("Sign-in refused"),
    "account.change_password": _l("Changed the password"),
    "account.forgot": _l("Asked for a new password"),
    "account.set_password": _l("Set a new password with a link"),
    "account.accept": _l("Accepted an invitation"),
    "account.second_factor_on": _l("Set up the second factor"),
    "account.second_factor_off": _l("Removed the own second factor"),
    "account.recovery_codes": _l("Made new recovery codes"),
    "account.end_sessions": _l("Signed out everywhere else"),
    "account.invite": _l("Invited a colleague"),
    "account.save": _l("Made or changed an account"),
    "account.give_role": _l("Gave a role"),
    "account.end_role": _l("Ended a role"),
    "account.send_link": _l("Sent a link for a new password"),
    "account.reset_second_factor": _l("Removed the second factor of somebody"),
    "account.close": _l("Closed an account"),
    "account.open": _l("Opened an account again"),
}
"""Action → its words. An action of another version is shown by its code."""


def action_label(action: str) -> str:
    return str(ACTIONS.get(action, action))


def detail_label(details: dict[str, Any]) -> str:
    """The details of a line as people read them: codes and numbers, one after the other."""
    roles = role_words()
    shown = []
    for key, value in details.items():
        text = roles[value][0] if key == "role" and value in roles else _plain(value)
        if text:
            shown.append(f"{key.replace('_', ' ')}: {text}")
    return " · ".join(shown)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes")) if value else str(gettext("no"))
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)

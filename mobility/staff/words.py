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


def scope_words() -> dict[str, tuple[str, str]]:
    """Scope of a token → what it is called, and what a program may do with it."""
    known = {
        "read": (_l("Read what is public"), _l("The same as without a token, but counted for you.")),
        "read_full": (
            _l("Read the full profile"),
            _l("Also waiting and hidden comments, exact places, offices and states. Each use is logged."),
        ),
        "report": (
            _l("Send reports"),
            _l("Another system passes on what people report to it (Open311)."),
        ),
        "notify": (_l("Manage webhooks"), _l("Another system asks to be told when something happens.")),
    }
    return {scope: (str(name), str(about)) for scope, (name, about) in known.items()}


ACTIONS: dict[str, Any] = {
    "account.sign_in": _l("Signed in"),
    "account.sign_in_refused": _l("Sign-in refused"),
    "account.change_password": _l("Changed the password"),
    "account.forgot": _l("Asked for a new password"),
    "account.set_password": _l("Set a new password with a link"),
    "account.accept": _l("Accepted an invitation"),
    "account.second_factor_on": _l("Set up the second factor"),
    "account.second_factor_off": _l("Removed their second factor"),
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
    "comment.hide": _l("Hid a comment"),
    "comment.restore": _l("Restored a comment"),
    "comment.approve": _l("Approved a comment"),
    "reply.hide": _l("Hid a reply"),
    "reply.restore": _l("Restored a reply"),
    "appeal.file": _l("Appealed against a decision"),
    "appeal.decide": _l("Decided on an appeal"),
    "participant.block": _l("Blocked a participant"),
    "participant.unblock": _l("Ended a block"),
    "words.save": _l("Changed the word lists"),
    "votes.set_aside": _l("Set votes aside"),
    "votes.put_back": _l("Put votes back into the counts"),
    "phase.add": _l("Planned a step"),
    "phase.change": _l("Changed a step"),
    "phase.remove": _l("Removed a step"),
    "code_batch.make": _l("Made invitation codes"),
    "code_batch.revoke": _l("Revoked invitation codes"),
    "group.recognise": _l("Recognised a group"),
    "group.decline": _l("Declined a group"),
    "group.invite": _l("Invited a delegate"),
    "group.rule": _l("Changed how a group decides"),
    "group_document.take_down": _l("Took a group's document down"),
    "delegation.begin": _l("A delegation began"),
    "delegation.end": _l("A delegation ended"),
    "webhook.add": _l("Added a webhook"),
    "webhook.change": _l("Changed a webhook"),
    "webhook.renew_secret": _l("Made a new secret for a webhook"),
    "webhook.switch_on": _l("Switched a webhook on"),
    "webhook.switch_off": _l("Switched a webhook off"),
    "webhook.remove": _l("Removed a webhook"),
    "participant.raise": _l("Raised their identity level"),
    "participant.merge": _l("Two participants became one"),
    "participant.change_email": _l("Changed their address"),
    "participant.erase": _l("Erased their data"),
    "api_token.issue": _l("Made a token for a program"),
    "api_token.revoke": _l("Revoked a token"),
    "features.read_full": _l("Read features in the full profile with a token"),
    "answer.ask": _l("Asked for approval of an answer"),
    "answer.discard": _l("Threw a draft answer away"),
    "answer.publish": _l("Published an answer"),
    "answer.send_back": _l("Sent a draft answer back"),
    "case.assign": _l("Gave a case to an office"),
    "case.close": _l("Closed a case without an answer"),
    "case.reopen": _l("Opened a case again"),
    "cluster.form": _l("Put cases together"),
    "competence.add": _l("Gave an office a competence"),
    "competence.end": _l("Ended a competence"),
    "office.add_member": _l("Added somebody to an office"),
    "office.remove_member": _l("Took somebody out of an office"),
    "office.save": _l("Made or changed an office"),
    "template.save": _l("Made or changed a reply template"),
    "template.remove": _l("Deleted a reply template"),
    "import.begin": _l("Sent a file to import"),
    "import.load": _l("Loaded a file into the plan"),
    "import.undo": _l("Undid the load of a file"),
    "import.drop": _l("Threw an imported file away"),
    "measure.publish": _l("Published a version of a measure"),
    "measure.discard": _l("Threw a draft of a measure away"),
    "measure.retire": _l("Retired a measure"),
    "measure.bring_back": _l("Brought a measure back"),
    "measure.restore": _l("Began a draft from an earlier version"),
    "heritage.attribute": _l("Changed a heritage attribute"),
    "heritage.retire": _l("Retired a heritage attribute"),
    "heritage.grade": _l("Graded an effect on heritage"),
    "heritage.withdraw": _l("Withdrew a statement on heritage"),
    "heritage.sign": _l("Signed that a measure touches no attribute"),
    "outcome.record": _l("Recorded the outcome of a measure"),
    "plan.create": _l("Made a plan"),
    "plan.copy": _l("Copied a plan"),
    "plan.contact": _l("Changed the contact of a plan"),
    "plan.open": _l("Opened a plan to everybody"),
    "plan.withdraw": _l("Made a plan a draft again"),
    "plan.archive": _l("Archived a plan"),
    "plan.conclude": _l("Concluded a consultation"),
    "plan.reopen": _l("Opened a plan again"),
    "text.change": _l("Changed a text"),
    "votes.thin": _l("Removed old versions of votes"),
    "export.full": _l("Took the full data away"),
    "open311.save": _l("Made or changed a link to another system"),
    "open311.rule": _l("Added a rule for another system"),
    "open311.drop_rule": _l("Removed a rule for another system"),
}
"""Action → its words. An action of another version is shown by its code."""


def action_label(action: str) -> str:
    return str(ACTIONS.get(action, action))


KEYS: dict[str, Any] = {
    "role": _l("role"),
    "factor": _l("proved by"),
    "step": _l("step"),
    "outcome": _l("outcome"),
    "through": _l("through"),
    "who": _l("address as a hash"),
    "shown": _l("shown"),
    "reason": _l("reason"),
    "count": _l("count"),
}
VALUES: dict[str, Any] = {
    "password": _l("password"),
    "app": _l("password and code"),
    "recovery": _l("recovery code"),
    "code": _l("code"),
    "wrong": _l("wrong"),
    "wait": _l("too many wrong codes"),
    "command": _l("command line"),
    "member": _l("member"),
}
"""Words for the keys and codes in the details of a line; others are shown as they are."""


def detail_label(details: dict[str, Any]) -> str:
    """The details of a line as people read them: codes and numbers, one after the other."""
    shown = []
    for key, value in details.items():
        text = _plain(value)
        if text:
            shown.append(f"{KEYS.get(key, key.replace('_', ' '))}: {text}")
    return " · ".join(shown)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes")) if value else str(gettext("no"))
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(each)}" for key, each in value.items())
    if isinstance(value, str):
        roles = role_words()
        return roles[value][0] if value in roles else str(VALUES.get(value, value))
    return "" if value is None else str(value)

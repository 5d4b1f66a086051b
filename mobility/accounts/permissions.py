"""Who may do what. Pure: the actor's roles come in, yes or no goes out."""

from __future__ import annotations

from collections.abc import Collection

ADMINISTRATOR = "administrator"
PLAN_ROLES = ("planner", "moderator", "clerk", "facilitator")
"""Roles a person holds in one plan, or in every plan."""
STAFF_ROLES = (ADMINISTRATOR, *PLAN_ROLES)

_DECIDE = frozenset({ADMINISTRATOR, "planner"})
MAY: dict[str, frozenset[str]] = {
    "see_desk": frozenset(STAFF_ROLES),
    "see_results": _DECIDE,
    "moderate": _DECIDE | {"moderator"},
    "decide_appeal": _DECIDE | {"moderator"},
    "set_aside": _DECIDE,
    "plan_phases": _DECIDE,
    "recognise_groups": _DECIDE,
    "issue_codes": _DECIDE,
    "answer": _DECIDE | {"clerk"},
    "manage_offices": _DECIDE,
    "conclude": _DECIDE,
    "reopen_plan": frozenset({ADMINISTRATOR}),
    "import_data": _DECIDE,
    "edit_measures": _DECIDE,
    "screen_heritage": _DECIDE,
    "manage_plan": _DECIDE,
    "facilitate": _DECIDE | {"facilitator"},
    "export_full": _DECIDE,
    "manage_staff": frozenset({ADMINISTRATOR}),
    "manage_integrations": frozenset({ADMINISTRATOR}),
    "read_audit": frozenset({ADMINISTRATOR}),
}
"""Action → the roles that may do it.

see_desk        enter the desk of the plan, read hidden and waiting comments
see_results     see results which the phase does not publish yet
moderate        hide, restore, approve; block a participant
decide_appeal   decide on an appeal against somebody else's decision
set_aside       take votes out of the counts with a reason, and back
plan_phases     dates, actions, levels and rules of phases
recognise_groups  recognise stakeholder groups and decline them
issue_codes     make invitation codes
answer          answer comments for an office
manage_offices  offices, their competences and people; reassign; approve answers
conclude        record outcomes and conclude the consultation
reopen_plan     open a concluded consultation again
import_data     load files into the plan and undo a load
edit_measures   change measures and segments, publish versions
screen_heritage grade the effect of measures on heritage attributes
manage_plan     make, copy, publish and archive plans; texts, documents, contact
facilitate      run meetings and discussions
export_full     files with more than the public profile
manage_staff    give and take roles, reset passwords and second factors
manage_integrations  webhooks, keys of other systems
read_audit      read and export the audit log
"""


def may(roles: Collection[str], action: str) -> bool:
    """True when one of the roles allows the action. Raises KeyError for an unknown action."""
    return not MAY[action].isdisjoint(roles)

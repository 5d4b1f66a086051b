"""The rule by which the delegates of a group decide: one alone, or two who agree."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import GROUP_RULES, Account
from mobility.consultation import proposals
from mobility.errors import Invalid
from mobility.groups.delegates import note
from mobility.groups.models import GroupRuleChange


def wish_rule(
    session: Session,
    *,
    group_id: int,
    rule: str,
    account_id: int,
    plan_id: int | None,
    staff: bool,
    now: datetime,
) -> str:
    """Change how the delegates decide: staff at once, delegates when a second one wants the same.

    "changed", "proposed" or "same". Raises Invalid for an unknown rule.
    """
    if rule not in GROUP_RULES:
        raise Invalid("rule", _l("Choose one."))
    group = proposals.lock_group(session, group_id=group_id)
    wished = session.get(GroupRuleChange, group_id, populate_existing=True)
    if group.rule == rule:
        if wished:
            session.delete(wished)
        return "same"
    current = {each.id for each in proposals.delegates_of(session, group_id=group_id, now=now)}
    agreed = wished is not None and wished.proposed_by != account_id and wished.proposed_by in current
    if staff or agreed:
        if wished:
            session.delete(wished)
        group.rule = rule
        session.flush()
        note(session, "group.rule", group_id, account_id, plan_id, rule=rule)
        return "changed"
    values = {"rule": rule, "proposed_by": account_id, "created_at": now}
    wish = insert(GroupRuleChange).values(group_id=group_id, **values)
    session.execute(wish.on_conflict_do_update(index_elements=["group_id"], set_=values))
    return "proposed"


def wished_rule(session: Session, *, group_id: int) -> tuple[GroupRuleChange, str] | None:
    """The change of rule that waits for a second delegate, with the name of who wants it."""
    row = session.execute(
        select(GroupRuleChange, Account.name)
        .join(Account, Account.id == GroupRuleChange.proposed_by)
        .where(GroupRuleChange.group_id == group_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None

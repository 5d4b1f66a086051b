"""The roles of an account: everywhere, or in one plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, StaffRole
from mobility.accounts.permissions import ADMINISTRATOR, PLAN_ROLES
from mobility.errors import Invalid


@dataclass(frozen=True)
class Roles:
    """What an account is: roles in every plan, and roles in single plans."""

    everywhere: frozenset[str] = frozenset()
    by_plan: tuple[tuple[int, str], ...] = ()

    def of(self, plan_id: int | None) -> frozenset[str]:
        """The roles in this plan; with None those in any plan."""
        return self.everywhere | {role for key, role in self.by_plan if plan_id in (None, key)}


def roles_of(session: Session, *, account: Account) -> Roles:
    """The roles the account holds now; one query."""
    held = select(StaffRole.plan_id, StaffRole.role).where(
        StaffRole.account_id == account.id,
        StaffRole.until.is_(None) | (StaffRole.until > func.clock_timestamp()),
    )
    rows = session.execute(held).all()
    general = {role for plan_id, role in rows if plan_id is None}
    if account.role == ADMINISTRATOR:
        general.add(ADMINISTRATOR)
    return Roles(frozenset(general), tuple((plan_id, role) for plan_id, role in rows if plan_id is not None))


def grant_role(session: Session, *, account: Account, role: str, plan_id: int | None) -> None:
    """Give the role in a plan, or in every plan. Raises Invalid for an unknown role."""
    if role not in PLAN_ROLES:
        raise Invalid("role", _l("Unknown role. Choose one of: %(roles)s.", roles=", ".join(PLAN_ROLES)))
    session.execute(
        insert(StaffRole)
        .values(account_id=account.id, role=role, plan_id=plan_id)
        .on_conflict_do_update(
            index_elements=[StaffRole.account_id, StaffRole.plan_id, StaffRole.role], set_={"until": None}
        )
    )


def revoke_role(session: Session, *, account_id: int, role: str, plan_id: int | None, now: datetime) -> bool:
    """End the role now; True when it was held. What was done with it stays in the record."""
    held = session.scalar(
        select(StaffRole).where(
            StaffRole.account_id == account_id,
            StaffRole.role == role,
            StaffRole.plan_id == plan_id if plan_id is not None else StaffRole.plan_id.is_(None),
            StaffRole.until.is_(None) | (StaffRole.until > now),
        )
    )
    if held is None:
        return False
    held.until = now
    session.flush()
    return True

"""Reading what the pages beside the features need."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry


def logged_this_hour(
    session: Session, *, account_id: int, token_id: int, plan_id: int, collection: str, hour: datetime
) -> bool:
    """Whether the use of the full profile is noted already."""
    noted = exists().where(
        AuditEntry.at >= hour,
        AuditEntry.account_id == account_id,
        AuditEntry.action == "features.read_full",
        AuditEntry.subject == "api_token",
        AuditEntry.subject_id == token_id,
        AuditEntry.plan_id == plan_id,
        AuditEntry.details["collection"].astext == collection,
    )
    return bool(session.scalar(select(noted)))

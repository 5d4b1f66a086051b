"""The record of what staff and the system did. Lines can be added, never changed: the database sees to it.

A line holds opaque numbers and codes only, no names, addresses or texts: when a person is erased, nothing in
it needs to change, and nothing in it leads back to the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry


def record(
    session: Session,
    *,
    action: str,
    account_id: int | None = None,
    participant_id: int | None = None,
    plan_id: int | None = None,
    subject: str = "",
    subject_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add a line: who (an account, a participant, or nobody for the system) did what to which thing.

    `action` is `<thing>.<verb>`, such as `comment.hide`; `details` holds codes, numbers and times only.
    """
    session.add(
        AuditEntry(
            action=action,
            account_id=account_id,
            participant_id=participant_id,
            plan_id=plan_id,
            subject=subject,
            subject_id=subject_id,
            details=dict(details or {}),
        )
    )
    session.flush()

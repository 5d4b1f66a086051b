"""Votes of groups in which two delegates must agree: one proposes, another one confirms, then it counts.

Everything delegates do for one group is done one after the other: the group's row is locked first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from mobility.accounts.models import Account, Delegation, StakeholderGroup
from mobility.consultation.models_proposals import WORD_LIMIT, VoteProposal
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Forbidden, Invalid, NotFound

TWO = "two"


@dataclass(frozen=True)
class Wish:
    """What a delegate wants the group to say; a `position` of None takes the group's vote back."""

    position: int | None
    condition: str | None = None
    reason: str | None = None


def lock_group(session: Session, *, group_id: int) -> StakeholderGroup:
    """The group, which nobody else changes until this transaction ends. Raises NotFound."""
    query = select(StakeholderGroup).where(StakeholderGroup.id == group_id)
    found = session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def waiting_on(
    session: Session, *, group_id: int, segment_id: int | None, measure_id: int | None
) -> VoteProposal | None:
    """The proposal of the group on this subject that waits for a second delegate."""
    return session.scalar(
        select(VoteProposal).where(
            VoteProposal.group_id == group_id,
            VoteProposal.outcome.is_(None),
            _about(segment_id, measure_id),
        )
    )


def propose(
    session: Session,
    *,
    plan_id: int,
    group_id: int,
    segment_id: int | None,
    measure_id: int | None,
    wish: Wish,
    account_id: int,
    now: datetime,
) -> VoteProposal:
    """Put a wish before the other delegates; it takes the place of one that waits.

    The same wish again changes nothing. The group must be locked.
    """
    before = waiting_on(session, group_id=group_id, segment_id=segment_id, measure_id=measure_id)
    if before and before.proposed_by == account_id and wish_of(before) == wish:
        return before
    if before:
        end(before, "replaced", account_id=account_id, now=now)
        session.flush()
    made = VoteProposal(
        plan_id=plan_id,
        group_id=group_id,
        segment_id=segment_id,
        measure_id=measure_id,
        position=wish.position,
        condition=wish.condition,
        reason=wish.reason,
        proposed_by=account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def wish_of(proposal: VoteProposal) -> Wish:
    return Wish(proposal.position, proposal.condition, proposal.reason)


def end(
    proposal: VoteProposal, outcome: str, *, account_id: int | None, now: datetime, word: str | None = None
) -> None:
    """The proposal waits no longer."""
    proposal.outcome, proposal.ended_at, proposal.ended_by, proposal.word = outcome, now, account_id, word


def replace_waiting(
    session: Session,
    *,
    group_id: int,
    segment_id: int | None,
    measure_id: int | None,
    account_id: int,
    now: datetime,
) -> None:
    """A vote of the group was counted or taken back: what waits on the subject waits no longer."""
    before = waiting_on(session, group_id=group_id, segment_id=segment_id, measure_id=measure_id)
    if before:
        end(before, "replaced", account_id=account_id, now=now)
        session.flush()


def find_proposal(session: Session, *, group_id: int, proposal_id: int) -> VoteProposal:
    """The proposal as it is now. Raises NotFound. The group must be locked."""
    found = session.scalar(
        select(VoteProposal)
        .where(VoteProposal.id == proposal_id, VoteProposal.group_id == group_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def require_waiting(proposal: VoteProposal) -> None:
    """Raises Conflict when it waits no longer."""
    if proposal.outcome is not None:
        raise Conflict(
            _l("This proposal waits no longer: somebody confirmed, changed or ended it meanwhile.")
        )


def require_second(session: Session, *, proposal: VoteProposal, account_id: int, now: datetime) -> None:
    """Raises Conflict unless it waits and its proposer still speaks; Forbidden unless another one asks."""
    require_waiting(proposal)
    if proposal.proposed_by == account_id:
        raise Forbidden(_l("You proposed this yourself: another delegate must confirm it."))
    current = {person.id for person in delegates_of(session, group_id=proposal.group_id, now=now)}
    if account_id not in current:
        raise Forbidden(_l("You are not a delegate of this group for this plan."))
    if proposal.proposed_by not in current:
        raise Conflict(_l("Who proposed this no longer speaks for the group. Propose it anew."))


def decline_vote(
    session: Session, *, group_id: int, proposal_id: int, account_id: int, word: str, now: datetime
) -> VoteProposal:
    """Another delegate says no, with a word if there is one; its author takes it back.

    Raises NotFound, Conflict, Forbidden for people who do not speak for the group, Invalid for a long word.
    """
    if account_id not in {each.id for each in delegates_of(session, group_id=group_id, now=now)}:
        raise Forbidden(_l("You are not a delegate of this group for this plan."))
    words, _removed = clean(word)
    if len(words) > WORD_LIMIT:
        raise Invalid("word", _l("At most %(limit)d characters fit here.", limit=WORD_LIMIT))
    lock_group(session, group_id=group_id)
    found = find_proposal(session, group_id=group_id, proposal_id=proposal_id)
    require_waiting(found)
    if found.proposed_by == account_id:
        end(found, "withdrawn", account_id=account_id, now=now)
    else:
        end(found, "declined", account_id=account_id, now=now, word=words or None)
    session.flush()
    return found


def end_all_by(session: Session, *, group_id: int, account_id: int, now: datetime) -> None:
    """Proposals of somebody who no longer speaks for the group are taken back."""
    session.execute(
        update(VoteProposal)
        .where(
            VoteProposal.group_id == group_id,
            VoteProposal.proposed_by == account_id,
            VoteProposal.outcome.is_(None),
        )
        .values(outcome="withdrawn", ended_at=now)
    )


def delegates_of(session: Session, *, group_id: int, now: datetime) -> list[Account]:
    """The active accounts that speak for the group now, by name; at most 100."""
    query = (
        select(Account)
        .join(Delegation, Delegation.account_id == Account.id)
        .where(
            Delegation.group_id == group_id,
            Account.active,
            Delegation.until.is_(None) | (Delegation.until > now),
        )
        .order_by(func.lower(Account.name), Account.id)
        .limit(100)
    )
    return list(session.scalars(query))


def delegate_counts(session: Session, *, group_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """How many people speak for each of these groups now."""
    query = (
        select(Delegation.group_id, func.count())
        .join(Account, Account.id == Delegation.account_id)
        .where(
            Delegation.group_id.in_(list(group_ids)),
            Account.active,
            Delegation.until.is_(None) | (Delegation.until > now),
        )
        .group_by(Delegation.group_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def waiting_rows(
    session: Session,
    *,
    group_ids: Iterable[int],
    segment_id: int | None = None,
    measure_id: int | None = None,
) -> list[Any]:
    """(proposal, group, name of the proposer) of these groups, on one subject or on all; oldest first."""
    proposer = aliased(Account)
    query = (
        select(VoteProposal, StakeholderGroup, proposer.name)
        .join(StakeholderGroup, StakeholderGroup.id == VoteProposal.group_id)
        .outerjoin(proposer, proposer.id == VoteProposal.proposed_by)
        .where(VoteProposal.group_id.in_(list(group_ids)), VoteProposal.outcome.is_(None))
        .order_by(VoteProposal.id)
        .limit(200)
    )
    if segment_id or measure_id:
        query = query.where(_about(segment_id, measure_id))
    return list(session.execute(query))


def _about(segment_id: int | None, measure_id: int | None) -> Any:
    return VoteProposal.segment_id == segment_id if segment_id else VoteProposal.measure_id == measure_id

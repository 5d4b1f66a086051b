"""What a group says about a measure: drafted, agreed, published, replaced by a newer version, withdrawn.

Everything delegates do for one group is done one after the other: the group's row is locked first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.consultation import proposals
from mobility.consultation.texts import clean
from mobility.db import I18n
from mobility.errors import Conflict, Invalid, NotFound
from mobility.groups.documents import copy_documents, documents_of, remove_document
from mobility.groups.models import POSITION_LIMIT, GroupPosition
from mobility.plans.models import Measure

Outcome = Literal["published", "proposed", "withdrawn", "same"]
_CHANGED = _l("Somebody changed this position meanwhile. Read it as it is now, then decide.")


def clean_texts(typed: I18n, languages: list[str]) -> I18n:
    """The texts as they will be kept, at least one. Raises Invalid for `text_<language>`."""
    found = {}
    for language in languages:
        words, _removed = clean(typed.get(language))
        if len(words) > POSITION_LIMIT:
            raise Invalid(
                f"text_{language}",
                _l(
                    "%(count)d characters are too many: at most %(limit)d fit.",
                    count=len(words),
                    limit=POSITION_LIMIT,
                ),
            )
        if words:
            found[language] = words
    if not found:
        raise Invalid(f"text_{languages[0]}", _l("Write the position in at least one language."))
    return found


def open_draft(session: Session, *, group_id: int, measure_id: int) -> GroupPosition | None:
    """The group's draft on the measure, also one that waits for a second delegate."""
    return session.scalar(
        select(GroupPosition).where(
            GroupPosition.group_id == group_id,
            GroupPosition.measure_id == measure_id,
            GroupPosition.state.in_(("draft", "proposed")),
        )
    )


def published(session: Session, *, group_id: int, measure_id: int) -> GroupPosition | None:
    """The group's public position on the measure."""
    return session.scalar(
        select(GroupPosition).where(
            GroupPosition.group_id == group_id,
            GroupPosition.measure_id == measure_id,
            GroupPosition.state == "published",
        )
    )


def save_draft(
    session: Session,
    *,
    group_id: int,
    measure: Measure,
    text: I18n,
    account_id: int,
    revision: int,
    now: datetime,
) -> GroupPosition:
    """Keep the text as the group's draft; one that waited for a second delegate waits no longer.

    `revision` is that of the draft that was read, 0 when there was none. Raises Conflict when somebody
    changed it meanwhile.
    """
    proposals.lock_group(session, group_id=group_id)
    draft = open_draft(session, group_id=group_id, measure_id=measure.id)
    if (draft.revision if draft else 0) != revision:
        raise Conflict(_CHANGED)
    if draft is None:
        draft = GroupPosition(
            group_id=group_id, measure_id=measure.id, text=text, state="draft", revision=0, created_at=now
        )
        draft.measure_version = measure.version
        session.add(draft)
        session.flush()
        before = published(session, group_id=group_id, measure_id=measure.id)
        if before:
            copy_documents(session, from_id=before.id, to_id=draft.id, now=now)
    draft.text, draft.author_id, draft.updated_at = text, account_id, now
    touch(draft, measure)
    session.flush()
    return draft


def touch(draft: GroupPosition, measure: Measure) -> None:
    """The draft is another one now: it speaks about today's measure, and nobody has agreed to it."""
    draft.revision += 1
    draft.measure_version = measure.version
    draft.state, draft.proposed_by = "draft", None


def publish(
    session: Session,
    *,
    group: StakeholderGroup,
    position_id: int,
    revision: int,
    account_id: int,
    now: datetime,
) -> Outcome:
    """Make the draft public; where two must agree, propose it, or agree to what another one proposed.

    Raises NotFound, Conflict when the draft is not the one that was read.
    """
    rule = proposals.lock_group(session, group_id=group.id).rule
    draft = find_position(session, group_id=group.id, position_id=position_id)
    if draft.state not in ("draft", "proposed") or draft.revision != revision:
        raise Conflict(_CHANGED)
    if rule == proposals.TWO and not _second(session, draft, account_id, now):
        if draft.state == "proposed":
            return "same"
        draft.state, draft.proposed_by = "proposed", account_id
        session.flush()
        return "proposed"
    before = published(session, group_id=group.id, measure_id=draft.measure_id)
    if before:
        before.state, before.ended_at, before.proposed_by = "replaced", now, None
        session.flush()
    versions = select(func.coalesce(func.max(GroupPosition.version), 0)).where(
        GroupPosition.group_id == group.id, GroupPosition.measure_id == draft.measure_id
    )
    draft.version = (session.scalar(versions) or 0) + 1
    draft.state, draft.published_at, draft.proposed_by = "published", now, None
    session.flush()
    return "published"


def withdraw(
    session: Session, *, group: StakeholderGroup, position_id: int, account_id: int, now: datetime
) -> Outcome:
    """Take the public position back; where two must agree, propose that, or agree to it.

    Raises NotFound, Conflict when it is not public any more.
    """
    rule = proposals.lock_group(session, group_id=group.id).rule
    public = find_position(session, group_id=group.id, position_id=position_id)
    if public.state != "published":
        raise Conflict(_CHANGED)
    if rule == proposals.TWO and not _second(session, public, account_id, now):
        if public.proposed_by == account_id:
            return "same"
        public.proposed_by = account_id
        session.flush()
        return "proposed"
    public.state, public.ended_at, public.proposed_by = "withdrawn", now, None
    session.flush()
    return "withdrawn"


def decline(session: Session, *, group: StakeholderGroup, position_id: int) -> None:
    """Another delegate says no, or who proposed it takes it back: the draft is a draft again."""
    proposals.lock_group(session, group_id=group.id)
    found = find_position(session, group_id=group.id, position_id=position_id)
    if found.proposed_by is None:
        raise Conflict(_CHANGED)
    found.proposed_by = None
    if found.state == "proposed":
        found.state = "draft"
    session.flush()


def discard(session: Session, *, group: StakeholderGroup, position_id: int, now: datetime) -> None:
    """Throw the draft away with its documents. Raises NotFound, Conflict when it is no draft any more."""
    proposals.lock_group(session, group_id=group.id)
    found = find_position(session, group_id=group.id, position_id=position_id)
    if found.state not in ("draft", "proposed"):
        raise Conflict(_CHANGED)
    for document in documents_of(session, position_ids=[found.id]).get(found.id, []):
        remove_document(session, document=document, now=now)
    session.delete(found)
    session.flush()


def remove_paper(
    session: Session, *, group_id: int, measure: Measure, document_id: int, now: datetime
) -> None:
    """Take a document out of the draft, which then waits for nobody. Raises NotFound."""
    proposals.lock_group(session, group_id=group_id)
    draft = open_draft(session, group_id=group_id, measure_id=measure.id)
    papers = documents_of(session, position_ids=[draft.id]).get(draft.id, []) if draft else []
    paper = next((each for each in papers if each.id == document_id), None)
    if draft is None or paper is None:
        raise NotFound
    remove_document(session, document=paper, now=now)
    touch(draft, measure)
    session.flush()


def find_position(session: Session, *, group_id: int, position_id: int) -> GroupPosition:
    """One position of the group as it is now. Raises NotFound."""
    query = select(GroupPosition).where(GroupPosition.id == position_id, GroupPosition.group_id == group_id)
    found = session.scalar(query.execution_options(populate_existing=True)) if position_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def _second(session: Session, position: GroupPosition, account_id: int, now: datetime) -> bool:
    """Whether another delegate, who still is one, proposed it already."""
    if position.proposed_by in (None, account_id):
        return False
    current = {each.id for each in proposals.delegates_of(session, group_id=position.group_id, now=now)}
    return position.proposed_by in current

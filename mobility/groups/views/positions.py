"""A position of a group on a measure: written, its documents sent, agreed, published, withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from mobility import web
from mobility.accounts.models import Account, StakeholderGroup
from mobility.consultation import proposals
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Conflict, Invalid, NotFound
from mobility.extensions import db, limiter
from mobility.groups import cards, documents, letters, positions
from mobility.groups.forms import PositionForm
from mobility.groups.models import POSITION_LIMIT, GroupDocument, GroupPosition
from mobility.groups.pdf import DOCUMENT_LIMIT
from mobility.groups.views.blueprint import bp
from mobility.groups.views.frame import go, group_only, keep_files, public_url, render_page
from mobility.plans import queries as plans
from mobility.plans.models import Measure
from mobility.text import pick

PLACE = "/plans/<slug>/groups/<group>/positions/<code>"


@bp.get(PLACE)
@group_only(staff=False)
def edit_position(frame: Frame, group: StakeholderGroup, code: str) -> ResponseReturnValue:
    return show(frame, group, code)


def show(
    frame: Frame,
    group: StakeholderGroup,
    code: str,
    *,
    typed: dict[str, str] | None = None,
    wrong: Invalid | None = None,
    status: int = HTTPStatus.OK,
) -> ResponseReturnValue:
    """The public version, the draft with its documents, and what can be done with them."""
    measure, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    draft = positions.open_draft(db.session, group_id=group.id, measure_id=measure.id)
    public = positions.published(db.session, group_id=group.id, measure_id=measure.id)
    known = [each for each in (draft, public) if each]
    papers = documents.documents_of(db.session, position_ids=[each.id for each in known])
    begun: dict[str, str] = draft.text if draft else (public.text if public else {})
    return render_page(
        frame,
        "groups/position.html",
        status=status,
        group=cards.group_card(group, slug=frame.plan.slug, language=frame.language),
        measure={
            "code": measure.code,
            "title": pick(measure.title, frame.language),
            "version": measure.version,
        },
        form=PositionForm(),
        texts=text_fields(frame, begun if typed is None else typed),
        limit=POSITION_LIMIT,
        wrong=wrong,
        draft=card(frame, group, measure, draft, papers),
        public=card(frame, group, measure, public, papers),
        two=group.rule == proposals.TWO,
        lone=len(proposals.delegates_of(db.session, group_id=group.id, now=frame.now)) < 2,
    )


def text_fields(frame: Frame, begun: dict[str, str]) -> list[dict[str, str]]:
    """One field for each language of the plan."""
    return [
        {"code": each, "label": web.LANGUAGES.get(each, each), "text": begun.get(each, "")}
        for each in frame.plan.languages
    ]


def card(
    frame: Frame,
    group: StakeholderGroup,
    measure: Measure,
    position: GroupPosition | None,
    papers: dict[int, list[GroupDocument]],
) -> dict[str, Any] | None:
    if position is None:
        return None
    found = cards.position_card(
        position,
        measure,
        papers.get(position.id, []),
        slug=frame.plan.slug,
        group=group.slug,
        language=frame.language,
    )
    by = db.session.get(Account, position.proposed_by) if position.proposed_by else None
    return found | {"by": by.name if by else "", "by_me": bool(by and by.id == current_user.id)}


@bp.post(PLACE)
@limiter.limit("60 per hour")
@group_only(staff=False)
def save_position(frame: Frame, group: StakeholderGroup, code: str) -> ResponseReturnValue:
    """Keep the draft, and publish it when that was asked for."""
    measure, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    typed = {each: request.form.get(f"text_{each}", "") for each in frame.plan.languages}
    now = datetime.now(UTC)
    try:
        text = positions.clean_texts(typed, frame.plan.languages)
        sent = read_documents()
        keep_files(sent, now)
        with unit_of_work() as session:
            draft = positions.save_draft(
                session,
                group_id=group.id,
                measure=measure,
                text=text,
                account_id=current_user.id,
                revision=request.form.get("revision", 0, type=int),
                now=now,
            )
            for each in sent:
                documents.attach(session, prepared=each, position_id=draft.id, now=now)
            outcome = ""
            if request.form.get("act") == "publish":
                outcome = make_public(session, frame, group, measure, draft.id, draft.revision, now)
    except Invalid as error:
        refused = HTTPStatus.UNPROCESSABLE_ENTITY
        return show(frame, group, code, typed=typed, wrong=error, status=refused)
    except Conflict as error:
        wrong = Invalid("text", error.message)
        return show(frame, group, code, typed=typed, wrong=wrong, status=HTTPStatus.CONFLICT)
    flash(words(outcome), "success")
    return after(frame, group, code, outcome)


def read_documents() -> list[documents.Prepared]:
    """The sent documents, checked. Raises Invalid("documents")."""
    sent = [each for each in request.files.getlist("documents") if each.filename]
    if len(sent) > documents.DOCUMENTS_LIMIT:
        count = documents.DOCUMENTS_LIMIT
        raise Invalid("documents", _("At most %(count)d documents fit to a position.", count=count))
    return [
        documents.prepare_pdf(
            each.stream.read(DOCUMENT_LIMIT + 1), each.filename, limit=DOCUMENT_LIMIT, field="documents"
        )
        for each in sent
    ]


def make_public(
    session: Session,
    frame: Frame,
    group: StakeholderGroup,
    measure: Measure,
    position_id: int,
    revision: int,
    now: datetime,
) -> str:
    """Publish or propose, and tell the other delegates of a proposal."""
    outcome = positions.publish(
        session,
        group=group,
        position_id=position_id,
        revision=revision,
        account_id=current_user.id,
        now=now,
    )
    if outcome == "proposed":
        tell(session, frame, group, measure, position_id, now)
    return outcome


def tell(
    session: Session, frame: Frame, group: StakeholderGroup, measure: Measure, position_id: int, now: datetime
) -> None:
    people = proposals.delegates_of(session, group_id=group.id, now=now)
    place = {"slug": frame.plan.slug, "group": group.slug, "code": measure.code}
    letters.tell_position(
        session,
        people=[each for each in people if each.id != current_user.id],
        position=positions.find_position(session, group_id=group.id, position_id=position_id),
        group=group,
        measure=measure,
        who=current_user.name,
        url=public_url("groups.edit_position", **place),
    )


@bp.post(f"{PLACE}/<int:position_id>/<any(publish, withdraw, decline, discard):act>")
@limiter.limit("60 per minute")
@group_only(staff=False)
def decide_position(
    frame: Frame, group: StakeholderGroup, code: str, position_id: int, act: str
) -> ResponseReturnValue:
    measure, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    now, outcome = datetime.now(UTC), act
    try:
        with unit_of_work() as session:
            found = positions.find_position(session, group_id=group.id, position_id=position_id)
            if found.measure_id != measure.id:
                raise NotFound
            if act == "publish":
                revision = request.form.get("revision", 0, type=int)
                outcome = make_public(session, frame, group, measure, position_id, revision, now)
            elif act == "withdraw":
                outcome = positions.withdraw(
                    session, group=group, position_id=position_id, account_id=current_user.id, now=now
                )
                if outcome == "proposed":
                    tell(session, frame, group, measure, position_id, now)
            elif act == "decline":
                positions.decline(session, group=group, position_id=position_id)
            else:
                positions.discard(session, group=group, position_id=position_id, now=now)
    except Conflict as error:
        flash(str(error.message), "warning")
        return go("groups.edit_position", slug=frame.plan.slug, group=group.slug, code=code)
    flash(words(outcome), "success")
    return after(frame, group, code, outcome)


@bp.post(f"{PLACE}/documents/<int:document_id>/remove")
@limiter.limit("60 per minute")
@group_only(staff=False)
def remove_document(
    frame: Frame, group: StakeholderGroup, code: str, document_id: int
) -> ResponseReturnValue:
    """Out of the draft; a draft that waited for a second delegate waits no longer."""
    measure, _office = plans.find_measure(db.session, plan_id=frame.plan.id, code=code)
    with unit_of_work() as session:
        positions.remove_paper(
            session, group_id=group.id, measure=measure, document_id=document_id, now=datetime.now(UTC)
        )
    flash(_("The document is removed from the draft."), "success")
    return go("groups.edit_position", slug=frame.plan.slug, group=group.slug, code=code)


def words(outcome: str) -> str:
    """What became of it, in a sentence."""
    texts = {
        "published": _("The position is public now."),
        "proposed": _("Your proposal waits: another delegate must confirm it."),
        "same": _("Your proposal waits: another delegate must confirm it."),
        "withdrawn": _("The position is withdrawn."),
        "decline": _("It is a draft again."),
        "discard": _("The draft is thrown away."),
        "": _("The draft is kept. Only delegates of the group see it."),
    }
    return str(texts[outcome])


def after(frame: Frame, group: StakeholderGroup, code: str, outcome: str) -> ResponseReturnValue:
    """To the group's page once something public changed, else back to the draft."""
    place = {"slug": frame.plan.slug, "group": group.slug}
    if outcome in ("published", "withdrawn"):
        return go("groups.group", **place)
    return go("groups.edit_position", code=code, **place)

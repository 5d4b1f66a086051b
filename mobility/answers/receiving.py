"""An answer that came by mail becomes a draft, or is published where the office wants that.

The address says for which case and person it was made; the message must come from that person's address. Each
message counts once, by its Message-ID.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.answers.addresses import Ticket, read_address
from mobility.answers.inbound import Arrived, read_message
from mobility.answers.models import Case, InboundMail
from mobility.answers.new_cases import may_answer
from mobility.answers.papers import FILE_LIMIT, attach
from mobility.answers.reminding import FALLBACK
from mobility.answers.services import TEXT_LIMIT, publish_answer, save_draft
from mobility.consultation import languages
from mobility.consultation.models import Comment
from mobility.db import unit_of_work
from mobility.errors import Conflict, Invalid
from mobility.groups import documents
from mobility.groups.documents import Prepared
from mobility.jobs import Site
from mobility.mail.services import queue_mail
from mobility.offices.models import Office, OfficeMember
from mobility.plans.models import Plan
from mobility.plans.words import _
from mobility.text import pick

REPEATED = "repeated"


@dataclass(frozen=True)
class Accepted:
    """A message that may answer a case."""

    case: Case
    comment: Comment
    office: Office
    account: Account


def receive_message(raw: bytes, *, site: Site, now: datetime) -> str:
    """What became of a message: draft, published, repeated, automatic, empty, closed or refused_…"""
    arrived = read_message(raw)
    with unit_of_work() as session:
        verdict, accepted = judge(session, arrived, secret=site.secret, now=now)
        if accepted is None:
            return note(session, arrived, verdict, now=now)
    prepared = write_papers(arrived, now=now)
    with unit_of_work() as session:
        return take(session, arrived, prepared, site=site, now=now)


def judge(session: Session, arrived: Arrived, *, secret: str, now: datetime) -> tuple[str, Accepted | None]:
    """Whether the message may answer a case; else why not."""
    if session.scalar(select(InboundMail.id).where(InboundMail.message_key == arrived.key)):
        return REPEATED, None
    if arrived.automatic:
        return "automatic", None
    tickets = [read_address(each, secret=secret, now=now) for each in arrived.recipients]
    ticket = next((each for each in tickets if each is not None), None)
    if ticket is None:
        return "refused_address", None
    accepted = find_case(session, ticket, sender=arrived.sender)
    if accepted is None:
        return "refused_sender", None
    if accepted.comment.status not in ("published", "pending") or accepted.comment.erased_at:
        return "closed", None
    return ("draft", accepted) if arrived.text else ("empty", None)


def find_case(session: Session, ticket: Ticket, *, sender: str) -> Accepted | None:
    """The case, when the sender is the person of the ticket and answers for its office now."""
    account, case = session.get(Account, ticket.account_id), session.get(Case, ticket.comment_id)
    if account is None or case is None or case.office_id is None or account.email.lower() != sender:
        return None
    member = session.get(OfficeMember, (case.office_id, account.id))
    if member is None or not may_answer(session, account=account, plan_id=case.plan_id):
        return None
    comment = session.get_one(Comment, case.comment_id)
    return Accepted(case, comment, session.get_one(Office, case.office_id), account)


def note(session: Session, arrived: Arrived, verdict: str, *, now: datetime) -> str:
    """Keep that the message came and what became of it."""
    if verdict != REPEATED:
        values = {"message_key": arrived.key, "verdict": verdict, "received_at": now}
        session.execute(insert(InboundMail).values(values).on_conflict_do_nothing())
    return verdict


def write_papers(arrived: Arrived, *, now: datetime) -> list[Prepared]:
    """The PDF files of a message, written; those that are not taken are left out."""
    prepared = []
    for name, data in arrived.papers:
        try:
            prepared.append(documents.prepare_pdf(data, name, limit=FILE_LIMIT, field="files"))
        except Invalid:
            continue
    if prepared:
        with unit_of_work() as session:
            documents.expect_files(session, prepared=prepared, now=now)
        documents.write_files(prepared)
    return prepared


def take(session: Session, arrived: Arrived, prepared: list[Prepared], *, site: Site, now: datetime) -> str:
    """The message as a draft or as a published answer; its sender is told."""
    verdict, accepted = judge(session, arrived, secret=site.secret, now=now)
    if accepted is None:
        return note(session, arrived, verdict, now=now)
    kept = session.scalar(
        insert(InboundMail)
        .values(
            message_key=arrived.key,
            comment_id=accepted.case.comment_id,
            account_id=accepted.account.id,
            verdict="draft",
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(InboundMail.id)
    )
    if kept is None:
        return REPEATED
    plan = session.get_one(Plan, accepted.case.plan_id)
    guess = languages.detect(arrived.text, page=accepted.comment.language, plan=plan.languages)
    answer = save_draft(
        session,
        plan_id=plan.id,
        office_id=accepted.office.id,
        comment_ids=[accepted.case.comment_id],
        text=arrived.text[:TEXT_LIMIT],
        language=guess.tag if guess.tag in plan.languages else plan.languages[0],
        account_id=accepted.account.id,
        channel="email",
        now=now,
    )
    for each in prepared:
        attach(session, answer=answer, prepared=each, now=now)
    found = session.get_one(InboundMail, kept)
    found.answer_id = answer.id
    if accepted.office.mail_publishes and not accepted.office.four_eyes:
        try:
            publish_answer(session, answer=answer, account_id=accepted.account.id, now=now)
            found.verdict = "published"
        except Conflict:
            found.verdict = "draft"
    session.flush()
    confirm(session, found, accepted, slug=plan.slug, answer_id=answer.id)
    return found.verdict


def confirm(session: Session, found: InboundMail, accepted: Accepted, *, slug: str, answer_id: int) -> None:
    """A word to the sender: what became of the message, and where it is."""
    language = accepted.account.language or FALLBACK
    with force_locale(language):
        if found.verdict == "published":
            name = pick(accepted.office.name, language)
            said = _("Your message is published as the answer of %(office)s.", office=name)
        else:
            said = _("Your message is kept as a draft. Look at it and publish it here:")
        url = url_for("answers.answer", slug=slug, answer_id=answer_id, _external=True)
        subject = _("Your answer to case %(number)s", number=accepted.case.comment_id)
    queue_mail(
        session,
        key=f"mail-in:{found.id}",
        recipient=accepted.account.email,
        subject=subject,
        body=f"{said}\n\n{url}",
        language=language,
    )

"""Writing an answer: save, look at it, have it approved, publish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.utils import redirect

from mobility.accounts.models import Account
from mobility.answers import cards, clusters, papers, queries, reading, services
from mobility.answers.forms import DraftForm
from mobility.answers.models import Answer
from mobility.answers.views.blueprint import bp
from mobility.answers.views.cases import show_case
from mobility.answers.views.inbox import row_card
from mobility.answers.views.scope import each_clerk, scope
from mobility.answers.words import answer_state_label
from mobility.consultation.cards import day_label
from mobility.consultation.views.desk import must, render_desk, staff_only
from mobility.consultation.views.frame import Frame
from mobility.db import unit_of_work
from mobility.errors import Conflict, Invalid, MobilityError, NotFound
from mobility.extensions import db
from mobility.groups import documents
from mobility.groups.documents import Prepared
from mobility.offices.models import Office
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick


@bp.post("/plans/<slug>/desk/cases/<int:comment_id>/answer")
@each_clerk
@staff_only
def save(frame: Frame, comment_id: int) -> ResponseReturnValue:
    """Keep the draft with its comments and files; then stay, or look at it as others will."""
    must("answer", frame)
    row = queries.find_case(db.session, plan_id=frame.plan.id, comment_id=comment_id, mine=scope(frame))
    form = DraftForm()
    if row.Case.office_id is None:
        raise Conflict(_("Assign the case to an office first."))
    if not form.validate():
        return show_case(frame, comment_id, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        prepared = sent_files()
        kept = in_transaction(lambda session: keep(session, frame, row, form, prepared))
    except (Invalid, Conflict, documents.StorageAway) as error:
        name = getattr(error, "field", "text")
        field = form[name] if name in form else form.text  # noqa: SIM401 (a form has no get)
        field.errors = [str(error.message)]
        return show_case(frame, comment_id, form, status=error.status)
    if request.form.get("step") == "look":
        return redirect(url_for("answers.answer", slug=frame.plan.slug, answer_id=kept), 303)
    flash(_("The draft is kept."), "success")
    address = url_for("answers.case", slug=frame.plan.slug, comment_id=comment_id, _anchor="answer")
    return redirect(address, 303)


def sent_files() -> list[Prepared]:
    """The PDFs that came with the form, checked and written. Raises Invalid("files")."""
    sent = [file for file in request.files.getlist("files") if file.filename]
    if len(sent) > papers.FILES_LIMIT:
        raise Invalid("files", _("At most %(count)d files fit to an answer.", count=papers.FILES_LIMIT))
    prepared = [
        documents.prepare_pdf(
            file.stream.read(papers.FILE_LIMIT + 1), file.filename, limit=papers.FILE_LIMIT, field="files"
        )
        for file in sent
    ]
    if prepared:
        with unit_of_work() as session:
            documents.expect_files(session, prepared=prepared, now=datetime.now(UTC))
        documents.write_files(prepared)
    return prepared


def keep(session: Session, frame: Frame, row: Any, form: DraftForm, prepared: list[Prepared]) -> int:
    """The id of the draft, changed; comments that are answered together become a named group."""
    now, own = datetime.now(UTC), row.Case.comment_id
    draft = open_draft(session, frame, form)
    ids = chosen_ids(frame, own)
    if len(ids) > 1:
        clusters.form_cluster(
            session,
            plan_id=frame.plan.id,
            comment_ids=ids,
            title=form.title.data or "",
            account_id=current_user.id,
            now=now,
        )
    answer = services.save_draft(
        session,
        plan_id=frame.plan.id,
        office_id=row.Case.office_id,
        comment_ids=ids,
        text=form.text.data or "",
        language=form.language.data if form.language.data in frame.plan.languages else frame.language,
        account_id=current_user.id,
        answer=draft,
        now=now,
    )
    for each in prepared:
        papers.attach(session, answer=answer, prepared=each, now=now)
    for number in request.form.getlist("remove"):
        if number.isdigit():
            papers.detach(session, answer=answer, file_id=int(number), now=now)
    return answer.id


def open_draft(session: Session, frame: Frame, form: DraftForm) -> Answer | None:
    """The draft that the form changes. Raises Conflict when somebody else has changed it meanwhile."""
    if not (form.answer.data or "").isdigit():
        return None
    found = services.find_answer(
        session, answer_id=int(form.answer.data or 0), plan_id=frame.plan.id, lock=True
    )
    check_mine(frame, found)
    if found.updated_at.isoformat() != form.seen.data:
        raise Conflict(
            _("A colleague changed this draft meanwhile. Copy your text, reload the page and look at theirs.")
        )
    return found


def chosen_ids(frame: Frame, own: int) -> list[int]:
    """The case of the page and those ticked beside it, of offices that the reader may answer for."""
    ticked = {int(each) for each in request.form.getlist("comments") if each.isdigit() and len(each) < 19}
    rows = queries.cases_by_id(db.session, plan_id=frame.plan.id, ids=ticked - {own})
    mine = scope(frame)
    return [own, *(each.Case.comment_id for each in rows if mine is None or each.Case.office_id in mine)]


def check_mine(frame: Frame, answer: Answer) -> None:
    """Raises NotFound for an answer of an office for which the reader does not answer."""
    mine = scope(frame)
    if mine is not None and answer.office_id not in mine:
        raise NotFound


@bp.get("/plans/<slug>/desk/answers/<int:answer_id>")
@staff_only
def answer(frame: Frame, answer_id: int) -> ResponseReturnValue:
    """An answer as others will read it, with what may be done with it."""
    must("answer", frame)
    found = services.find_answer(db.session, answer_id=answer_id, plan_id=frame.plan.id)
    return show_answer(frame, found)


def show_answer(
    frame: Frame, found: Answer, *, problem: str = "", status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    check_mine(frame, found)
    ids = services.comments_of(db.session, answer_id=found.id)
    office = db.session.get_one(Office, found.office_id)
    author = db.session.get(Account, found.author_id) if found.author_id else None
    files = reading.files_of(db.session, answer_ids=[found.id]).get(found.id, [])
    by_me = found.author_id == current_user.id
    return render_desk(
        frame,
        "answers/answer.html",
        tab="inbox",
        status=status,
        problem=problem,
        answer={
            "id": found.id,
            "office": pick(office.name, frame.language),
            "text": found.text,
            "language": found.language,
            "state": found.state,
            "state_label": answer_state_label(found.state),
            "date_iso": (found.published_at or frame.now).isoformat(),
            "date_label": day_label(found.published_at or frame.now),
            "files": [cards.file_card(each, frame.plan.slug) for each in files],
        },
        who=author.name if author else "",
        four_eyes=office.four_eyes,
        by_me=by_me,
        can_publish=not office.four_eyes or (found.state == "waiting" and not by_me),
        comments=[
            row_card(each, frame)
            for each in queries.cases_by_id(db.session, plan_id=frame.plan.id, ids=ids[:200])
        ],
        total=len(ids),
        back=url_for("answers.case", slug=frame.plan.slug, comment_id=ids[0], _anchor="answer")
        if ids
        else "",
    )


def decide(frame: Frame, answer_id: int, work: Callable[[Session, Answer], Any]) -> MobilityError | None:
    """Does `work` with the locked answer; what stood against it."""

    def run(session: Session) -> None:
        found = services.find_answer(session, answer_id=answer_id, plan_id=frame.plan.id, lock=True)
        check_mine(frame, found)
        work(session, found)

    try:
        in_transaction(run)
    except (Conflict, Invalid) as error:
        return error
    return None


def after(frame: Frame, answer_id: int, problem: MobilityError | None, said: str) -> ResponseReturnValue:
    """The answer again with what is wrong, or a word and the way back."""
    if problem is not None:
        found = services.find_answer(db.session, answer_id=answer_id, plan_id=frame.plan.id)
        return show_answer(frame, found, problem=str(problem.message), status=problem.status)
    flash(said, "success")
    return redirect(url_for("answers.answer", slug=frame.plan.slug, answer_id=answer_id), 303)


@bp.post("/plans/<slug>/desk/answers/<int:answer_id>/publish")
@each_clerk
@staff_only
def publish(frame: Frame, answer_id: int) -> ResponseReturnValue:
    """Publish; in an office with four eyes this is the approval of the second person."""
    who, now = must("answer", frame), datetime.now(UTC)
    problem = decide(
        frame,
        answer_id,
        lambda session, found: services.publish_answer(session, answer=found, account_id=who, now=now),
    )
    n = 0 if problem else len(services.comments_of(db.session, answer_id=answer_id))
    said = ngettext(
        "The answer is public under %(num)s comment.", "The answer is public under %(num)s comments.", n
    )
    return after(frame, answer_id, problem, str(said))


@bp.post("/plans/<slug>/desk/answers/<int:answer_id>/ask")
@each_clerk
@staff_only
def ask_approval(frame: Frame, answer_id: int) -> ResponseReturnValue:
    """Ask a second person to look at the draft."""
    who, now = must("answer", frame), datetime.now(UTC)
    problem = decide(
        frame,
        answer_id,
        lambda session, found: services.ask_approval(session, answer=found, account_id=who, now=now),
    )
    return after(frame, answer_id, problem, _("A colleague of the office can approve it now."))


@bp.post("/plans/<slug>/desk/answers/<int:answer_id>/back")
@each_clerk
@staff_only
def send_back(frame: Frame, answer_id: int) -> ResponseReturnValue:
    """Give a waiting answer back to be changed."""
    who, now = must("answer", frame), datetime.now(UTC)
    problem = decide(
        frame,
        answer_id,
        lambda session, found: services.send_back(session, answer=found, account_id=who, now=now),
    )
    return after(frame, answer_id, problem, _("It is a draft again. Say in a note what should change."))


@bp.post("/plans/<slug>/desk/answers/<int:answer_id>/discard")
@each_clerk
@staff_only
def discard(frame: Frame, answer_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    who, now = must("answer", frame), datetime.now(UTC)
    ids = services.comments_of(db.session, answer_id=answer_id)
    problem = decide(
        frame,
        answer_id,
        lambda session, found: services.discard_draft(session, answer=found, account_id=who, now=now),
    )
    if problem is not None or not ids:
        return after(frame, answer_id, problem, _("The draft is discarded."))
    flash(_("The draft is discarded."), "success")
    return redirect(url_for("answers.case", slug=frame.plan.slug, comment_id=ids[0]), 303)

"""Sending a comment with a token: the same rules as on the site."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized, UnsupportedMediaType

from mobility import web
from mobility.accounts import services as accounts
from mobility.accounts.models import Account
from mobility.api.document import described
from mobility.api.schemas.asked import NewComment, Sending
from mobility.api.schemas.voices import Sent
from mobility.api.views.blueprint import base, bp, now, page_address, public_plan
from mobility.cities.models import City
from mobility.consultation import comments, drafts, languages, places
from mobility.consultation.drafts import Draft
from mobility.consultation.models import Comment
from mobility.consultation.places import WHOLE_PLAN, Subject
from mobility.consultation.queries import phases_of, step_of
from mobility.errors import Conflict, Invalid
from mobility.extensions import csrf, limiter
from mobility.plans.models import Plan
from mobility.retry import in_transaction
from mobility.text import show_receipt

View = Callable[..., Any]


def reporters_only(view: View) -> View:
    """Programs with a token of scope `report`, which send JSON."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        known = web.program()
        if known is None:
            raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
        if "report" not in known[0].scopes:
            raise Forbidden
        if request.mimetype != "application/json":
            raise UnsupportedMediaType
        request.get_json()
        return view(**values)

    return guarded


@bp.post("/plans/<slug>/comments")
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("12 per minute; 300 per hour", key_func=lambda: f"api-report:{_account().id}")
@reporters_only
@described(Sent, tag="Voices", body=NewComment, headers=Sending, status=201)
def send_comment(slug: str) -> Response:
    """Send a comment

    For an account with a token of scope `report`. The phase must be open for comments at the identity level
    of the account, and moderation is that of the plan. Sent again with the same `Idempotency-Key` it is made
    once, and the same answer comes back.
    """
    plan, city = public_plan(slug)
    given: NewComment = request.context.json  # type: ignore[attr-defined]
    key = uuid.UUID(request.context.headers.key)  # type: ignore[attr-defined]
    made = in_transaction(lambda session: keep(session, plan, city, given, key))
    body = {
        "id": made.id,
        "status": made.status if made.status == "pending" else "published",
        "receipt": show_receipt(made.receipt),
        "url": f"{page_address(plan)}/comments/{made.id}",
        "receipt_url": f"{base()}/receipts/{show_receipt(made.receipt)}",
    }
    response = web.json_answer(body)
    response.status_code = 201
    response.headers["Location"] = f"{base()}{request.path}/{made.id}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _account() -> Account:
    known = web.program()
    if known is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    return known[1]


def keep(session: Session, plan: Plan, city: City, given: NewComment, key: uuid.UUID) -> Comment:
    """The comment of this key: the one already made, else a new one. Raises what the services raise.

    A key that has made a comment on another plan, or with other words, is refused with Conflict, so that
    nobody takes the first one's receipt for the second's.
    """
    moment = now()
    person = accounts.account_participant(session, account=_account(), create=True)
    assert person is not None
    before = comments.sent_before(session, key=key, participant_id=person.id)
    if before:
        if before.plan_id != plan.id or not _same_words(before, given):
            raise Conflict(_("This key has made another comment. Choose a new one for each comment."))
        return before
    comments.check_free(person)
    steps = [step_of(phase) for phase in phases_of(session, plan_id=plan.id)]
    return comments.submit_comment(
        session,
        plan=plan,
        step=comments.open_step(steps, level=person.identity_level, now=moment),
        participant=person,
        draft=read_draft(session, plan, city, given),
        idempotency_key=key,
        origin=web.origin(),
        now=moment,
    )


def _same_words(before: Comment, given: NewComment) -> bool:
    """Whether this was sent then; of what its author changed since, or took back, one cannot tell."""
    if before.edited_at or before.status not in ("published", "pending"):
        return True
    return before.text == drafts.check_text(given.text) and before.stance == given.stance


def read_draft(session: Session, plan: Plan, city: City, given: NewComment) -> Draft:
    """What was sent, checked against the plan as the form is. Raises Invalid."""
    words = drafts.check_text(given.text)
    topic = drafts.find_topic(session, plan_id=plan.id, slug=given.topic)
    guess = languages.detect(words, page=web.language(), plan=plan.languages)
    language = languages.choose(given.language or "", guess=guess, plan=plan.languages)
    subject = read_subject(session, plan, city, given)
    return Draft(subject, topic, given.stance, words, language)


def read_subject(session: Session, plan: Plan, city: City, given: NewComment) -> Subject:
    """Where it is: one of point, segment and measure, or the whole plan. Raises Invalid."""
    named = [name for name in ("point", "segment", "measure") if getattr(given, name) is not None]
    if len(named) > 1:
        raise Invalid(named[1], _("Give a point, a segment or a measure: one of them."))
    if given.point:
        return places.read_subject(
            session, plan=plan, city=city, lon=repr(given.point.lon), lat=repr(given.point.lat)
        )
    choice = f"{named[0]}:{getattr(given, named[0])}" if named else WHOLE_PLAN
    return places.read_subject(session, plan=plan, city=city, choice=choice)

"""Open311 GeoReport v2: what may be reported, taking reports, saying where they stand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from mobility import web
from mobility.accounts.api_tokens import find_api_token
from mobility.accounts.models import ApiToken
from mobility.consultation.comments import CommentingClosed
from mobility.consultation.views.frame import Frame, brand, open_frame
from mobility.errors import Forbidden, Invalid, MobilityError, NotFound
from mobility.extensions import db, limiter
from mobility.open311 import queries
from mobility.open311.asking import read_ids, read_wanted
from mobility.open311.formats import FORMATS, MEDIA, write
from mobility.open311.models import Report
from mobility.open311.notes import queue_receipt
from mobility.open311.services import Key, take_report
from mobility.open311.trees import definition_tree, request_tree, service_tree
from mobility.open311.views.blueprint import server
from mobility.plans.words import _
from mobility.retry import in_transaction
from mobility.text import pick, show_receipt

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGED = "2026-11-23T00:00:00Z"
"""When this interface last changed."""


def answer(form: str, root: str, tree: Any, status: int = HTTPStatus.OK) -> Response:
    """The tree in the form that was asked for."""
    response = Response(write(form, root, tree), status, content_type=MEDIA[form])
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.vary.add("Accept-Language")
    return response


def asked_form() -> str:
    """The form at the end of the address; XML where there is none that we know."""
    form = request.path.rpartition(".")[2]
    return form if form in FORMATS else "xml"


def refuse(status: int, description: object) -> Response:
    """An error as the specification has it."""
    errors = [{"code": int(status), "description": str(description)}]
    return answer(asked_form(), "errors", errors, int(status))


@server.errorhandler(MobilityError)
def on_refusal(error: MobilityError) -> ResponseReturnValue:
    """Refusals of the platform under the codes of the specification: 400, 403, 404."""
    if isinstance(error, Invalid):
        return refuse(400, f"{error.field}: {error.message}")
    if error.status in (HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN):
        return refuse(error.status, error.message)
    return refuse(403 if isinstance(error, CommentingClosed) else 400, error.message)


@server.errorhandler(HTTPException)
def on_http(error: HTTPException) -> ResponseReturnValue:
    response = refuse(error.code or 400, error.description or error.name)
    if error.code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = str(getattr(error, "retry_after", None) or 60)
    return response


def check_form(form: str) -> None:
    if form not in FORMATS:
        raise NotFound(_("There is nothing at this address: it ends in .xml or .json."))


def jurisdiction() -> str:
    """The jurisdiction that is asked for; empty for all. Raises NotFound for an unknown one."""
    asked = request.values.get("jurisdiction_id", "").strip()
    if asked and asked not in queries.jurisdictions(db.session):
        raise NotFound(_("There is no such jurisdiction_id."))
    return asked


@server.get("/discovery.<form>")
@limiter.limit("300 per minute")
def discovery(form: str) -> ResponseReturnValue:
    """Where the interface is, in which version and forms, and who gives out keys."""
    check_form(form)
    contact = queries.first_contact(db.session)
    root = url_for("open311.v2.services", form="xml", _external=True).rpartition("/")[0]
    name = pick(contact.get("name"), web.language())
    tree = {
        "changeset": CHANGED,
        "contact": " ".join(filter(None, (str(name), str(contact.get("email") or "")))),
        "key_service": _("Ask the city for an API key; its address is in the imprint: %(url)s",
                         url=url_for("pages.imprint", _external=True)),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": root,
                "changeset": CHANGED,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }  # fmt: skip
    return answer(form, "discovery", tree)


@server.get("/v2/services.<form>")
@limiter.limit("300 per minute")
def services(form: str) -> ResponseReturnValue:
    """The topics of the open plans."""
    check_form(form)
    rows = queries.offered(db.session, jurisdiction=jurisdiction(), now=datetime.now(UTC))
    offices = queries.offices_by_topic(db.session, plan_ids=sorted({row.plan_id for row in rows}))
    return answer(form, "services", [service_tree(row, offices, web.language()) for row in rows])


def find_service(code: str) -> Any:
    """The service with this code. Raises NotFound."""
    asked = jurisdiction()
    rows = [] if "\x00" in code else queries.offered(
        db.session, jurisdiction=asked, now=datetime.now(UTC), code=code
    )  # fmt: skip
    if not rows:
        raise NotFound(_("There is no such service_code."))
    return rows[0]


@server.get("/v2/services/<code>.<form>")
@limiter.limit("300 per minute")
def service(code: str, form: str) -> ResponseReturnValue:
    """What a report about one service says besides its words and place."""
    check_form(form)
    row = find_service(code)
    measures = queries.measures_offered(db.session, plan_id=row.plan_id)
    return answer(form, "service_definition", definition_tree(row, measures, web.language()))


@server.get("/v2/requests.<form>")
@limiter.limit("300 per minute")
def requests(form: str) -> ResponseReturnValue:
    """The public comments that are asked for."""
    check_form(form)
    wanted = read_wanted(request.args, now=datetime.now(UTC))
    rows = queries.requests(db.session, wanted=wanted, jurisdiction=jurisdiction())
    return answer(form, "service_requests", [request_tree(row, web.language()) for row in rows])


@server.get("/v2/requests/<number>.<form>")
@limiter.limit("300 per minute")
def one_request(number: str, form: str) -> ResponseReturnValue:
    """One public comment."""
    check_form(form)
    wanted = queries.Wanted(ids=read_ids(number))
    rows = queries.requests(db.session, wanted=wanted, jurisdiction=jurisdiction())
    if len(rows) != 1:
        raise NotFound(_("There is no such service_request_id."))
    return answer(form, "service_requests", [request_tree(rows[0], web.language())])


@server.get("/v2/tokens/<token>.<form>")
@limiter.limit("300 per minute")
def token(token: str, form: str) -> ResponseReturnValue:
    """The number of the comment that came in with this token; empty while nobody has read it."""
    check_form(form)
    found = None if "\x00" in token else db.session.scalar(select(Report).where(Report.token == token))
    if found is None:
        raise NotFound(_("There is no such token."))
    rows = queries.requests(db.session, wanted=queries.Wanted(ids=(found.comment_id,)), jurisdiction="")
    number = str(found.comment_id) if rows else None
    return answer(form, "service_requests", [{"service_request_id": number, "token": token}])


def key_of_request() -> str:
    """Who is counted for rate limits: the API key, as a hash."""
    given = request.values.get("api_key", "")
    return f"open311:{hashlib.blake2s(given.encode()).hexdigest()}"


def reporting_key(plan_id: int) -> ApiToken:
    """The API key of the request. Raises Forbidden (403) without a valid one that may report here."""
    given = request.values.get("api_key", "")
    if not given:
        raise Forbidden(_("Send your api_key."))
    found = find_api_token(db.session, secret=given, now=datetime.now(UTC))
    if found is None:
        raise Forbidden(_("This api_key is not valid."))
    token, _account = found
    if "report" not in token.scopes or token.plan_id not in (None, plan_id):
        raise Forbidden(_("This api_key may not send reports here."))
    return token


@server.post("/v2/requests.<form>")
@limiter.limit("60 per minute; 1000 per hour", key_func=key_of_request)
@limiter.limit("300 per minute")
def report(form: str) -> ResponseReturnValue:
    """A report becomes a comment; where comments are read first, its number comes later, by its token."""
    check_form(form)
    if not request.form.get("service_code"):
        raise Invalid("service_code", _("Say which service is meant."))
    service = find_service(request.form["service_code"])
    key = Key(reporting_key(service.plan_id).id, str(current_app.secret_key))
    frame = open_frame(service.plan_slug)
    try:
        tree = in_transaction(lambda session: taken(session, frame, service, key))
    except CommentingClosed as error:
        return refuse(403, frame.why_not("comment", error.refusal))
    return answer(form, "service_requests", [tree], HTTPStatus.CREATED)


def taken(session: Any, frame: Frame, service: Any, key: Key) -> dict[str, Any]:
    """What the program is told of its report."""
    now = datetime.now(UTC)
    comment, kept = take_report(
        session,
        plan=frame.plan,
        city=frame.city,
        steps=frame.steps,
        topic=service.slug,
        given=request.form,
        key=key,
        asked_key=request.headers.get("Idempotency-Key", "")[:200],
        language=frame.language,
        now=now,
    )
    receipt = show_receipt(comment.receipt)
    address = url_for("consultation.receipt", code=receipt, _external=True)
    queue_receipt(
        session, comment=comment, address=request.form.get("email", ""), url=address,
        city=brand(frame), language=frame.language,
    )  # fmt: skip
    notice = _(
        "Receipt %(receipt)s: give it to the person who wrote. With it they follow, change or withdraw their "
        "comment: %(url)s",
        receipt=receipt,
        url=address,
    )
    number = {"token": kept.token} if comment.status == "pending" else {"service_request_id": str(comment.id)}
    return {**number, "service_notice": notice, "account_id": None}

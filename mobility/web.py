"""What every view shares: the language, the participant behind the request, panels, the session's plan."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, has_request_context, make_response, request, session
from flask_babel import get_locale
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import Authorization, WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from mobility import origins
from mobility.accounts import permissions, tokens
from mobility.accounts import services as accounts
from mobility.accounts.api_tokens import MARK, find_api_token
from mobility.accounts.models import ANONYMOUS, INVITATION, Account, ApiToken, Participant
from mobility.accounts.roles import Roles, roles_of
from mobility.extensions import db
from mobility.text import best_language, pick, show_receipt

LANGUAGES = {"it": "Italiano", "en": "English"}
LANGUAGE_COOKIE = "language"
TOKEN_COOKIE = "participant"  # noqa: S105 (the name of the cookie)
YEAR = 365 * 24 * 3600
PREVIEW = "previewed_plan"
"""Where the session keeps which plan is looked at as a resident sees it."""


def choose_language() -> str:
    """The language of this answer: `?lang=`, else the cookie, else what the browser prefers, else Italian."""
    if not has_request_context():
        return "en"
    for wanted in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    wanted_list = [tag for tag, _quality in request.accept_languages]
    return best_language(wanted_list, list(LANGUAGES)) or "it"


def language() -> str:
    """The language of this answer as a two-letter code."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def translate(value: Any) -> Any:
    """Template filter `tr`: the text of an i18n value in the language of the page."""
    return pick(value, language())


def choose_timezone() -> str:
    """The zone in which times are shown: that of the city whose plan the page is about."""
    return str(g.get("timezone", "Europe/Rome"))


def is_fragment() -> bool:
    """True when our own script asked for the panel of a page only."""
    return request.headers.get("X-Fragment") == "panel"


def participant_token() -> str:
    """The secret that stands for an anonymous participant; made on first need and sent back as a cookie.

    It is also kept in the session beside the CSRF secret, so that a form sent twice before the first answer
    has arrived speaks for one participant, not two.
    """
    token = g.get("participant_token") or request.cookies.get(TOKEN_COOKIE) or session.get("participant")
    if not token or len(token) > 64:
        token = tokens.new_token()
    if request.cookies.get(TOKEN_COOKIE) != token:
        g.participant_token = token
        session["participant"] = token
    return str(token)


def renew_token(token: str = "") -> str:
    """From this answer on the browser speaks with this token; with a new one that is nobody's when empty."""
    g.participant_token = session["participant"] = token or tokens.new_token()
    return str(g.participant_token)


def current_participant(db_session: Session, *, create: bool = False) -> Participant | None:
    """The participant behind the request: the account's when signed in, else the token's.

    With `create` it is made when it does not exist yet; without, None is returned and no cookie is set. A
    browser whose token has ended gets a new one and starts again as somebody unknown.
    """
    if current_user.is_authenticated:
        return accounts.account_participant(db_session, account=current_user, create=create)
    if create:
        found = accounts.token_participant(
            db_session, token=participant_token(), create=True, now=datetime.now(UTC)
        )
        return found or accounts.token_participant(db_session, token=renew_token(), create=True)
    return device_participant(db_session)


def device_participant(db_session: Session) -> Participant | None:
    """The participant for whom this browser speaks, whoever is signed in with a password."""
    token = g.get("participant_token") or request.cookies.get(TOKEN_COOKIE)
    if not token:
        return None
    now = datetime.now(UTC)
    found = accounts.token_participant(db_session, token=token, create=False, now=now)
    if found is None and tokens.is_ended(db_session, token=token, now=now):
        renew_token()
    g.prolong = bool(found and found.identity_level)
    return found


def my_level() -> int:
    """The identity level of the reader, for the header; asked of the database once a request."""
    if "my_level" not in g:
        person = current_participant(db.session)
        g.my_level = person.identity_level if person else _unseen_level()
    return int(g.my_level)


def _unseen_level() -> int:
    """The level of somebody who has not spoken yet: the city knows whom it gave an account."""
    return INVITATION if current_user.is_authenticated else ANONYMOUS


def my_roles() -> Roles:
    """The staff roles of whoever is signed in; asked of the database once a request.

    None, where a second factor is required and not set up.
    """
    if not current_user.is_authenticated:
        return Roles()
    if "roles" not in g:
        held = roles_of(db.session, account=current_user)
        g.owes_second_factor = (
            current_app.config["SECOND_FACTOR"] == "required"
            and bool(held.of(None))
            and not current_user.has_second_factor
        )
        g.roles = Roles() if g.owes_second_factor else held
    found: Roles = g.roles
    return found


def owes_second_factor() -> bool:
    """Whether the person signed in has staff roles that count only once a second factor is set up."""
    my_roles()
    return bool(g.get("owes_second_factor", False))


def may(action: str, plan_id: int | None = None) -> bool:
    """Whether whoever is signed in may do this in the plan; without a plan, in any plan at all.

    Nothing in a plan that is being looked at as a resident sees it.
    """
    if plan_id is not None and previewed() == plan_id:
        return False
    return permissions.may(my_roles().of(plan_id), action)


def previewed() -> int | None:
    """The plan that the person signed in wants to see as a resident does."""
    found: int | None = session.get(PREVIEW)
    return found


def preview(plan_id: int | None) -> None:
    """From now on the plan is shown as to a resident; with None no longer."""
    if plan_id is None:
        session.pop(PREVIEW, None)
    else:
        session[PREVIEW] = plan_id


def program_may(action: str, plan_id: int | None = None, *, scope: str = "read_full") -> bool:
    """Whether the bearer token of this request has the scope, and its account may do this in the plan.

    Raises Unauthorized (401) for a token that is not valid: a program is told, never silently demoted.
    """
    bearer = program()
    if bearer is None:
        return False
    token, account = bearer
    if scope not in token.scopes or token.plan_id not in (None, plan_id):
        return False
    return permissions.may(roles_of(db.session, account=account).of(plan_id), action)


def program() -> tuple[ApiToken, Account] | None:
    """The token in ``Authorization: Bearer`` with its account; None without one. Raises Unauthorized.

    Programs that know user name and password only give the token as the password.
    """
    if "program" not in g:
        given = request.authorization
        g.program = None
        secret = _secret_of(given) if given is not None else None
        if secret is not None:
            g.program = find_api_token(db.session, secret=secret, now=datetime.now(UTC))
            if g.program is None:
                raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    found: tuple[ApiToken, Account] | None = g.program
    return found


def _secret_of(given: Authorization) -> str | None:
    """The token that a program sent; None for credentials that are none of ours, such as a proxy's."""
    if given.type == "bearer":
        return given.token or ""
    password = str(given.password or "") if given.type == "basic" else ""
    return password if password.startswith(MARK) else None


def sees_draft(plan_id: int) -> bool:
    """Whether a plan that is not public yet may be shown to this reader."""
    return permissions.may(my_roles().of(plan_id), "see_desk")


def participant_key() -> str:
    """Who is counted for per-participant rate limits, as a hash."""
    if current_user.is_authenticated:
        return f"account:{current_user.get_id()}"
    return "token:" + hashlib.blake2s(participant_token().encode()).hexdigest()


def origin() -> bytes | None:
    """Which network the request came from, as kept for two days beside votes and comments."""
    return origins.origin_of(db.engine, request.remote_addr, now=datetime.now(UTC))


def conditional(
    response: Response,
    *,
    etag: str | bytes,
    max_age: int = 0,
    public: bool = True,
    vary: tuple[str, ...] = ("Accept-Language", "Cookie"),
    weak: bool = False,
) -> Response:
    """`response` with an ETag and caching headers; becomes 304 when the client has it already.

    `vary` is empty for an answer that depends on its address alone. `weak`: answers with the same ETag say
    the same, though not byte by byte.
    """
    told = etag.encode() if isinstance(etag, str) else etag
    response.set_etag(hashlib.sha256(told).hexdigest()[:24], weak=weak)
    response.headers["Cache-Control"] = f"{'public' if public else 'private'}, max-age={max_age}"
    response.vary.update(vary)
    response.make_conditional(request)
    return response


def json_answer(payload: Any, *, content_type: str = "application/json") -> Response:
    """`payload` as compact JSON; a string, or bytes, is taken as JSON text already."""
    text = (
        payload
        if isinstance(payload, str | bytes)
        else json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    )
    response = make_response(text)
    response.headers["Content-Type"] = content_type
    return response


def url_for_language(code: str) -> str:
    """This page's address in another language, with its other arguments kept."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    return f"{request.path}?{urlencode([*pairs, ('lang', code)])}"


def _remember(response: Response) -> Response:
    if g.get("keeps_nothing"):
        return response
    if response.mimetype not in ("text/html", "application/json") and not g.get("participant_token"):
        return response
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    wanted = request.args.get("lang")
    if wanted in LANGUAGES and request.cookies.get(LANGUAGE_COOKIE) != wanted:
        response.set_cookie(
            LANGUAGE_COOKIE, str(wanted), max_age=YEAR, httponly=True, samesite="Lax", secure=secure
        )
    if "csrf_token" in session and TOKEN_COOKIE not in request.cookies:
        participant_token()
    if g.get("prolong") and response.mimetype == "text/html":
        _prolong()
    token = g.get("participant_token")
    if token:
        response.set_cookie(TOKEN_COOKIE, token, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    return response


def _prolong() -> None:
    """A browser that proved something stays known for 30 days after its last visit; written once a day."""
    token = request.cookies.get(TOKEN_COOKIE, "")
    if "participant_token" in g or not token:
        return
    if tokens.prolong_token(db.session, token=token, now=datetime.now(UTC)):
        db.session.commit()
        g.participant_token = token


def init_web(app: Flask) -> None:
    app.after_request(_remember)
    app.add_template_filter(translate, "tr")
    app.add_template_filter(show_receipt, "receipt")
    app.add_template_global(url_for_language)
    app.add_template_global(language, "language")

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "LANGUAGES": LANGUAGES,
            "demo": app.config["DEMO"],
            "may": may,
            "my_level": my_level,
            "previewed": previewed,
            "identity_provider": app.config["OIDC"]["name"],
        }

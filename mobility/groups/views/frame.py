"""What the pages of groups share: the group at an address, who may work for it, addresses for letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from mobility import web
from mobility.accounts.models import StakeholderGroup
from mobility.consultation.views.frame import Frame, brand, open_frame
from mobility.db import unit_of_work
from mobility.errors import Forbidden
from mobility.extensions import db
from mobility.groups import documents, queries

View = Callable[..., ResponseReturnValue]


def public_url(endpoint: str, **values: Any) -> str:
    """The address of a page as it stands in letters: that of the settings, whatever the request said."""
    return f"{current_app.config['BASE_URL']}{url_for(endpoint, **values)}"


def invitation_url(secret: str) -> str:
    return public_url("groups.invitation", secret=secret)


def speaks_for(group: StakeholderGroup) -> bool:
    """Whether who asks is a delegate of the group."""
    return bool(current_user.is_authenticated) and queries.speaks_for(
        db.session, group_id=group.id, account_id=current_user.id, now=datetime.now(UTC)
    )


def group_only(*, staff: bool) -> Callable[[View], View]:
    """For delegates of the group, and with `staff` for those who recognise groups. Visitors sign in first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(slug: str, group: str, **values: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                back = url_for("groups.manage", slug=slug, group=group)
                here = request.full_path.rstrip("?") if request.method == "GET" else back
                return redirect(url_for("accounts.sign_in", next=here))
            frame = open_frame(slug)
            found = queries.find_group(db.session, plan_id=frame.plan.id, slug=group)
            allowed = staff and web.may("recognise_groups", frame.plan.id)
            if not allowed and not speaks_for(found):
                raise Forbidden
            return view(frame, found, **values)

        return guarded

    return decorate


def render_page(
    frame: Frame | None, template: str, *, status: int = HTTPStatus.OK, **values: Any
) -> Response:
    """A page without a map that is nobody else's business: not kept, not indexed."""
    known = {"frame": frame, "plan": frame.plan, "brand_name": brand(frame)} if frame else {}
    response = make_response(render_template(template, **known, **values), status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def keep_files(prepared: Sequence[documents.Prepared], now: datetime) -> None:
    """Writes checked documents to the file store before the rows that name them. Raises StorageAway."""
    if not prepared:
        return
    with unit_of_work() as session:
        documents.expect_files(session, prepared=prepared, now=now)
    documents.write_files(prepared)


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)

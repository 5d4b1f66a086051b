"""The audit log: read page by page, or taken along as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from mobility import web
from mobility.accounts.views.sessions import page
from mobility.extensions import db, limiter
from mobility.staff import files, queries
from mobility.staff.queries import AuditFilter
from mobility.staff.views.blueprint import bp, only
from mobility.staff.words import ACTIONS, action_label, detail_label
from mobility.text import pick


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _filter() -> AuditFilter:
    """The filter of this address; what cannot be meant counts as not given."""
    plans = {plan.slug: plan.id for plan in queries.all_plans(db.session)}
    return AuditFilter(
        plan_id=plans.get(request.args.get("plan", "")),
        action=request.args.get("action", "").replace("\0", "")[:80],
        since=_day("since"),
        until=_day("until"),
        zone=ZoneInfo(web.choose_timezone()),
    )


@bp.get("/staff/audit")
@only("read_audit", fresh=False)
def audit_log() -> ResponseReturnValue:
    before = request.args.get("before", type=int)
    wanted = _filter()
    lines, older = queries.audit_lines(
        db.session, wanted=wanted, before=min(before, 2**63 - 1) if before else None
    )
    people = [line.account_id for line in lines]
    people += [line.subject_id for line in lines if line.subject == "account"]
    plans = queries.all_plans(db.session)
    given: dict[str, Any] = {
        name: request.args.get(name) or None for name in ("plan", "action", "since", "until")
    }
    return page(
        "staff/audit.html",
        lines=lines,
        names=queries.names_of(db.session, account_ids={each for each in people if each}),
        plan_titles={plan.id: pick(plan.title, web.language()) for plan in plans},
        plans=[(plan.slug, pick(plan.title, web.language())) for plan in plans],
        actions=sorted(((code, str(words)) for code, words in ACTIONS.items()), key=lambda pair: pair[1]),
        given=given,
        filtered=any(given.values()),
        older_url=url_for("staff.audit_log", **given, before=older) if older else "",
        newest_url=url_for("staff.audit_log", **given) if before else "",
        action_label=action_label,
        detail_label=detail_label,
    )


def _file(write: Callable[..., Iterator[str]], kind: str, name: str) -> Response:
    plans: dict[int, str] = {plan.id: plan.slug for plan in queries.all_plans(db.session)}
    lines = queries.every_line(db.session, wanted=_filter())
    body: Any = stream_with_context(write(lines, plans))
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/staff/audit.csv")
@limiter.limit("10 per minute; 60 per hour")
@only("read_audit", fresh=False)
def audit_csv() -> ResponseReturnValue:
    return _file(files.as_csv, "text/csv; charset=utf-8", "audit-log.csv")


@bp.get("/staff/audit.jsonl")
@limiter.limit("10 per minute; 60 per hour")
@only("read_audit", fresh=False)
def audit_json_lines() -> ResponseReturnValue:
    return _file(files.as_json_lines, "application/x-ndjson", "audit-log.jsonl")
